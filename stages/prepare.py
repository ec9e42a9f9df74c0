"""prepare: writes the images and their metadata, in three disjoint splits."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import Field

from blindspot import store
from blindspot.checks.images import IMAGE
from blindspot.checks.run import check
from blindspot.errors import run
from blindspot.images.image_set import describe_image_set, write_image_set
from blindspot.images.pool_source import PoolSource
from blindspot.images.sources import SourceParams, choose_source
from blindspot.params import load, load_seed
from blindspot.paths import IMAGES
from blindspot.pool.questions import write_pool
from blindspot.records.image import SPLITS
from blindspot.stage_lock import exclusive
from blindspot.tracking import stage_run

SAMPLES = 8  # images of each split that MLflow shows


class Params(SourceParams):
    """Where images come from and how they are split. After changing your own images, run `dvc repro -f prepare`."""

    max_skipped: float = Field(
        0.02,
        ge=0,
        le=1,
        description="Share of unreadable images above which the stage fails; a single one never does unless this is 0",
    )


@exclusive
def main() -> None:
    """Writes data/images, with the questions of a pool, and logs samples."""
    params, work = load("prepare", Params), store.work_folder()
    docs = work / "docs" / Path.cwd().name / "prepare"
    source, split = choose_source(params, load_seed())
    with stage_run("prepare", work, params.model_dump()) as mlflow, store.replacing(IMAGES) as folder:
        rows, skipped = write_image_set(source, split, folder, params.max_skipped)
        check(rows, IMAGE, docs)
        if isinstance(source, PoolSource):
            written = {*rows["image_id"]}
            write_pool(folder, [one for one in source.questions if one.image_id in written])
        log(mlflow, rows, skipped, folder, docs)
    print(describe_image_set(rows, skipped), *source.notes, sep="\n")


def log(mlflow: Any, rows: pd.DataFrame, skipped: Mapping[str, str], folder: Path, docs: Path) -> None:
    """Logs counts, sample images, near-duplicates, skipped images and Data Docs."""
    copies = rows[rows["duplicate_of"].notna()]
    counts = {split: int((rows["split"] == split).sum()) for split in SPLITS}
    counts |= {"near_duplicates": len(copies), "skipped": len(skipped)}
    mlflow.log_metrics({f"images.{name}": count for name, count in counts.items()})
    if len(copies):
        mlflow.log_table(copies[["image_id", "duplicate_of", "split"]], "near_duplicates.json")
    if skipped:
        mlflow.log_table({"image": [*skipped], "why": [*skipped.values()]}, "skipped.json")
    for split in SPLITS:
        for name in rows[rows["split"] == split]["file_name"].head(SAMPLES):
            mlflow.log_artifact(str(folder / split / name), f"samples/{split}")
    mlflow.log_artifacts(str(docs), "data_docs")


if __name__ == "__main__":
    run(main)
