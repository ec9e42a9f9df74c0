import random
from collections import Counter
from pathlib import Path

import pytest

from blindspot.judges.oracle import OracleVerifier
from blindspot.judges.vlm import Sameness, VLMVerifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.scenes.answers import understand
from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene, Thing
from lab import judge_curriculum as lessons
from lab.tiny_vlm import IMAGE_LAST, POSITIONS, build_processor
from tests.judges.reading import data_of

SCENES = draw_scenes(300, seed=5)
RNG = random.Random(5)
QUESTIONS = [lessons.question_to_judge(scene, SCENES[index - 1], RNG) for index, scene in enumerate(SCENES)]
TWO = Scene((Thing(0, 0, "small", "red", "star"), Thing(2, 1, "large", "red", "star")))


class ExactJudge:
    """A judge that replies to prompts exactly as the lessons teach."""

    identity = "exact"

    def complete(self, images, prompts, form, sampling=None):  # type: ignore[no-untyped-def]
        return [Answer(self._reply(image, data_of(prompt))) for image, prompt in zip(images, prompts, strict=True)]

    def _reply(self, image: Image, data: dict[str, str]) -> str:
        scene = Scene.from_json(image.scene or "")
        if "answer" not in data:
            return lessons.validity_lesson(scene, data["question"])[1]
        ruling = rule(data["question"], scene)
        assert ruling.question
        said = understand(data["answer"], ruling.question.answer_kind)
        return Sameness(reasoning="-", same=said == data["reference"]).model_dump_json()


def test_a_judge_that_follows_the_lessons_agrees_with_the_oracle() -> None:
    images = [Image(str(index), Path("none"), "test", scene.to_json()) for index, scene in enumerate(SCENES)]
    answers = [RNG.choice(("yes", "no", "2", "red", "star", "small")) for _ in images]
    judged = VLMVerifier(ExactJudge()).judge(images, QUESTIONS, answers)
    truth = OracleVerifier("invalid").judge(images, QUESTIONS, answers)
    clear = [(one.outcome, two.outcome) for one, two in zip(judged, truth, strict=True) if two.outcome != "unscored"]
    assert len(clear) > 200 and all(one == two for one, two in clear)
    assert {outcome for _, outcome in clear} == {"failure", "correct", "invalid"}


def test_every_lesson_is_in_the_vocabulary_and_short() -> None:
    tokenizer = build_processor(lessons.words(), lessons.phrases(), IMAGE_LAST).tokenizer
    for scene, question in zip(SCENES, QUESTIONS, strict=True):
        for prompt, reply in (lessons.validity_lesson(scene, question), lessons.sameness_lesson(scene, RNG)):
            ids = tokenizer(f"{prompt} {reply}", add_special_tokens=False)["input_ids"]
            assert (tokenizer.unk_token_id in ids) == (lessons.UNKNOWN in prompt) and len(ids) < POSITIONS / 4
            written = tokenizer.decode(tokenizer(reply, add_special_tokens=False)["input_ids"])
            assert written.replace(" ", "") == reply.replace(" ", "")


def test_three_of_four_questions_are_valid_and_every_reason_is_taught() -> None:
    """Fails for correct code with probability 4e-6 over seeds.

    Binomial of 3,000 draws: 74 % are valid and 0.43 % have the rarest reason, as measured in 57,000 draws.
    """
    scenes, rng = draw_scenes(3000, seed=6), random.Random(6)
    questions = [lessons.question_to_judge(scene, scenes[index - 1], rng) for index, scene in enumerate(scenes)]
    reasons = Counter(rule(question, scene).reason for question, scene in zip(questions, scenes, strict=True))
    assert 0.7 < reasons[None] / len(questions) < 0.8
    assert set(reasons) == {None, *lessons.MISSED_CRITERION}


NOWHERE = "- - - - - - - - -"
SMALL_STAR, LARGE_STAR, STARS = "a1 - - - - - - - -", "- - - - - - - b3 -", "a1 - - - - - - b3 -"


@pytest.mark.parametrize(
    ("question", "reasoning"),
    [
        ("how many stars are there ?", STARS),
        ("are there any circles ?", NOWHERE),
        ("is the small star above the large star ?", f"{SMALL_STAR} ; {LARGE_STAR} ; 1 3"),
        ("is the small star left of the large star ?", f"{SMALL_STAR} ; {LARGE_STAR} ; 1 2"),
        ("is the small star above the star ?", f"{SMALL_STAR} ; {STARS}"),
        ("are there more stars than small stars ?", f"{STARS} ; {SMALL_STAR} ; 2 1"),
        ("is the small star the same colour as the large star ?", f"{SMALL_STAR} ; {LARGE_STAR} ; red red"),
        ("what size is the bottommost star ?", f"{STARS} ; {LARGE_STAR}"),
        ("what size is the star below the small star ?", f"{SMALL_STAR} ; {LARGE_STAR}"),
        ("what size is the star above the small star ?", f"{SMALL_STAR} ; {NOWHERE}"),
        ("what size is the star below the circle ?", NOWHERE),
        ("stars many how", ""),
    ],
)
def test_the_reasoning_names_the_places_of_the_things_that_the_question_mentions(
    question: str, reasoning: str
) -> None:
    assert f'"reasoning":"{reasoning}"' in lessons.validity_lesson(TWO, question)[1]
