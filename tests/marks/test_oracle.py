"""Compares the oracle on marks with an independent evaluator, and the world of scenes with marks."""

import json
import random
from collections import Counter

import pytest

from blindspot.judges.oracle import OracleVerifier
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.image import Image
from blindspot.scenes.answers import understand
from blindspot.scenes.oracle import rule
from blindspot.scenes.parse import parse
from blindspot.scenes.planted import PlantedCandidate
from blindspot.scenes.question import ANSWERS_ABOUT_MARKS, MARK_FAMILIES
from blindspot.scenes.scene import random_scene
from blindspot.scenes.stored import read_scene
from blindspot.scenes.templates import ask, draw_question
from tests.marks.brute_force import opinion
from tests.marks.comparison import disagreements
from tests.marks.scenes import any_marks

NOT_FOUND = {"no_referent", "ambiguous_referent"}
REASONS = dict.fromkeys(MARK_FAMILIES, NOT_FOUND) | {"existence": set(), "counting": set()}
REASONS |= {family: {*NOT_FOUND, "no_attribute"} for family in ("shape", "text")}
REASONS |= {family: {*NOT_FOUND, "unclear_position"} for family in ("relation", "two_hop")}
REASONS |= {"comparison": {"same_referent"}}


def test_agrees_with_an_independent_evaluator() -> None:
    """Fails for correct code with probability 4e-4 over seeds.

    Binomial of 4,000 draws, of which 0.2 % have each of the two rarest reasons, as measured in 40,000 draws.
    """
    wrong, seen = disagreements(4000, 0)
    assert wrong == []
    assert seen.total() > 3500
    reasons = {family: {reason for known, reason in seen if known == family} - {None} for family in MARK_FAMILIES}
    assert [family for family in MARK_FAMILIES if not REASONS[family] <= reasons[family]] == []
    assert all(seen[family, None] for family in MARK_FAMILIES)


@pytest.mark.parametrize("family", MARK_FAMILIES)
def test_every_drawn_question_is_valid_and_says_drawn(family: str) -> None:
    """Fails for correct code with probability below 1e-3 over seeds, for each family.

    Binomial of about 55 questions: 20 % of the answers are yes for `occlusion`, 44 % and 57 % for the others. Of 80
    scenes, 45 ± 4.6 or more have a question (normal). All are measured in 60 runs or more with other seeds.
    """
    rng, answers = random.Random(family), Counter[str | None]()
    for _ in range(80):
        scene = any_marks(rng)
        question = draw_question(scene, family, rng)
        if question is not None:
            text = ask(question, rng)
            assert rule(text, scene).valid and "drawn" in text and question.family == family
            answers[rule(text, scene).answer] += 1
    assert answers.total() >= 25
    assert family not in ("occlusion", "relation", "existence") or 0.05 < answers["yes"] / answers.total() < 0.85


@pytest.mark.parametrize(
    "text",
    [
        "is there a red circle ?",
        "is the drawn star left of the circle ?",
        "how many drawn things are there ?",
        "what does the label say ?",
        "is there a drawn red thing behind the drawn star ?",
    ],
)
def test_a_question_that_may_mean_the_photograph_is_not_parsed(text: str) -> None:
    assert rule(text, any_marks(random.Random(1))).reason == "unparsed"


def test_a_scene_knows_no_drawn_things_texts_or_overlaps() -> None:
    rng = random.Random(0)
    for text in ("is there a drawn star ?", "is the star behind the circle ?", "what does the star say ?"):
        assert rule(text, random_scene(rng)).reason == "unparsed"


@pytest.mark.parametrize(
    ("question", "answer", "meaning"),
    [
        ("what does the drawn label say ?", 'The label says "River".', "RIVER"),
        ("what does the drawn label say ?", "It reads A-7-K.", "A7K"),
        ("what does the drawn label say ?", r"\boxed{RIVER}", "RIVER"),
        ("what does the drawn label say ?", "There is no text.", "other"),
        ("what does the drawn label say ?", "RIVER or WATER", None),
        ("what does the drawn label say ?", "I am not sure.", None),
        ("what does the drawn label say ?", "", None),
        ("how many drawn labels are there ?", "There are two drawn labels.", "2"),
        ("what colour is the leftmost drawn label ?", "The leftmost drawn label is red.", "red"),
        ("what colour is the drawn figure behind the drawn star ?", "The figure behind the star is red.", "red"),
        ("is the drawn star behind the drawn circle ?", "No, the drawn star is in front of the drawn circle.", "no"),
        ("is the drawn star behind the drawn circle ?", "Yes, the star is in front of the circle.", None),
    ],
)
def test_answers_about_marks_are_understood(question: str, answer: str, meaning: str | None) -> None:
    asked = parse(question)
    assert asked is not None
    assert understand(answer, asked.answer_kind, asked) == meaning


def test_a_planted_candidate_fails_in_its_gaps_only() -> None:
    rng, gaps = random.Random(5), ["family == text", "word == behind", "shape == label and family == counting"]
    images = [Image(str(place), "x", "test", any_marks(rng).to_json()) for place in range(300)]  # type: ignore[arg-type]
    questions = [one.question for one in TemplateQuestioner().ask(images, 3)]
    answers = [one.text for one in PlantedCandidate(gaps, 0.0, 0).answer(images, questions)]
    verdicts = OracleVerifier("invalid").judge(images, questions, answers)
    for image, question, answer, verdict in zip(images, questions, answers, verdicts, strict=True):
        asked = parse(question)
        assert asked is not None and answer in ANSWERS_ABOUT_MARKS[asked.answer_kind]
        counted = asked.family == "counting" and asked.subject.shape == "label"
        expected = asked.family == "text" or asked.word == "behind" or counted
        assert verdict.outcome == ("failure" if expected else "correct")
        assert verdict.reference == opinion(image.scene or "", question)[1]
    assert {"failure", "correct"} == {verdict.outcome for verdict in verdicts}


def test_the_record_is_read_as_it_was_written() -> None:
    rng = random.Random(2)
    for _ in range(50):
        scene = any_marks(rng)
        assert read_scene(scene.to_json()) == scene


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "property name"),
        ("{}", "no marks"),
        ('{"width":9,"height":9,"apart":1,"marks":[]}', "1 to 9 marks"),
        ('{"width":9,"height":9,"apart":1,"marks":[{"x":1}]}', "no marks"),
    ],
)
def test_an_invalid_record_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_scene(text)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("x", -4, "whole number"),
        ("x", 5000, "outside"),
        ("size", "huge", "size 'huge'"),
        ("shape", "cross", "shape 'cross'"),
        ("text", "RIVER", "has the text"),
        ("hole", 1, "no marks"),
    ],
)
def test_an_invalid_mark_is_refused(key: str, value: object, said: str) -> None:
    mark = {"x": 50, "y": 50, "width": 20, "height": 20, "size": "small", "colour": "red", "shape": "star"}
    record = {"width": 100, "height": 100, "apart": 4, "marks": [mark | {key: value}]}
    with pytest.raises(ValueError, match=said):
        read_scene(json.dumps(record))
