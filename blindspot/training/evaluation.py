"""Evaluates the checkpoints of the questioner on a fixed set of images."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from blindspot.budget import Meter
from blindspot.judges.judging import answer_all, judge_asked, spent_on
from blindspot.metrics import rates, refuse_unscored
from blindspot.models.description import Local
from blindspot.models.loading import model_files
from blindspot.protocols import Candidate, Questioner, Verifier
from blindspot.records.image import Image
from blindspot.records.verdict import VALID, Verdict
from blindspot.scenes.inconspicuous import inconspicuous_share
from blindspot.scenes.parse import parse
from blindspot.scenes.stored import read_scene
from blindspot.search.variety import variety
from blindspot.store import read_json, write_json
from blindspot.tracking import log_checkpoint
from blindspot.training.checkpoints_page import checkpoints_page

SEED = 20_000  # the same for all checkpoints, so that they differ only by their weights
MAX_UNSCORED = 0.5  # share of unscored questions above which the training stops
COMPARISON = "checkpoints.html"  # a page in MLflow
SAMPLES = 16  # questions and images per checkpoint that MLflow shows

Rates = dict[str, float | int | None]
Samples = dict[str, list[Any]]  # a list for each column


class Evaluator:
    """Asks one question about each image, has it answered and judged, and logs the checkpoint to MLflow.

    `open_questioner` loads a checkpoint. The rates are stored in `folder`, so that a resumed training has those of
    earlier checkpoints too. Attributes: `questions`, the calls of an evaluation, which the `meter` counts.
    """

    def __init__(
        self,
        open_questioner: Callable[[Local], Questioner],
        candidate: Candidate,
        verifier: Verifier,
        images: Sequence[Image],
        folder: Path,
        mlflow: Any,
        meter: Meter,
    ) -> None:
        self.questions, self._meter = len(images), meter
        self._open, self._candidate, self._verifier = open_questioner, candidate, verifier
        self._images, self._folder, self._mlflow = images, folder, mlflow

    def evaluate(self, step: int, checkpoint: Local) -> None:
        """Evaluates the questioner `checkpoint` of the given step. Weights on the hub are not copied to MLflow.

        Raises BlindspotError if most questions are unscored, because the training would cost calls and learn nothing.
        """
        asked = self._open(checkpoint).ask(self._images, SEED)
        answers = answer_all(self._candidate, self._images, asked)
        verdicts = judge_asked(self._verifier, self._images, asked, answers)
        self._meter.spend(*spent_on(asked, answers))
        questions = [one.question for one in asked]
        outcomes = [one.outcome for one in verdicts]
        refuse_unscored(verdicts, MAX_UNSCORED, "validation questions")
        found: Rates = rates(outcomes, [one.family for one in verdicts])
        found |= self._variety(questions, verdicts)
        samples: Samples = {
            "image": [str(image.path) for image in self._images],
            "question": questions,
            "answer": [answer.text for answer in answers],
            "reference": [verdict.reference for verdict in verdicts],
            "outcome": [verdict.outcome for verdict in verdicts],
        }
        shown = {key: rows[:SAMPLES] for key, rows in samples.items()}
        files = model_files(folder) if (folder := Path(checkpoint.model)).is_dir() else []
        model = log_checkpoint(self._mlflow, step, files, found, shown)
        stored = {"rates": found | {"step": step}, "logged_model": model, "samples": shown}
        write_json(self._folder / f"{step:06d}.json", stored)

    def _variety(self, questions: Sequence[str], verdicts: Sequence[Verdict]) -> Rates:
        """Measures how diverse and how complex the questions are.

        `inconspicuous`: on scenes, how much they are about small or few things; None on photographs.
        """
        rows = [*zip(questions, verdicts, self._images, strict=True)]
        valid = [(text, image) for text, one, image in rows if one.outcome in VALID]
        failures = [text for text, one, _ in rows if one.outcome == "failure"]
        known = [(text, read_scene(image.scene)) for text, image in valid if image.scene and parse(text)]
        return {
            "distinct_questions": len(set(questions)) / len(questions),
            "inconspicuous": inconspicuous_share(known),
            **variety([text for text, _ in valid], failures, len(questions)),
        }

    def found(self) -> list[Rates]:
        """Returns the rates of all checkpoints so far, ordered by step."""
        return [stored["rates"] for stored in self._stored()]

    def log_comparison(self) -> None:
        """Logs a page with a row for each image and a column for each checkpoint, after the training."""
        stored = {one["rates"]["step"]: one for one in self._stored()}
        samples, found = ({step: one[name] for step, one in stored.items()} for name in ("samples", "rates"))
        page = self._folder / COMPARISON
        page.write_text(checkpoints_page(samples, found), encoding="utf-8")
        self._mlflow.log_artifact(page)

    def last_model(self) -> str:
        """Returns the id of the last checkpoint's logged model in MLflow, also if an interrupted process logged it."""
        return str(self._stored()[-1]["logged_model"])

    def _stored(self) -> list[Any]:
        return [read_json(path) for path in sorted(self._folder.glob("*.json"))]
