"""Questions with the outcomes of a planted candidate."""

from pathlib import Path

from bench.scoring.truth import uniform_questions
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.records.verdict import Outcome
from blindspot.scenes.oracle import rule
from blindspot.scenes.planted import PlantedCandidate


def judged(gaps: tuple[str, ...], mistakes: float, count: int, seed: int) -> list[Asked]:
    """Returns uniform questions with the outcomes of a planted candidate."""
    scenes, questions, _ = uniform_questions([], count, seed)
    images = [Image(str(place), Path("none"), "test", scene.to_json()) for place, scene in enumerate(scenes)]
    answers = PlantedCandidate(list(gaps), mistakes, seed).answer(images, questions)
    references = [str(rule(text, scene).answer) for text, scene in zip(questions, scenes, strict=True)]
    return [
        one(image.image_id, question, reference, "correct" if answer.text == reference else "failure")
        for image, question, reference, answer in zip(images, questions, references, answers, strict=True)
    ]


def one(image_id: str, question: str, reference: str | None, outcome: Outcome) -> Asked:
    return Asked(image_id, question, "?", reference, outcome, None)
