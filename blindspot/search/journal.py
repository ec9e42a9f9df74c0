"""A journal of the questions that were asked and scored, so that a resumed search asks none of them twice."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from blindspot.budget import Meter
from blindspot.judges.judging import judge_all
from blindspot.protocols import Candidate, Verifier
from blindspot.records.image import Image
from blindspot.records.rollout import Asked, asked_of
from blindspot.records.unscored import Unscored

SPENT = "spent"  # key of a line: what the meter counted for it and the lines after it


class Journal:
    """Has questions answered and judged, and writes a line for each scored question.

    A resumed search asks unscored questions again, because a server error or a lost connection may be gone by then.
    Attributes: `candidate`, `verifier`; `meter`, which also counts the questions that are read from the journal.
    """

    def __init__(self, file: Path, candidate: Candidate, verifier: Verifier, meter: Meter) -> None:
        """Reads `file` if it exists; drops unscored questions and an incomplete last line."""
        self.meter = meter
        self._file, self.candidate, self.verifier = file, candidate, verifier
        lines = file.read_text("utf-8").splitlines(keepends=True) if file.is_file() else []
        whole = [line for line in lines if line.endswith("\n")]
        if whole != lines:
            file.write_text("".join(whole), encoding="utf-8")
        rows = [json.loads(line) for line in whole]
        payments = [row.pop(SPENT, None) for row in rows]
        asked = [(Asked(**row), one) for row, one in zip(rows, payments, strict=True)]
        self._known = {(row.image_id, row.question): row for row, _ in asked if row.outcome != "unscored"}
        self._spent = {(row.image_id, row.question): one for row, one in asked if one}

    def ask(self, images: Sequence[Image], questions: Sequence[str]) -> list[Asked]:
        """Returns the outcome of each image and question, in order; questions in the journal are not asked again.

        Questions that were not answered and judged because the budget is spent are left out.
        """
        keys = [(image.image_id, question) for image, question in zip(images, questions, strict=True)]
        for key in keys:
            if key in self._spent:
                self.meter.restore_paid(self._spent.pop(key))
        new = [place for place, key in enumerate(keys) if key not in self._known]
        if new:
            self._ask([images[place] for place in new], [questions[place] for place in new])
        found = [self._known[key] for key in keys]
        asked = [row for row in found if row.reason != Unscored.BUDGET]
        self.meter.spend(len(asked), sum(row.outcome != "unscored" or row.answer != "" for row in asked))
        return asked

    def _ask(self, about: Sequence[Image], texts: Sequence[str]) -> None:
        """Has new questions answered and judged. The first line that is written has the tokens of all of them."""
        payments = self.meter.payments
        answers = self.candidate.answer(about, texts)
        verdicts = judge_all(self.verifier, about, texts, answers)
        rows = [
            asked_of(image.image_id, text, answer.text, verdict)
            for image, text, answer, verdict in zip(about, texts, answers, verdicts, strict=True)
        ]
        lines = [asdict(row) for row in rows if row.outcome != "unscored"]
        if lines:
            lines[0][SPENT] = self.meter.state(payments)
        with self._file.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
        self._known |= {(row.image_id, row.question): row for row in rows}
