"""Writes the failure set as one Parquet file with images, which `datasets` reads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from blindspot.records.failure import Failure

#: Fields in the order of the file, with their descriptions.
FIELDS = {
    "image": "the image",
    "question": "a valid question about the image, as the questioner asked it",
    "reference": "the true answer according to the judge",
    "candidate_answer": "the candidate's answer, incorrect according to the judge",
    "failure_modes": "names of the failure modes that contain the question, most useful first; may be empty",
    "image_id": "the id of the image in the search",
    "rollout_id": "the id of the rollout in the search",
    "method": "the method that asked: trained (the questioner, trained or steered), base (the same one, neither), "
    "templates, or quota (asked to test a failure mode)",
    "questioner": "the name of the questioner, with a digest of its weights",
    "candidate": "the name of the model under test, with a digest of its weights",
    "verifier": "the name of the judge of question and answer",
    "audited": "failure if the auditor agreed, unscored if the auditor could not decide, null if not audited",
    "persists": "the share of repeats (other seeds, paraphrases, rescaled images) that failed again; "
    "null without repeats",
}
ROWS = 64  # rows of a row group, whose images are in memory at the same time


def write_table(failures: Sequence[Failure], path: Path) -> None:
    """Writes the file with the image files as they are. The same failures give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema()
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, len(failures), ROWS):
            rows = [_row(failure) for failure in failures[start : start + ROWS]]
            writer.write_table(pa.Table.from_pylist(rows, schema))


def _row(failure: Failure) -> dict[str, Any]:
    image = {"bytes": failure.picture.read_bytes(), "path": failure.picture.name}
    return {"image": image, **{name: getattr(failure, name) for name in FIELDS if name != "image"}}


def _schema() -> Any:
    """Returns the Arrow schema of FIELDS, with the metadata by which `datasets` decodes images."""
    from datasets import Features, Image, List, Value

    kinds = {"image": Image(), "failure_modes": List(Value("string")), "persists": Value("float64")}
    return Features({name: kinds.get(name, Value("string")) for name in FIELDS}).arrow_schema
