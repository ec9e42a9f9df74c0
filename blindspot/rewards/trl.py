"""The reward as TRL's GRPOTrainer calls it: one function a component, all fed by one judgement of the batch."""

from collections.abc import Callable, Sequence
from typing import Any

from blindspot.prompts import said
from blindspot.protocols import Candidate, Hint, Verifier
from blindspot.records.image import Image
from blindspot.rewards.archive import Archive
from blindspot.rewards.components import COMPONENTS, components
from blindspot.verifiers.judging import judge_all


class Reward:
    """Judges each batch of questions once and hands its components to TRL.

    Attributes: `archive`, what novelty is measured against; `calls`, answers asked of the candidate so far, over all
    ranks. Both are part of a checkpoint.
    """

    def __init__(self, images: Sequence[Image], candidate: Candidate, verifier: Verifier, archive_size: int) -> None:
        self.archive = Archive(archive_size)
        self.calls = 0
        self._archive_size = archive_size
        self._images = {image.image_id: image for image in images}
        self._candidate, self._verifier = candidate, verifier
        self._batch: object = None
        self._components: dict[str, list[float | None]] = {}

    def functions(self) -> list[Callable[..., list[float | None]]]:
        """One reward function for each of COMPONENTS, named after it."""
        return [self._function(name) for name in COMPONENTS]

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        return {"archive": self.archive.questions, "calls": self.calls}

    def restore(self, state: dict[str, Any]) -> None:
        """Takes up what `state` gave."""
        self.archive = Archive(self._archive_size, state["archive"])
        self.calls = state["calls"]

    def _function(self, name: str) -> Callable[..., list[float | None]]:
        def component(
            completions: list[Any], image_id: list[str], hint: list[list[str]], **_: Any
        ) -> list[float | None]:
            if completions is not self._batch:
                self._batch = completions
                questions = [_text(completion) for completion in completions]
                self._components = self._score(image_id, questions, [*map(tuple, hint)])
            return self._components[name]

        component.__name__ = name
        return component

    def _score(
        self, image_ids: Sequence[str], questions: Sequence[str], hints: Sequence[Hint]
    ) -> dict[str, list[float | None]]:
        from accelerate.utils import gather_object

        images = [self._images[image_id] for image_id in image_ids]
        verdicts = judge_all(self._verifier, images, questions, self._candidate.answer(images, questions))
        self.calls += len(gather_object(list(questions)))
        valid = [
            question
            for question, verdict in zip(questions, verdicts, strict=True)
            if verdict.outcome in ("failure", "correct")
        ]
        self.archive.add(gather_object(valid))
        return components(questions, verdicts, hints, self.archive)


def _text(completion: Any) -> str:
    """The question in a completion, which TRL gives as a conversation."""
    return said(str(completion if isinstance(completion, str) else completion[0]["content"]))
