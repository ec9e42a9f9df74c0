"""The verified failures as a data set that others can train on or regress against (Hugging Face imagefolder)."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

COLUMNS = (
    "rollout_id",
    "image_id",
    "question",
    "answer",
    "reference",
    "candidate",
    "questioner",
    "verifier",
    "persists",
)


def write_failures(rows: pd.DataFrame, pictures: Mapping[str, Path], folder: Path) -> int:
    """Writes the trained questioner's failures, images and a line of metadata each. Returns their number."""
    failures = rows.loc[(rows["method"] == "trained") & (rows["outcome"] == "failure"), list(COLUMNS)]
    failures = failures.assign(persists=failures["persists"].astype(object).where(failures["persists"].notna(), None))
    folder = folder / "test"  # names the split: left to itself, `datasets` guesses it from the images' names
    (folder / "images").mkdir(parents=True)
    lines = []
    for row in failures.to_dict("records"):
        picture = pictures[row["image_id"]]
        target = folder / "images" / picture.name
        if not target.exists():
            shutil.copyfile(picture, target)
        lines.append(json.dumps({"file_name": f"images/{picture.name}", **row}, ensure_ascii=False, sort_keys=True))
    (folder / "metadata.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)
