"""Writes the failure set as a TSV file for VLMEvalKit."""

import base64
import csv
import json
from collections.abc import Sequence
from pathlib import Path

from blindspot.records.failure import Failure

# VLMEvalKit chooses the evaluation by the name of the data set: "openended" marks a custom data set as open-ended, and
# "GQA" makes ImageVQADataset compare answers exactly. Without "GQA" it expects ten true answers to each question.
NAME = "blindspot_GQA_openended"
COLUMNS = ("index", "image", "question", "answer", "category", "rollout_id", "failure_modes")
NO_MODE = "no failure mode"
#: Texts that `pandas.read_csv` reads as missing values.
MISSING = {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"} | {
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"
}  # fmt: skip


def write_tsv(failures: Sequence[Failure], folder: Path) -> None:
    """Writes NAME.tsv: one row for each failure, with the image in base64 and its first failure mode as `category`.

    `answer` is a list with the one true answer, the form that VLMEvalKit uses for several answers. VLMEvalKit calls
    `eval` on this column, and would execute a plain text that the judge wrote. Besides, pandas would read some plain
    texts as numbers or missing values.
    """
    folder.mkdir()
    with (folder / f"{NAME}.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        writer.writerows([str(index), *_row(failure)] for index, failure in enumerate(failures))


def _row(failure: Failure) -> list[str]:
    image = base64.b64encode(failure.picture.read_bytes()).decode()
    modes = failure.failure_modes
    category = _not_missing(modes[0] if modes else NO_MODE)
    return [
        image,
        _not_missing(failure.question),
        _json([failure.reference]),
        category,
        failure.rollout_id,
        _json(modes),
    ]


def _not_missing(text: str) -> str:
    """Appends a space if pandas would read the text as a missing value."""
    return f"{text} " if text in MISSING else text


def _json(texts: Sequence[str]) -> str:
    return json.dumps(texts, ensure_ascii=False)
