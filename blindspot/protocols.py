"""Interfaces of the parts of the loop. Most have one method."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from pydantic import BaseModel

from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image, SourceImage
from blindspot.records.verdict import Verdict

Target = tuple[str, ...]  # features that a question should have; empty: any question
PastFailure = tuple[str, str]  # a question that the candidate failed, and its true answer
Form = type[BaseModel] | None  # the JSON form that a reply should have; None: any text


class VLM(Protocol):
    """A model that replies to an image and a prompt."""

    identity: str

    def complete(
        self, images: Sequence[Image], prompts: Sequence[str], form: Form, sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns the reply to each image and prompt, in the same order, or why there is none.

        The reply is JSON of `form` if the model supports it. Without `sampling`, at temperature 0.
        """


class LLM(Protocol):
    """A model that replies to a text."""

    identity: str

    def tell(self, prompts: Sequence[str], form: Form) -> list[Answer]:
        """Returns the reply to each prompt, in the same order, or why there is none.

        The reply is JSON of `form` if the model supports it.
        """


class ProposedQuestion(NamedTuple):
    """A question from a questioner, or why its reply has none.

    Attributes:
        answer: the answer that the questioner expects, if its reply has one.
        log_prob: the log-probability of the whole reply.
        reason: why the reply has no question, such as "declined"; None if it has one.
        message: the start of a reply that has no question.
    """

    question: str
    answer: str | None = None
    log_prob: float = 0.0
    reason: str | None = None
    message: str = ""


class Questioner(Protocol):
    """Asks one question about an image."""

    @property
    def identity(self) -> str:
        """The name, and what distinguishes it from others with the same name."""

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        """Returns one question for each image, in the same order. The same seed gives the same questions."""


class Steerable(Questioner, Protocol):
    """A questioner that accepts a target for each question."""

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        """Returns one question for each target and image, in the same order. The same seed gives the same questions.

        A question need not have the features of its target. `past`: for each image, earlier questions about it, from
        which the question should differ; empty if there are none for any image. `failures`: the same for past failures
        about other images, to which the question should be similar.
        """


class Candidate(Protocol):
    """The model under test."""

    identity: str

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns one answer for each image and question, in the same order. Without `sampling`, at temperature 0."""


class Verifier(Protocol):
    """Decides whether a question is valid and whether its answer is correct."""

    identity: str

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """Returns one verdict for each image, question and answer, in the same order."""


class ImageSource(Protocol):
    """A source of images.

    Attributes:
        notes: what the source changed or left out, one sentence each; complete after `images()` ends.
    """

    notes: list[str]

    def images(self) -> Iterator[SourceImage]:
        """Yields every image in a fixed order; reads no pixels. Raises BlindspotError if the list is invalid."""
