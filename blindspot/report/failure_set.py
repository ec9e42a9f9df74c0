"""The verified failures as a data set that others can train on or regress against (Hugging Face imagefolder)."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

COLUMNS = ("rollout_id", "image_id", "question", "answer", "reference", "candidate", "questioner", "verifier")


def write_failures(rows: pd.DataFrame, pictures: Mapping[str, Path], folder: Path) -> int:
    """Writes the trained questioner's failures, images and a line of metadata each. Returns their number."""
    failures = rows[(rows["method"] == "trained") & (rows["outcome"] == "failure")]
    folder = folder / "test"  # names the split: left to itself, `datasets` guesses it from the images' names
    (folder / "images").mkdir(parents=True)
    lines = []
    for row in failures[list(COLUMNS)].to_dict("records"):
        picture = pictures[row["image_id"]]
        target = folder / "images" / picture.name
        if not target.exists():
            shutil.copyfile(picture, target)
        lines.append(json.dumps({"file_name": f"images/{picture.name}", **row}, ensure_ascii=False, sort_keys=True))
    (folder / "metadata.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return len(lines)
