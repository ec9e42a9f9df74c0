"""The failure set as a task of lmms-eval, which reads the Parquet file beside it."""

import shutil
from pathlib import Path

from blindspot.failure_set import lmms_eval_utils

TASK = "blindspot_failures"
TEMPLATE = Path(__file__).with_name("templates") / "lmms_eval.yaml"


def write_task(folder: Path) -> None:
    """Writes what `--include_path` takes: the task, and the functions it names, which need no package of ours."""
    folder.mkdir()
    shutil.copyfile(TEMPLATE, folder / f"{TASK}.yaml")
    shutil.copyfile(lmms_eval_utils.__file__, folder / "utils.py")
