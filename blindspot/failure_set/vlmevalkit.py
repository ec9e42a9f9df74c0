"""The failure set as the TSV that VLMEvalKit reads."""

import base64
import csv
import json
from collections.abc import Sequence
from pathlib import Path

from blindspot.records.failure import Failure

# VLMEvalKit goes by names: "openended" makes a data set of its users one of open questions, and "GQA" makes its
# ImageVQADataset compare answers as they are; otherwise it wants ten true answers to each question.
NAME = "blindspot_GQA_openended"
COLUMNS = ("index", "image", "question", "answer", "category", "rollout_id", "failure_modes")
NO_MODE = "no failure mode"
#: Texts for which `pandas.read_csv` reads a missing value.
MISSING = {"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"} | {
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"
}  # fmt: skip


def write_tsv(failures: Sequence[Failure], folder: Path) -> None:
    """Writes NAME.tsv: a row a failure, its image in base64, `category` the first of its failure modes.

    `answer` is a list of the one true answer, as VLMEvalKit has it where there may be several: it runs `eval` on this
    column, and of a plain text that would run what a judge wrote. Nor does pandas take a list for a number, or the
    answer "none" for a missing one.
    """
    folder.mkdir()
    with (folder / f"{NAME}.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        writer.writerows([str(index), *_row(failure)] for index, failure in enumerate(failures))


def _row(failure: Failure) -> list[str]:
    image = base64.b64encode(failure.picture.read_bytes()).decode()
    modes = failure.failure_modes
    category = _there(modes[0] if modes else NO_MODE)
    return [image, _there(failure.question), _json([failure.reference]), category, failure.rollout_id, _json(modes)]


def _there(text: str) -> str:
    """The text, with a space at its end where pandas would take it for missing."""
    return f"{text} " if text in MISSING else text


def _json(texts: Sequence[str]) -> str:
    return json.dumps(texts, ensure_ascii=False)
