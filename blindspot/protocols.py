"""What the parts of the loop are to each other: one method each."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from pydantic import BaseModel

from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.records.source_image import SourceImage
from blindspot.records.verdict import Verdict

Target = tuple[str, ...]  # features that a question is to have; without one it may be of any kind
Form = type[BaseModel] | None  # that a reply is to have, None where any text will do


class VLM(Protocol):
    """A model that is shown an image and a prompt, and says something."""

    identity: str

    def complete(
        self, images: Sequence[Image], prompts: Sequence[str], form: Form, sampling: Sampling | None = None
    ) -> list[Answer]:
        """What it says to each image and prompt, in the same order, or why nothing; as JSON of `form` if it can.

        Without `sampling` at temperature 0.
        """


class LLM(Protocol):
    """A model that is told something, and says something."""

    identity: str

    def tell(self, prompts: Sequence[str], form: Form) -> list[Answer]:
        """What it says to each prompt, in the same order, or why nothing; as JSON of `form` if it can."""


class Posed(NamedTuple):
    """A question, the answer that its questioner has in mind, if it said one, and the log-probability of both."""

    question: str
    answer: str | None
    log_prob: float


class Questioner(Protocol):
    """Looks at an image and asks one question."""

    @property
    def identity(self) -> str:
        """Its name, with what tells it from others of that name."""

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """One question for each image, in the same order; the same seed gives the same."""


class Steerable(Questioner, Protocol):
    """A questioner that can be told which features its question is to have."""

    def ask_for(self, targets: Sequence[Target], images: Sequence[Image], seed: int) -> list[Posed]:
        """One question for each target and image, in the same order; the same seed gives the same.

        A target is a wish: nobody sees to it that the question has these features.
        """


class Candidate(Protocol):
    """The frozen model under test."""

    identity: str

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        """One answer for each image and question, in the same order; without `sampling` at temperature 0."""


class Verifier(Protocol):
    """Says whether a question was valid and its answer right."""

    identity: str

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        """One verdict for each image, question and answer, in the same order."""


class ImageSource(Protocol):
    """Where images come from."""

    def images(self) -> Iterator[SourceImage]:
        """Every image, in a fixed order, no pixel read. Raises BlindspotError where the list itself is wrong."""
