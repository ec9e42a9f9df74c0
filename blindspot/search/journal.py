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
        kept = [row for line in whole if (row := Asked(**json.loads(line))).outcome != "unscored"]
        self._known = {(row.image_id, row.question): row for row in kept}

    def ask(self, images: Sequence[Image], questions: Sequence[str]) -> list[Asked]:
        """Returns the outcome of each image and question, in order; questions in the journal are not asked again."""
        keys = [(image.image_id, question) for image, question in zip(images, questions, strict=True)]
        new = [place for place, key in enumerate(keys) if key not in self._known]
        if new:
            about, texts = [images[place] for place in new], [questions[place] for place in new]
            answers = self.candidate.answer(about, texts)
            verdicts = judge_all(self.verifier, about, texts, answers)
            rows = [
                asked_of(image.image_id, text, answer.text, verdict)
                for image, text, answer, verdict in zip(about, texts, answers, verdicts, strict=True)
            ]
            with self._file.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(asdict(row)) + "\n" for row in rows if row.outcome != "unscored")
            self._known |= {(row.image_id, row.question): row for row in rows}
        found = [self._known[key] for key in keys]
        self.meter.spend(len(found), sum(row.outcome != "unscored" or row.answer != "" for row in found))
        return found
