"""What was asked and scored so far, so that a search that resumes after a kill asks nothing of it twice."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from blindspot.budget import Meter
from blindspot.judges.judging import judge_all
from blindspot.protocols import Candidate, Verifier
from blindspot.records.asked import Asked, asked_of
from blindspot.records.image import Image


class Journal:
    """Has questions answered and judged, and writes a line for each that is scored.

    A resumed search asks the others again: an overloaded server or a broken connection may be gone by then.
    Attributes: `candidate` and `verifier`; `meter`, which counts what is asked, and was before a kill.
    """

    def __init__(self, file: Path, candidate: Candidate, verifier: Verifier, meter: Meter) -> None:
        """Reads what `file` holds; a last line that a kill cut short is dropped, as is what has no score."""
        self.meter = meter
        self._file, self.candidate, self.verifier = file, candidate, verifier
        lines = file.read_text("utf-8").splitlines(keepends=True) if file.is_file() else []
        whole = [line for line in lines if line.endswith("\n")]
        if whole != lines:
            file.write_text("".join(whole), encoding="utf-8")
        kept = [row for line in whole if (row := Asked(**json.loads(line))).outcome != "unscored"]
        self._known = {(row.image_id, row.question): row for row in kept}

    def ask(self, images: Sequence[Image], questions: Sequence[str]) -> list[Asked]:
        """What comes of each image and question, in the same order; of one that was asked before what came then."""
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
