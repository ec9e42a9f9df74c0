"""Compares the calibration of a judge on marks with a later audit by labels, for a judge with known mistakes.

For each seed: uniform questions about marks, answers of a candidate with mistakes, and a stand-in judge that makes
mistakes at known rates. The oracle audits a sample on marks. Later, labels audit another harvest, about other
pictures. Prints whether the κ from labels lies in the 95 % interval of the κ from marks.
"""

import argparse
import csv
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.marks import pictures
from blindspot.audit.agreement import agree, confusion
from blindspot.audit.auditing import audit
from blindspot.audit.auditors import COLUMNS, Auditor, LabelAuditor, VerifierAuditor
from blindspot.errors import run
from blindspot.harvest import harvest
from blindspot.judges.oracle import OracleVerifier
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.estimate import Estimate
from blindspot.records.image import Image
from blindspot.records.rollout import Rollout
from blindspot.records.verdict import Outcome, Verdict
from blindspot.scenes.planted import PlantedCandidate
from blindspot.store import to_frame
from blindspot.verification import verify

FAILING = 0.3  # share of wrong answers of the candidate
MISSED, FALSE_ALARM = 0.2, 0.08  # shares of the failures that the judge calls correct, and of the correct ones
SIZE, LABELLED = 200, 2000  # rollouts that the oracle audits on marks, and that labels audit later
IMAGES = 60  # pictures of each of the two harvests
SEED = 5_000_000


class StandIn:
    """A judge that knows the truth and makes mistakes at random. Each text about a picture gets one verdict."""

    identity = "stand-in"

    def __init__(self, seed: int) -> None:
        self._seed, self._oracle = seed, OracleVerifier("invalid")

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns one verdict for each image, question and answer, in order."""
        verdicts = self._oracle.judge(images, questions, answers)
        rows = zip(images, questions, verdicts, strict=True)
        return [self._verdict(f"{image.image_id} {question}", verdict) for image, question, verdict in rows]

    def _verdict(self, key: str, truth: Verdict) -> Verdict:
        draw = random.Random(f"{self._seed} {key}").random()
        outcome: Outcome = truth.outcome
        if truth.outcome == "failure" and draw < MISSED:
            outcome = "correct"
        if truth.outcome == "correct" and draw < FALSE_ALARM:
            outcome = "failure"
        return Verdict(outcome, self.identity, truth.reason, truth.reference, truth.family)


def kappa(images: Sequence[Image], auditor: Auditor | None, size: int, seed: int) -> Estimate:
    """Returns the κ of the judge on failure and correct. `auditor`: None for labels, which are read from a file."""
    candidate, judge = PlantedCandidate([], FAILING, seed), StandIn(seed)
    rollouts = harvest("base", TemplateQuestioner(), candidate, images, size, seed)
    frame = to_frame(rollouts)
    verdicts = verify(frame, images, judge)
    with tempfile.TemporaryDirectory() as folder:
        labels = write_labels(Path(folder) / "labels.csv", images, rollouts)
        sample = audit(frame, verdicts, images, auditor or LabelAuditor(labels), size, seed)
    found = agree(confusion([*sample["judged"]], [*sample["audited"]])).valid_kappa
    assert found is not None, "the sample has failures and correct answers"
    return found


def write_labels(path: Path, images: Sequence[Image], rollouts: Sequence[Rollout]) -> Path:
    """Writes the labels of a person who makes no mistake, as the labelling page does."""
    known = {image.image_id: image for image in images}
    about = [known[one.image_id] for one in rollouts]
    texts = [one.question for one in rollouts], [one.answer for one in rollouts]
    verdicts = OracleVerifier("invalid").judge(about, *texts)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for one, verdict in zip(rollouts, verdicts, strict=True):
            writer.writerow([one.rollout_id, one.image_id, one.question, one.answer, verdict.outcome])
    return path


def main() -> None:
    """Prints both κ of each seed, and how often they agree."""
    parser = argparse.ArgumentParser(prog="python -m bench.marks_judge", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="number of seeds (default: 10)")
    given = parser.parse_args()
    marked, later = pictures(IMAGES, SEED), pictures(IMAGES, SEED + 1)
    inside = 0
    for seed in range(given.seeds):
        on_marks = kappa(marked, VerifierAuditor(OracleVerifier("invalid")), SIZE, 2 * seed)
        by_labels = kappa(later, None, LABELLED, 2 * seed + 1).value
        inside += on_marks.low <= by_labels <= on_marks.high
        print(f"seed {seed}: marks {on_marks.value:.2f} ({on_marks.low:.2f}–{on_marks.high:.2f}), {by_labels:.2f}")
    print(f"the κ from labels lies in the interval from marks for {inside} of {given.seeds} seeds")


if __name__ == "__main__":
    run(main, takes_arguments=True)
