"""The reward as TRL's GRPOTrainer calls it: one function a component, all fed by one judgement of the batch."""

from collections.abc import Callable, Sequence
from typing import Any

from blindspot.budget import Meter
from blindspot.judges.judging import judge_all
from blindspot.protocols import Candidate, Target, Verifier
from blindspot.records.asked import Asked, asked_of
from blindspot.records.image import Image
from blindspot.records.verdict import VALID, Verdict
from blindspot.replies import THOUGHT_MARKS, Marks, read_question
from blindspot.rewards.archive import Archive
from blindspot.rewards.components import COMPONENTS, components


class Reward:
    """Judges each batch of questions once and hands its components to TRL.

    Attributes: `archive`, what novelty is measured against; `meter`, what was spent so far. Both are part of a
    checkpoint, and the same on all ranks. `calls`: of the candidate, that a question takes.
    """

    calls = 1

    def __init__(
        self,
        images: Sequence[Image],
        candidate: Candidate,
        verifier: Verifier,
        archive_size: int,
        meter: Meter,
        listen: Callable[[list[Asked]], None] = lambda asked: None,
        marks: Marks = THOUGHT_MARKS,
    ) -> None:
        """`listen` gets what was asked on this rank, batch by batch. `marks`: of the questioner's thoughts."""
        self.archive, self.meter = Archive(archive_size), meter
        self._archive_size, self._listen, self._marks = archive_size, listen, marks
        self._images = {image.image_id: image for image in images}
        self.candidate, self._verifier = candidate, verifier
        self._batch: object = None
        self._components: dict[str, list[float | None]] = {}

    def functions(self) -> list[Callable[..., list[float | None]]]:
        """One reward function for each of COMPONENTS, named after it."""
        return [self._function(name) for name in COMPONENTS]

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        return {"archive": self.archive.questions, "spent": self.meter.spent}

    def restore(self, state: dict[str, Any]) -> None:
        """Takes up what `state` gave."""
        self.archive = Archive(self._archive_size, state["archive"])
        self.meter.restore(state["spent"])

    def _function(self, name: str) -> Callable[..., list[float | None]]:
        def component(
            completions: list[Any], image_id: list[str], target: list[list[str]], **_: Any
        ) -> list[float | None]:
            if completions is not self._batch:
                self._batch = completions
                questions = [read_question(_text(completion), self._marks) for completion in completions]
                self._components = self._score(image_id, questions, [*map(tuple, target)])
            return self._components[name]

        component.__name__ = name
        return component

    def _score(
        self, image_ids: Sequence[str], questions: Sequence[str], targets: Sequence[Target]
    ) -> dict[str, list[float | None]]:
        from accelerate.utils import gather_object

        images = [self._images[image_id] for image_id in image_ids]
        answers = self.candidate.answer(images, questions)
        verdicts = judge_all(self._verifier, images, questions, answers)
        answered = gather_object([answer.error is None for answer in answers])
        self.meter.spend(len(answered), sum(answered))
        self._listen(
            [
                asked_of(image_id, question, answer.text, verdict)
                for image_id, question, answer, verdict in zip(image_ids, questions, answers, verdicts, strict=True)
            ]
        )
        valid = [question for question, verdict in zip(questions, verdicts, strict=True) if verdict.outcome in VALID]
        self.archive.add(gather_object(valid))
        return self.components(images, questions, verdicts, targets)

    def components(
        self, images: Sequence[Image], questions: Sequence[str], verdicts: Sequence[Verdict], targets: Sequence[Target]
    ) -> dict[str, list[float | None]]:
        """Every component for every question of this rank's batch, once the archive holds the valid ones."""
        return components(questions, verdicts, targets, self.archive)


def _text(completion: Any) -> str:
    """The text of a completion, which TRL gives as a conversation."""
    return str(completion if isinstance(completion, str) else completion[0]["content"])
