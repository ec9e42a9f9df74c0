"""Who judges the audited part of the harvest: nobody, a verifier that is exact, or a person's labels."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

from blindspot.errors import BlindspotError
from blindspot.protocols import Verifier
from blindspot.records.image import Image
from blindspot.records.rollout import Rollout
from blindspot.records.verdict import OUTCOMES, Outcome

COLUMNS = ("rollout_id", "image_id", "question", "answer", "outcome")
PAGE = "reports/label.html"


class Auditor(Protocol):
    """Judges a part of the harvest a second time, and is trusted more than the verifier."""

    identity: str

    def audit(self, images: Sequence[Image], rollouts: Sequence[Rollout]) -> list[Outcome | None]:
        """The outcome of each rollout; "unscored" where the auditor cannot say, None where it was not asked."""


class NoAuditor:
    """Says nothing."""

    identity = "nobody"

    def audit(self, images: Sequence[Image], rollouts: Sequence[Rollout]) -> list[Outcome | None]:
        """None for each rollout."""
        return [None for _ in rollouts]


class VerifierAuditor:
    """Another verifier than the judge: the oracle, where images have scenes."""

    def __init__(self, verifier: Verifier) -> None:
        self.verifier = verifier
        self.identity = verifier.identity

    def audit(self, images: Sequence[Image], rollouts: Sequence[Rollout]) -> list[Outcome | None]:
        """The outcome of its verdict on each rollout."""
        questions, answers = [row.question for row in rollouts], [row.answer for row in rollouts]
        return [verdict.outcome for verdict in self.verifier.judge(images, questions, answers)]


class LabelAuditor:
    """A person, by a CSV file of labels as the labelling page writes it."""

    identity = "a person"

    def __init__(self, path: Path) -> None:
        self.path = path

    def audit(self, images: Sequence[Image], rollouts: Sequence[Rollout]) -> list[Outcome | None]:
        """The label of each rollout, None for those after the last that is labelled.

        Raises BlindspotError where the file cannot be read, and naming the row where a label is no outcome, is given
        twice, belongs to another harvest or sample, or leaves out a rollout before it: what people leave out is no
        random part of what they see.
        """
        known = {row.rollout_id: row for row in rollouts}
        labels: dict[str, Outcome] = {}
        for row in self._read():
            rollout = self._check(row, known)
            if rollout.rollout_id in labels:
                raise self._refusal(row, "is labelled twice", "keep one of the rows")
            labels[rollout.rollout_id] = cast(Outcome, row["outcome"])
        found = [labels.get(row.rollout_id) for row in rollouts]
        if None in found[: len(labels)]:
            left_out = rollouts[found.index(None)].rollout_id
            raise BlindspotError(
                f"{self.path} leaves out rollout {left_out} and labels later ones, so it is no random part",
                f"label it on {PAGE} (error: cannot say), or remove the rows after it",
            )
        return found

    def _read(self) -> list[dict[str, str]]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:  # spreadsheets need, and leave, a mark
                reader = csv.DictReader(file, strict=True, restkey="more", restval="")
                columns, rows = reader.fieldnames or (), list(reader)
        except (OSError, ValueError, csv.Error) as error:
            raise BlindspotError(
                f"labels {self.path} cannot be read ({error})", f"{PAGE} writes such a file"
            ) from None
        if tuple(columns) != COLUMNS:
            raise BlindspotError(
                f"{self.path} has the columns {', '.join(columns) or 'of no table'}",
                f"they must be {', '.join(COLUMNS)}, with commas",
            )
        return rows

    def _check(self, row: dict[str, str], known: Mapping[str, Rollout]) -> Rollout:
        """The rollout that a row labels."""
        rollout = known.get(row["rollout_id"])
        if rollout is None:
            raise self._refusal(
                row, "is not in this audit's sample", f"label this harvest's page ({PAGE}), or empty the file"
            )
        for name in ("image_id", "question", "answer"):
            if not _same(row[name], getattr(rollout, name)):
                raise self._refusal(
                    row, f"has another {name} than this harvest's", f"label this harvest's page ({PAGE})"
                )
        if row["outcome"] not in OUTCOMES or "more" in row:
            raise self._refusal(row, f"has the outcome {row['outcome']!r}", f"write one of {', '.join(OUTCOMES)}")
        return rollout

    def _refusal(self, row: dict[str, str], what: str, mend: str) -> BlindspotError:
        return BlindspotError(f"{self.path}: rollout {row['rollout_id'][:100]} {what}", mend)


def _same(cell: str, text: str) -> bool:
    """Whether a cell holds the text, with or without the quote that keeps it from being a formula; spaces apart."""
    return " ".join(cell.split()) in (" ".join(text.split()), " ".join(f"'{text}".split()))
