"""Compares the oracle with an independent implementation, and with itself after changes with a known effect."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from blindspot.scenes.oracle import Ruling, holds, matching, rule, rule_question
from blindspot.scenes.question import FAMILIES, Question, phrasings
from blindspot.scenes.scene import COLOURS, GRID, SHAPES, SIZES, Scene, Thing, random_scene
from tests.scenes.brute_force import Opinion, every_sentence, opinion
from tests.scenes.strategies import CASES, FEW, SCENES, any_case

LOOKS = (SIZES, COLOURS, SHAPES)
REASONS: dict[str, tuple[str, ...]] = dict.fromkeys(FAMILIES, ("", "no_referent", "ambiguous_referent"))
REASONS |= {"existence": ("",), "counting": ("",), "comparison": ("", "same_referent")}
REASONS |= dict.fromkeys(("relation", "same"), ("", "no_referent", "ambiguous_referent", "same_referent"))
MIRRORED = {"left_of": "right_of", "right_of": "left_of", "leftmost": "rightmost", "rightmost": "leftmost"}
TURNED = {"left_of": "above", "above": "left_of", "right_of": "below", "below": "right_of"}
TURNED |= {"leftmost": "topmost", "topmost": "leftmost", "rightmost": "bottommost", "bottommost": "rightmost"}


def ruled(text: str, scene: Scene) -> Opinion:
    ruling = rule(text, scene)
    assert ruling.valid == (ruling.reason is None) == (ruling.answer is not None)
    return Opinion(answer=ruling.answer or "", reason=ruling.reason or "")


@given(CASES)
@FEW
def test_agrees_with_brute_force(drawn: tuple[Scene, Question]) -> None:
    scene, question = drawn
    texts = phrasings(question)
    assert texts
    for text in texts:
        assert ruled(text, scene) == opinion(scene.to_json(), text)


def test_agrees_with_brute_force_on_every_family_and_reason() -> None:
    rng, seen = random.Random(0), set()
    for _ in range(3000):
        scene, question = any_case(rng)
        text = rng.choice(phrasings(question))
        assert ruled(text, scene) == opinion(scene.to_json(), text)
        seen.add((question.family, ruled(text, scene).reason))
    assert seen == {(family, reason) for family in FAMILIES for reason in REASONS[family]}


def test_agrees_with_brute_force_on_the_whole_grammar() -> None:
    rng, sentences = random.Random(0), [*every_sentence()]
    for _ in range(1500):
        scene, text = random_scene(rng), rng.choice(sentences)
        assert ruled(text, scene) == opinion(scene.to_json(), text)


@given(st.text(), SCENES)
@FEW
def test_accepts_any_text(text: str, scene: Scene) -> None:
    ruling = rule(text, scene)
    assert ruling == Ruling("unparsed")


@given(CASES)
@FEW
def test_a_mirrored_question_about_a_mirrored_scene_has_the_same_ruling(drawn: tuple[Scene, Question]) -> None:
    scene, question = drawn
    mirrored = Scene(tuple(replace(thing, column=GRID - 1 - thing.column) for thing in scene.things))
    asked = replace(question, word=MIRRORED.get(question.word or "", question.word))
    assert same(rule_question(question, scene), rule_question(asked, mirrored))


@given(CASES)
@FEW
def test_a_transposed_question_about_a_transposed_scene_has_the_same_ruling(drawn: tuple[Scene, Question]) -> None:
    scene, question = drawn
    turned = Scene(tuple(replace(thing, row=thing.column, column=thing.row) for thing in scene.things))
    asked = replace(question, word=TURNED.get(question.word or "", question.word))
    assert same(rule_question(question, scene), rule_question(asked, turned))


@given(CASES, st.data())
@FEW
def test_a_thing_that_no_description_fits_does_not_change_the_ruling(
    drawn: tuple[Scene, Question], data: st.DataObject
) -> None:
    scene, question = drawn
    things = st.builds(Thing, st.integers(0, 2), st.integers(0, 2), *map(st.sampled_from, LOOKS))
    stranger = data.draw(things)
    alone = Scene((stranger,))
    taken = any((thing.row, thing.column) == (stranger.row, stranger.column) for thing in scene.things)
    if taken or matching(question.subject, alone) or (question.other and matching(question.other, alone)):
        return
    assert rule_question(question, Scene((*scene.things, stranger))) == rule_question(question, scene)


@given(CASES)
@FEW
def test_swapping_the_descriptions_and_the_word_keeps_the_answer(drawn: tuple[Scene, Question]) -> None:
    scene, question = drawn
    if question.other is None or question.family == "two_hop":
        return
    opposite = {"left_of": "right_of", "right_of": "left_of", "above": "below", "below": "above"}
    opposite |= {"more": "fewer", "fewer": "more"}
    swapped = replace(question, subject=question.other, other=question.subject)
    swapped = replace(swapped, word=opposite.get(question.word or "", question.word))
    assert rule_question(swapped, scene).answer == rule_question(question, scene).answer


@given(SCENES)
@FEW
def test_relations_match_the_rows_and_columns_of_two_things(scene: Scene) -> None:
    for thing in scene.things:
        for other in scene.things:
            count = sum(holds(word, thing, other) for word in ("left_of", "right_of", "above", "below"))
            assert count == (thing.row != other.row) + (thing.column != other.column)


def same(one: Ruling, other: Ruling) -> bool:
    """Returns whether two rulings are equal except for the question."""
    return replace(one, question=None) == replace(other, question=None)
