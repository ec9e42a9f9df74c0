"""The failure set as one Parquet file with the images inside, which `datasets` reads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from blindspot.records.failure import Failure

#: Fields in the order of the file, and what they hold.
FIELDS = {
    "image": "what the question is about",
    "question": "a valid question about it, in the questioner's words",
    "reference": "the true answer, as the judge has it",
    "candidate_answer": "what the candidate said instead; wrong, as the judge has it",
    "failure_modes": "names of the failure modes that the question is of, the most useful first; it may be of none",
    "image_id": "the image's id in the search",
    "rollout_id": "the question's id in the search",
    "method": "who asked: the trained questioner, the untrained base, or uniform templates",
    "questioner": "their name, with a digest of the weights",
    "candidate": "the model that was asked, with a digest of its weights",
    "verifier": "who judged question and answer",
    "audited": "failure where the auditor agreed, error where they could not say, null where they were not asked",
    "persists": "asked again with another seed, in other words, of the image rescaled: the share that failed again; "
    "null where it was not tried",
}
ROWS = 64  # of a row group, whose images are in memory together


def write_table(failures: Sequence[Failure], path: Path) -> None:
    """Writes the file, the images as they are on disk; the same failures give the same bytes."""
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
    """Arrow's schema of FIELDS, in which `datasets` notes that `image` is one."""
    from datasets import Features, Image, List, Value

    kinds = {"image": Image(), "failure_modes": List(Value("string")), "persists": Value("float64")}
    return Features({name: kinds.get(name, Value("string")) for name in FIELDS}).arrow_schema
