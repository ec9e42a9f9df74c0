"""Tests that a planted candidate fails in its gaps, with answers of the right kind, and nowhere else."""

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.errors import BlindspotError
from blindspot.judges.oracle import OracleVerifier
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.answer import Sampling
from blindspot.records.image import Image
from blindspot.scenes.answers import understand
from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import rule, rule_question
from blindspot.scenes.planted import PlantedCandidate
from blindspot.scenes.question import ANSWERS, Question, phrasings
from blindspot.scenes.scene import Scene
from tests.scenes.strategies import CASES, FEW, SCENES

GAPS = ["family == counting and answer >= 4", "colour == purple and relation == left_of"]


def image_of(scene: Scene) -> Image:
    return Image("image", Path("image.png"), "test", scene.to_json())


def asked(count: int) -> tuple[list[Image], list[str]]:
    """Returns images of scenes and valid questions about them."""
    images = [image_of(scene) for scene in draw_scenes(count, 3)]
    return images, [one.question for one in TemplateQuestioner().ask(images, 5)]


def outcomes(candidate: PlantedCandidate, sampling: Sampling | None = None) -> list[str]:
    images, questions = asked(600)
    answers = [answer.text for answer in candidate.answer(images, questions, sampling)]
    return [verdict.outcome for verdict in OracleVerifier("invalid").judge(images, questions, answers)]


def in_gap() -> list[bool]:
    found = []
    for image, question in zip(*asked(600), strict=True):
        scene = Scene.from_json(image.scene or "")
        facts = facts_of(rule(question, scene), scene)
        found.append(any(Gap(text).holds(facts) for text in GAPS))
    return found


def test_it_fails_only_in_its_gaps() -> None:
    assert outcomes(PlantedCandidate(GAPS, 0.0, 0)) == ["failure" if gap else "correct" for gap in in_gap()]
    assert 1 < sum(in_gap()) < 100  # fails for correct code with probability 3e-4 (binomial of 600: 1.8 % are in gaps)


def test_the_rate_of_mistakes_is_as_configured() -> None:
    failed = Counter(outcomes(PlantedCandidate([], 0.15, 0)))
    assert failed["failure"] + failed["correct"] == 600
    assert 0.1 < failed["failure"] / 600 < 0.2  # fails with probability 8e-4 (binomial of 600 at 0.15)


def test_sampling_changes_mistakes_but_not_gaps() -> None:
    candidate = PlantedCandidate(GAPS, 0.3, 0)
    once, again, other = (outcomes(candidate, sampling) for sampling in (None, None, Sampling(0.7, 1)))
    assert once == again != other
    assert any(in_gap())
    for found in (once, other):
        assert all(outcome == "failure" for outcome, gap in zip(found, in_gap(), strict=True) if gap)


@given(CASES, st.integers(0, 9), st.sampled_from([0.0, 1.0]))
@FEW
def test_every_answer_is_of_the_right_kind(drawn: tuple[Scene, Question], seed: int, mistakes: float) -> None:
    scene, question = drawn
    said = PlantedCandidate(["answer == yes"], mistakes, seed).answer([image_of(scene)], [phrasings(question)[0]])[0]
    assert said.text in ANSWERS[question.answer_kind]
    assert understand(said.text, question.answer_kind) == said.text
    truth = rule_question(question, scene).answer
    assert truth is None or (said.text == truth) is (mistakes == 0.0 and truth != "yes")


@given(st.text(), SCENES)
@FEW
def test_any_text_gets_an_answer(text: str, scene: Scene) -> None:
    assert PlantedCandidate(GAPS, 0.5, 0).answer([image_of(scene)], [text])[0].text in ANSWERS["yes_no"]


def test_wrong_answers_are_drawn_uniformly() -> None:
    candidate, said = PlantedCandidate(["family == colour"], 0.0, 0), Counter[str]()
    scenes = [scene for scene in draw_scenes(8000, 1) if rule("what colour is the star ?", scene).answer == "red"]
    answers = candidate.answer([image_of(scene) for scene in scenes], ["what colour is the star ?"] * len(scenes))
    said.update(answer.text for answer in answers)
    assert set(said) == {*ANSWERS["colour"]} - {"red"}
    # About 460 answers with five equally frequent values: this fails for correct code with probability 1e-4.
    assert max(said.values()) < 2 * min(said.values())


def test_the_identity_depends_on_gaps_mistakes_and_seed() -> None:
    made = [(GAPS, 0.0, 0), (GAPS[:1], 0.0, 0), (GAPS, 0.1, 0), (GAPS, 0.0, 1)]
    assert len({PlantedCandidate(*each).identity for each in made}) == 4
    assert PlantedCandidate(["answer  ==\nyes"], 0, 0).identity == PlantedCandidate(["answer == yes"], 0, 0).identity


@pytest.mark.parametrize(("scene", "said"), [(None, "image has no scene"), ("[", "scene of image image cannot be")])
def test_an_image_without_a_scene_is_an_error(scene: str | None, said: str) -> None:
    with pytest.raises(BlindspotError, match=said):
        PlantedCandidate([], 0.0, 0).answer([Image("image", Path("image.png"), "test", scene)], ["why ?"])


def test_answers_do_not_depend_on_the_batch() -> None:
    images, questions = asked(40)
    rows = [*zip(images, questions, strict=True)]
    random.Random(0).shuffle(rows)
    candidate = PlantedCandidate(GAPS, 0.5, 0)
    alone = [candidate.answer([image], [question])[0] for image, question in rows]
    assert candidate.answer([image for image, _ in rows], [question for _, question in rows]) == alone


def test_a_rate_below_one_fails_that_share_of_the_questions_in_gaps() -> None:
    candidate = PlantedCandidate(["family in (existence, relation, comparison, same)"], 0.0, 0, rate=0.4)
    once, other = outcomes(candidate), outcomes(candidate, Sampling(0.7, 1))
    inside = [Gap("family in (existence, relation, comparison, same)")]
    facts = [
        facts_of(rule(question, Scene.from_json(image.scene or "")), Scene.from_json(image.scene or ""))
        for image, question in zip(*asked(600), strict=True)
    ]
    in_it = [inside[0].holds(one) for one in facts]
    failed = [outcome == "failure" for outcome in once]
    assert once == other
    assert not all(in_it)
    assert not any(fails for fails, gap in zip(failed, in_it, strict=True) if not gap)
    assert 0.3 < sum(failed) / sum(in_it) < 0.5  # fails with probability 1.3e-3 (binomial of about 243 at 0.4)
