"""Interfaces of the parts of the loop. Most have one method."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from pydantic import BaseModel

from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image, SourceImage
from blindspot.records.verdict import Verdict

if TYPE_CHECKING:  # a module of interfaces stays quick to import
    import numpy as np
    import numpy.typing as npt

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
        target: what it was asked or chosen for; empty for any question.
    """

    question: str
    answer: str | None = None
    log_prob: float = 0.0
    reason: str | None = None
    message: str = ""
    target: Target = ()


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


class PastQuestions(Protocol):
    """The valid questions that a training asked last, those of the current step included."""

    @property
    def questions(self) -> list[str]:
        """The questions, oldest first."""

    def novelty(self, question: str) -> float:
        """Returns how different the question is in meaning, 0 to 1."""

    def overlap(self, question: str) -> float:
        """Returns how common the word pairs of the question are, 0 to 1."""


class JudgedQuestions(NamedTuple):
    """The questions of a training step on one rank, with their images, verdicts and targets, in the same order.

    `questions`: empty where a reply of the questioner has no question. `past`: the valid questions asked last.
    """

    images: Sequence[Image]
    questions: Sequence[str]
    verdicts: Sequence[Verdict]
    targets: Sequence[Target]
    past: PastQuestions


class RewardComponent(Protocol):
    """A component of the reward; the reward is the weighted sum of all components."""

    @property
    def name(self) -> str:
        """Its column in metrics/rewards.csv and its metric in MLflow: lower-case letters, digits and _."""

    @property
    def title(self) -> str:
        """The title of its curve in the report."""

    def score(self, batch: JudgedQuestions) -> list[float | None]:
        """Returns a value for each question, in the same order; None where the component does not apply.

        A question that no component applies to, such as an unscored one, has no reward.
        """


@runtime_checkable
class PrimitiveExtractor(Protocol):
    """Reads which primitives a question requires."""

    def extract(self, questions: Sequence[str], references: Sequence[str | None]) -> list[list[tuple[str, str, str]]]:
        """Returns the primitives of each question, in the same order.

        `references`: the true answers; None where they are unknown. Each primitive is an ability, what it is applied
        to (may be empty), and the words of the question that show it, such as ("counting", "stars", "how many stars").
        The rules read a question that has none.
        """


@runtime_checkable
class PhraseEmbedder(Protocol):
    """Embeds phrases of primitives, such as "counting stars"."""

    def embed(self, phrases: Sequence[str]) -> "npt.NDArray[np.float64]":
        """Returns a vector for each phrase, in the same order, shape (phrases, dimensions). No vector is zero."""


@runtime_checkable
class SkillNamer(Protocol):
    """Names and defines skills and groups of skills."""

    def name(self, phrases: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
        """Returns a name and a definition for each list of phrases, in the same order.

        `phrases`: the primitives of a skill, most used first, or the names of the skills of a group. Where the name is
        empty, or that of another skill, the name stays that of the rules.
        """
