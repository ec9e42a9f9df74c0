"""The auditors: nobody, an exact verifier, or a person's labels."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

from blindspot.errors import BlindspotError
from blindspot.paths import LABEL_PAGE
from blindspot.protocols import Verifier
from blindspot.records.image import Image
from blindspot.records.rollout import Rollout
from blindspot.records.verdict import OUTCOMES, Outcome

COLUMNS = ("rollout_id", "image_id", "question", "answer", "outcome")


class Auditor(Protocol):
    """Judges a sample of the harvest a second time. Its outcomes are taken as the truth."""

    identity: str

    def audit(self, images: Sequence[Image], rollouts: Sequence[Rollout]) -> list[Outcome | None]:
        """Returns the outcome of each rollout: "unscored" if the auditor cannot decide, None if it was not asked."""


class NoAuditor:
    """Audits nothing."""

    identity = "nobody"

    def audit(self, images: Sequence[Image], rollouts: Sequence[Rollout]) -> list[Outcome | None]:
        """Returns None for each rollout."""
        return [None for _ in rollouts]


class VerifierAuditor:
    """Audits with a verifier, such as the oracle for images with scenes."""

    def __init__(self, verifier: Verifier) -> None:
        self.verifier = verifier
        self.identity = verifier.identity

    def audit(self, images: Sequence[Image], rollouts: Sequence[Rollout]) -> list[Outcome | None]:
        """Returns the outcome of the verifier's verdict on each rollout."""
        questions, answers = [row.question for row in rollouts], [row.answer for row in rollouts]
        return [verdict.outcome for verdict in self.verifier.judge(images, questions, answers)]


class LabelAuditor:
    """Audits with a person's labels, from a CSV file that the label page writes."""

    identity = "a person"

    def __init__(self, path: Path) -> None:
        self.path = path

    def audit(self, images: Sequence[Image], rollouts: Sequence[Rollout]) -> list[Outcome | None]:
        """Returns the label of each rollout, and None for the rollouts after the last label of a method or quota.

        Raises BlindspotError if the file cannot be read, or if a label is not an outcome, is given twice, or belongs
        to another harvest or sample. A rollout without a label before one with a label, of the same method or quota,
        is an error as well: a person may leave out the difficult ones, and the rest would not be a random sample.
        """
        known = {row.rollout_id: row for row in rollouts}
        labels: dict[str, Outcome] = {}
        for row in self._read():
            rollout = self._check(row, known)
            if rollout.rollout_id in labels:
                raise self._row_error(row, "is labelled twice", "keep one of the rows")
            labels[rollout.rollout_id] = cast(Outcome, row["outcome"])
        found = [labels.get(row.rollout_id) for row in rollouts]
        self._check_order(rollouts, found)
        return found

    def _check_order(self, rollouts: Sequence[Rollout], found: Sequence[Outcome | None]) -> None:
        left_out: dict[tuple[str, str | None], str] = {}
        for rollout, outcome in zip(rollouts, found, strict=True):
            group = rollout.method, rollout.mode_id
            if outcome is None:
                left_out.setdefault(group, rollout.rollout_id)
            elif group in left_out:
                raise BlindspotError(
                    f"{self.path} leaves out rollout {left_out[group]} but labels later ones, so it is not a random "
                    "sample",
                    f"label it on {LABEL_PAGE} (unscored if you cannot say), or remove the rows after it",
                )

    def _read(self) -> list[dict[str, str]]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:  # spreadsheets write a byte order mark
                reader = csv.DictReader(file, strict=True, restkey="more", restval="")
                columns, rows = reader.fieldnames or (), list(reader)
        except (OSError, ValueError, csv.Error) as error:
            raise BlindspotError(
                f"labels {self.path} cannot be read ({error})", f"use a file that {LABEL_PAGE} writes"
            ) from None
        if tuple(columns) != COLUMNS:
            raise BlindspotError(
                f"{self.path} has the columns {', '.join(columns) or '(none)'}",
                f"they must be {', '.join(COLUMNS)}, with commas",
            )
        return rows

    def _check(self, row: dict[str, str], known: Mapping[str, Rollout]) -> Rollout:
        """Returns the rollout that the row labels."""
        rollout = known.get(row["rollout_id"])
        if rollout is None:
            raise self._row_error(
                row, "is not in this audit's sample", f"label this harvest ({LABEL_PAGE}), or empty the file"
            )
        for name in ("image_id", "question", "answer"):
            if not _same(row[name], getattr(rollout, name)):
                raise self._row_error(
                    row, f"has another {name} than in this harvest", f"label this harvest ({LABEL_PAGE})"
                )
        if row["outcome"] not in OUTCOMES or "more" in row:
            raise self._row_error(row, f"has the outcome {row['outcome']!r}", f"write one of {', '.join(OUTCOMES)}")
        return rollout

    def _row_error(self, row: dict[str, str], what: str, fix: str) -> BlindspotError:
        return BlindspotError(f"{self.path}: rollout {row['rollout_id'][:100]} {what}", fix)


def _same(cell: str, text: str) -> bool:
    """Returns whether a cell holds the text, up to white space and the quote that the page puts before formulas."""
    return " ".join(cell.split()) in (" ".join(text.split()), " ".join(f"'{text}".split()))
