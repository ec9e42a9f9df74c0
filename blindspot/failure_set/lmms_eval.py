"""Writes the lmms-eval task of the failure set, which reads the Parquet file."""

import shutil
from pathlib import Path

from blindspot.failure_set import lmms_eval_utils

TASK = "blindspot_failures"
TEMPLATE = Path(__file__).with_name("templates") / "lmms_eval.yaml"


def write_task(folder: Path) -> None:
    """Writes the folder for `--include_path`: the task and its functions, which do not import blindspot."""
    folder.mkdir()
    shutil.copyfile(TEMPLATE, folder / f"{TASK}.yaml")
    shutil.copyfile(lmms_eval_utils.__file__, folder / "utils.py")
