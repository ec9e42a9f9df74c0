"""The reward as TRL's GRPOTrainer calls it: one reward function per component, computed from one judged batch."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from blindspot.budget import Meter
from blindspot.errors import BlindspotError
from blindspot.judges.judging import answer_all, judge_asked
from blindspot.metrics import refuse_unscored, unscored
from blindspot.prompts.roles import ReplyFormat
from blindspot.protocols import (
    Candidate,
    JudgedQuestions,
    ProposedQuestion,
    RewardComponent,
    Target,
    Verifier,
)
from blindspot.questioner.proposing import proposed
from blindspot.records.image import Image
from blindspot.records.rollout import Asked, asked_of
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import VALID, Verdict
from blindspot.replies import THOUGHT_MARKS, Marks
from blindspot.rewards.archive import Archive
from blindspot.rewards.components import BUILT_IN, Components, score_all
from blindspot.store import is_main_process

MAX_UNSCORED = 0.5  # share of unscored questions in a step above which the training warns


class Batch(NamedTuple):
    """The questions of one training step on this rank, with the id of the image and the target of each."""

    image_ids: list[str]
    asked: list[ProposedQuestion]
    targets: list[Target]

    @property
    def questions(self) -> list[str]:
        """The questions; empty where a reply has none."""
        return [one.question for one in self.asked]


class Reward:
    """Has each batch of questions answered and judged once, and computes the components of the reward.

    Attributes: `archive`, the questions that novelty is measured against; `meter`, what has been spent; `asked`, all
    questions that were asked, in order. They are stored in checkpoints and are the same on all ranks. `parts`: the
    components. `calls`: calls of the candidate per question.
    """

    calls = 1

    def __init__(
        self,
        images: Sequence[Image],
        candidate: Candidate,
        verifier: Verifier,
        archive_size: int,
        meter: Meter,
        marks: Marks = THOUGHT_MARKS,
        *,
        form: ReplyFormat | None,
        parts: Sequence[RewardComponent] = BUILT_IN,
    ) -> None:
        """`marks`: the marks around the questioner's thoughts, which are not part of a question.

        `form`: the form of the questioner's replies, that of its prompts. `parts`: the components of the reward.
        """
        self.parts = parts
        self.archive, self.meter, self.asked = Archive(archive_size), meter, list[Asked]()
        self._archive_size, self._marks, self._form = archive_size, marks, form
        self._images = {image.image_id: image for image in images}
        self.candidate, self._verifier = candidate, verifier
        self._scored: tuple[Batch, Components] | None = None

    def functions(self) -> list[Callable[..., list[float | None]]]:
        """Returns one reward function for each component, in that order and with its name.

        For each batch, TRL's trainer calls every function once, in order. The first function scores the batch; the
        others return the components that it computed, and raise RuntimeError if they are called with another batch.
        """
        return [self._function(one.name) for one in self.parts]

    def score(self, batch: Batch) -> Components:
        """Has the questions answered and judged, counts the calls, adds the valid questions to the archive.

        A reply without a question is invalid; the candidate is not asked. Returns the components for each question. On
        several ranks all of them must call it, each with its own batch. Raises BlindspotError, on every rank, if all
        questions of the step are unscored.
        """
        from accelerate.utils import gather_object

        images = [self._images[image_id] for image_id in batch.image_ids]
        answers = answer_all(self.candidate, images, batch.asked)
        verdicts = judge_asked(self._verifier, images, batch.asked, answers)
        rows = [
            (image_id, one.question, answer, verdict)
            for image_id, one, answer, verdict in zip(batch.image_ids, batch.asked, answers, verdicts, strict=True)
            if one.reason is None and answer.error != Unscored.BUDGET
        ]
        self.meter.spend(len(rows), sum(answer.error is None for _, _, answer, _ in rows))
        self.meter.sync()
        _refuse_nothing_scored(gather_object([replace(verdict, raw=()) for verdict in verdicts]))
        self.asked += gather_object([asked_of(image, text, one.text, verdict) for image, text, one, verdict in rows])
        valid = [text for text, verdict in zip(batch.questions, verdicts, strict=True) if verdict.outcome in VALID]
        self.archive.add(gather_object(valid))
        return self.components(images, batch.questions, verdicts, batch.targets)

    def components(
        self, images: Sequence[Image], questions: Sequence[str], verdicts: Sequence[Verdict], targets: Sequence[Target]
    ) -> Components:
        """Returns every component for every question of this rank; the archive already contains the valid ones."""
        return score_all(self.parts, JudgedQuestions(images, questions, verdicts, targets, self.archive))

    def state(self) -> dict[str, Any]:
        """Returns what a checkpoint stores."""
        asked = [asdict(row) for row in self.asked]
        return {"archive": self.archive.questions, "spent": self.meter.state(), "asked": asked}

    def restore(self, state: dict[str, Any]) -> None:
        """Restores what `state` returned. Raises BlindspotError for the state of an older version."""
        if "asked" not in state or "paid" not in state["spent"]:
            raise BlindspotError(
                "the checkpoint was written by an older version, which kept no questions or no tokens",
                "delete the folder .work/train and train again",
            )
        self.archive = Archive(self._archive_size, state["archive"])
        self.meter.restore(state["spent"])
        self.asked = [Asked(**row) for row in state["asked"]]

    def _function(self, name: str) -> Callable[..., list[float | None]]:
        def component(
            completions: list[Any], image_id: list[str], target: list[list[str]], **_: Any
        ) -> list[float | None]:
            asked = [proposed(_text(completion), self._form, self._marks) for completion in completions]
            batch = Batch(image_id, asked, [*map(tuple, target)])
            first = self.parts[0].name
            if name == first:
                self._scored = batch, self.score(batch)
            if self._scored is None or self._scored[0] != batch:
                raise RuntimeError(f"the reward function {name} was called before {first} for this batch")
            return self._scored[1][name]

        component.__name__ = name
        return component


def _refuse_nothing_scored(verdicts: Sequence[Verdict]) -> None:
    """Raises BlindspotError if a step teaches nothing because no question is scored; warns if most are unscored."""
    outcomes, reasons = [one.outcome for one in verdicts], [one.reason for one in verdicts]
    counts = unscored(outcomes, reasons)
    if Unscored.BUDGET in counts:  # the training ends after this step
        return
    if counts.total() == len(verdicts):
        refuse_unscored(verdicts, 0.0, "questions of a training step", "then run again to resume the training")
    if counts.total() > MAX_UNSCORED * len(verdicts) and is_main_process():
        named = ", ".join(f"{reason} × {count}" for reason, count in counts.items())
        share = f"{counts.total()} of {len(verdicts)} questions of a step"
        print(f"warning: train: {share} are unscored: {named}", flush=True)


def _text(completion: Any) -> str:
    """Returns the text of a completion, which TRL passes as a conversation."""
    return str(completion if isinstance(completion, str) else completion[0]["content"])
