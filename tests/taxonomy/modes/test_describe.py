"""Sentences for failure modes and titles for skills: complete, and different wherever features differ."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blindspot.taxonomy.modes.describe import definition, describe, title
from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.cues import cues
from blindspot.taxonomy.reading.features import _object
from blindspot.taxonomy.reading.question_features import columns
from blindspot.taxonomy.reading.rules import RULES

LABELLED = Path(__file__).parents[1] / "reading"


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        ((), "Questions"),
        (("0 details",), "Questions that name no attribute"),
        (("1 detail",), "Questions that name one attribute"),
        (("4 details", "answer yes"), "Yes/no questions that name four attributes, when the answer is yes"),
        (("13 details",), "Questions that name 13 attributes"),
        (
            ("judging left-of", "answer yes"),
            "Questions about whether one object is left of another, when the answer is yes",
        ),
        (
            ("judging left-of", "recognising purple"),
            "Questions that ask whether one object is left of another and that mention purple",
        ),
        (("counting", "answer 2 or more"), "Counting questions, when the answer is 2 or more"),
        (("counting", "recognising red"), "Counting questions that mention red"),
        (("counting none",), "Questions that ask for a count of zero"),
        (("only counting",), "Questions that only ask how many objects there are"),
        (("only comparing sizes",), "Questions that only require “comparing sizes”"),
        (("recognising red",), "Questions that mention red"),
        (("recognising wooden",), "Questions that mention something wooden"),
        (("recognising dog's ears",), "Questions that mention dog's ears"),
        (("judging positions",), "Questions about whether one object is in a given position relative to another"),
        (("reaching what is between",), "Questions that refer to what is between other objects"),
        (("between",), "Questions that concern what is between other objects"),
        (("matching the kind",), "Questions about whether two objects are of the same kind"),
        (("telling depth",), "Questions that ask how near or far objects are"),
        (
            ("telling depth, reading text …",),
            "Questions that require judging how near or far objects are or reading text or the like",
        ),
        (("answer no",), "Yes/no questions whose answer is no"),
        (("answer light blue",), "Questions whose answer is “light blue”"),
        (("answer 2 or more", "answer 3"), "Questions whose answer is 2 or more and 3"),
        (("photographs",), "Questions that require “photographs”"),
        (("asks who",), "Questions that ask “who”"),
        (("asks whether",), "Yes/no questions"),
        (("asks whether", "answer yes"), "Yes/no questions, when the answer is yes"),
        (("asks whether", "recognising red"), "Yes/no questions that mention red"),
        (("counting", "asks whether"), "Counting questions that ask for yes or no"),
        (
            ("judging left-of", "asks whether"),
            "Yes/no questions that ask whether one object is left of another",
        ),
        (("asks what", "answer: person"), "Questions that ask “what”, when the answer is a person"),
        (("answer: open",), "Questions whose answer is open-ended"),
        (("answer open-ended",), "Questions whose answer is “open-ended”"),
        (("answer: option B",), "Questions whose answer is option B"),
    ],
)
def test_a_mode_is_a_sentence(found: tuple[str, ...], sentence: str) -> None:
    assert describe(found) == sentence


def test_an_example_is_added_at_the_end() -> None:
    assert describe(("counting",), "how many ?") == "Counting questions, for example “how many ?”"


@pytest.mark.parametrize(
    ("name", "heading", "meaning"),
    [
        (
            "reaching what is left-of",
            "Finding what is left of another object",
            "The question refers to what is left of another object.",
        ),
        ("counting", "Counting objects", "The question asks how many objects there are."),
        ("comparing counts (fewer)", "Comparing counts (fewer)", None),
        (
            "reading text, telling depth, counting …",
            "Reading text, judging how near or far objects are, counting objects …",
            "The question asks about text in the image, or asks how near or far objects are, or asks how many objects"
            " there are, or the like.",
        ),
        ("spotting birds of prey", "spotting birds of prey", ""),
        ("counting, spotting birds", "counting, spotting birds", ""),
    ],
)
def test_a_skill_has_a_title_and_a_definition(name: str, heading: str, meaning: str | None) -> None:
    assert title(name) == heading
    assert meaning is None or definition(name) == meaning


def abilities() -> Iterator[str]:
    """Every ability that the rules can read from the words of a question, but for the mention of things."""
    for rule in RULES:
        for attribute in lexicon.ATTRIBUTES.split("|"):
            yield rule.ability.format(attribute=attribute)
    yield from (cue.ability for cue in cues())
    yield from ("following several relations", "understanding")


OBJECTS = sorted({_object(name) for name in abilities()} - {""})
OF_ANSWERS = {"counting none", "counting up to three", "counting four or more", "noticing absence"}
ABILITIES = sorted({*abilities(), *OF_ANSWERS, *lexicon.GROUPS.values(), "recognising several attributes"})
DETAILS = [f"recognising {name}" for name in sorted({*lexicon.ADJECTIVES, "stars", "dog's ears", "reds"})]
NUMBERS = ["1 detail", *(f"{number} details" for number in (0, *range(2, 15)))]
ANSWERS = [f"answer {text}" for text in ("yes", "no", "2", "two", "red", "2 or more", "3 or more", "the left one")]
NAMED = ["photographs", "counting small things", "telling depth, reading text", "reading text, telling depth …"]
KNOWN = sorted({*ABILITIES, *(f"only {name}" for name in ABILITIES), *OBJECTS, *DETAILS, *NUMBERS, *ANSWERS, *NAMED})


def test_every_ability_has_a_title_of_its_own_and_a_definition() -> None:
    titles = {name: title(name) for name in ABILITIES}
    assert [name for name, heading in titles.items() if heading == name or not definition(name)] == []
    assert len({*titles.values()}) == len(titles)


def test_every_feature_and_pair_has_a_sentence_of_its_own() -> None:
    sets = [(), *((name,) for name in KNOWN), *combinations(KNOWN, 2)]
    assert len({describe(found) for found in sets}) == len(sets)
    quoted = [name for name in KNOWN if "“" in describe((name,))]
    assert quoted == ["answer red", "answer the left one", "answer two", "counting small things", "photographs"]


def test_everything_read_from_labelled_questions_is_known() -> None:
    asked = pd.concat(
        [pd.read_csv(LABELLED / name, dtype=str).fillna("") for name in ("general.csv", "development.csv")]
    )
    rows = [columns(*row) for row in zip(asked["question"], asked["reference"], strict=True)]
    found = sorted({name for row in rows for names in row.values() for name in names})
    assert len(found) > 1000
    assert [name for name in found if "require “" in describe((name,))] == []


#: parts of sentences and of names, which a hostile name could be made of
PARTS = [", when the answer is ", " and ", " and that ", "mention ", "yes", "“", "”", "””", "only ", "answer "]
PARTS += ["recognising ", "counting", "judging left-of", "1 detail", "something ", "red", "require ", ", ", " …", "2"]
ANY = st.one_of(st.sampled_from(KNOWN), st.text(), st.lists(st.sampled_from(PARTS), max_size=6).map("".join))
SETS = st.frozensets(ANY, max_size=2)


@given(SETS, SETS)
@example(frozenset(["answer yes and no"]), frozenset(["answer yes", "answer no"]))
@example(frozenset(["recognising something round"]), frozenset(["recognising round"]))
@example(frozenset(["a”, when the answer is yes"]), frozenset(["a", "answer yes"]))
@example(frozenset(["1 details"]), frozenset(["1 detail"]))
def test_no_two_sets_of_features_have_one_sentence(one: frozenset[str], other: frozenset[str]) -> None:
    assert (describe(sorted(one)) == describe(sorted(other))) == (one == other)


@given(ANY)
def test_any_name_has_a_title_and_a_definition(name: str) -> None:
    assert title(name).strip() or not name.strip()
    assert definition(name) == "" or definition(name).startswith("The question ")
