"""Measures how long each model of a run takes, with a few images."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

from blindspot.errors import BlindspotError, UnreadableImage
from blindspot.factory import open_candidate, open_steerable, open_verifier
from blindspot.images.sources import SourceParams, choose_source
from blindspot.judges.judging import answer_all, judge_asked
from blindspot.models.description import (
    Description,
    Local,
    Nothing,
    PoolOfQuestions,
    Server,
    describe,
    describe_questioner,
)
from blindspot.params import VerifierParams
from blindspot.prompts.files import read_prompts
from blindspot.protocols import ProposedQuestion
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.training.rehearsal import rehearse
from flows.estimate.parts import Part, Sections

SAMPLE = 8  # images that are measured
QUESTION = "What is in the image?"  # of a pool, whose questions are not read yet
ROUNDS = 2  # the first one of a local model is slower

Result = TypeVar("Result")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Seconds:
    """Seconds of one question, one question of the training, one answer and one verdict.

    `later_verdict`: by the judge of the stage verify.
    """

    question: float
    trained: float
    answer: float
    verdict: float
    later_verdict: float


def minutes_of(part: Part, seconds: Seconds, processes: int) -> float:
    """Returns the time of a part. The processes of launch.config share its questions and answers."""
    question = seconds.trained if part.trains else seconds.question
    asked = part.generated * question + part.calls * seconds.answer
    verdict = seconds.later_verdict if part.name.startswith("verify") else seconds.verdict
    return (asked + part.judged * verdict) / (processes if part.launched else 1) / 60


def write_sample(params: SourceParams, seed: int, folder: Path) -> list[Image]:
    """Writes a few of the run's images to `folder`, as prepare writes them."""
    found = list[Image]()
    for image in choose_source(params, seed)[0].images():
        with suppress(UnreadableImage):  # prepare counts these
            picture, scene = image.open(), image.scene
            if image.mark:
                picture, scene = image.mark(picture)
            file = folder / f"{len(found)}.png"
            picture.save(file)
            found.append(Image(file.stem, file, "train", scene))
        if len(found) == SAMPLE:
            break
    if not found:
        raise BlindspotError("no image can be read", "set prepare.source to readable images")
    return found


def measure(given: Sections, verifier: VerifierParams, images: Sequence[Image]) -> Seconds:
    """Loads each local model in turn and measures a batch of it; asks each served model once for each image.

    Raises BlindspotError if a model is missing, or if the questioner cannot be trained.
    """
    import torch

    torch.set_num_threads(1)  # as in train and harvest
    question, asked = _question(given, images)
    trained = 0.0
    if isinstance(given.start, Local) and given.train.steps:
        trained = rehearse(given.start, given.train, images[0], ROUNDS)
    answer, answers = _answer(given, images, asked)
    first = _verdict(verifier, None, images, asked, answers)
    if isinstance(describe(given.verify.model), Nothing):
        return Seconds(question, trained, answer, first, first)
    return Seconds(question, trained, answer, first, _verdict(verifier, given.verify.model, images, asked, answers))


def _question(given: Sections, images: Sequence[Image]) -> tuple[float, list[ProposedQuestion]]:
    """Returns the seconds of a question, and a question for each image."""
    source = describe_questioner(given.train.base_model)
    if isinstance(source, PoolOfQuestions):
        return 0.0, [ProposedQuestion(QUESTION)] * len(images)
    prompts, train = read_prompts(Path(given.train.prompts), "questioner"), given.train
    questioner = open_steerable(source, train.batch_size, train.max_new_tokens, train.temperature, prompts)
    batch = _batch(images, source, train.batch_size)
    seconds, asked = _timed(lambda: questioner.ask(batch, 0), source)
    usable = [one if one.reason is None else ProposedQuestion(QUESTION) for one in asked]
    return seconds / len(batch), [usable[place % len(usable)] for place in range(len(images))]


def _answer(given: Sections, images: Sequence[Image], asked: Sequence[ProposedQuestion]) -> tuple[float, list[Answer]]:
    """Returns the seconds of an answer, and the answer to each question."""
    candidate, source = open_candidate(given.candidate), describe(given.candidate.model)
    batch = _batch([*zip(images, asked, strict=True)], source, given.candidate.batch_size)
    seconds, answers = _timed(lambda: answer_all(candidate, *_columns(batch)), source)
    return seconds / len(batch), answers[: len(images)]


def _verdict(
    verifier: VerifierParams,
    stronger: str | None,
    images: Sequence[Image],
    asked: Sequence[ProposedQuestion],
    answers: Sequence[Answer],
) -> float:
    """Returns the seconds of a verdict; 0 for the oracle and the comparison of texts, which take no time."""
    if verifier.kind in ("oracle", "reference"):
        return 0.0
    judge, source = open_verifier(verifier, stronger), describe(stronger or verifier.model)
    seconds, _ = _timed(lambda: judge_asked(judge, images, asked, answers), source)
    return seconds / len(images)


def _batch(rows: Sequence[Row], source: Description, size: int) -> list[Row]:
    """Returns the rows, repeated until they fill a batch of a local model. A served model costs its calls."""
    return [*islice(cycle(rows), size)] if isinstance(source, Local) and size > len(rows) else [*rows]


def _columns(rows: Sequence[tuple[Image, ProposedQuestion]]) -> tuple[list[Image], list[ProposedQuestion]]:
    return [image for image, _ in rows], [question for _, question in rows]


def _timed(function: Callable[[], Result], source: Description) -> tuple[float, Result]:
    """Returns the seconds of the fastest round, and the result of the last one. A served model has one round."""
    durations = []
    for _ in range(1 if isinstance(source, Server) else ROUNDS):
        start = time.perf_counter()
        result = function()
        durations.append(time.perf_counter() - start)
    return min(durations), result
