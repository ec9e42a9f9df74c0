"""The agreement of taxonomies with the grammar of scenes, and with one another."""

import pandas as pd
import pytest

from bench.scoring.agreement import grammar_agreement, search_agreement
from blindspot.taxonomy.clustering.fit import Taxonomy
from blindspot.taxonomy.discovery import Found

COUNT, COLOUR = "how many red stars are there ?", "what colour is the star ?"


def found(rows: list[tuple[str, list[str]]]) -> Found:
    """Returns a taxonomy of these questions with their skills, which are also their meta-skills."""
    questions = pd.DataFrame(
        [{"question": text, "skills": skills, "meta_skills": skills} for text, skills in rows], dtype=object
    )
    return Found(questions, Taxonomy([], [], []), [], 0.25, [], None, 0, [])


def test_skills_that_follow_the_families_agree_perfectly() -> None:
    agreement = grammar_agreement(found([(COUNT, ["a"]), (COLOUR, ["b"])] * 5))
    assert agreement == pytest.approx(dict.fromkeys(agreement, 1.0))


def test_skills_that_do_not_follow_the_families_agree_as_by_chance() -> None:
    mixed = [(COUNT, ["a"]), (COUNT, ["b"]), (COLOUR, ["a"]), (COLOUR, ["b"])] * 10
    agreement = grammar_agreement(found(mixed))["meta_skills_families"]
    assert agreement is not None and abs(agreement) < 0.05


def test_questions_outside_the_grammar_are_left_out() -> None:
    rows = [(COUNT, ["a"]), (COLOUR, ["b"])] * 5
    with_others = found([*rows, ("who painted this ?", ["a"]), ("who painted this ?", ["b"])])
    assert grammar_agreement(with_others) == pytest.approx(grammar_agreement(found(rows)))


def test_the_agreement_of_searches_does_not_depend_on_the_names_of_skills() -> None:
    one = {"x": [("counting", "of stars"), ("counting", "of circles")], "y": [("telling the colour", "of stars")]}
    other = {"p": one["y"], "q": one["x"]}
    lumped = {"all": [*one["x"], *one["y"]]}
    assert search_agreement([one, other]) == [1.0]
    assert search_agreement([one, other, lumped])[1:] == [0.0, 0.0]
