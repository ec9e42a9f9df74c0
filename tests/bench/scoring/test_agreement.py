"""Taxonomies of scenes held against what is known, and against one another."""

import pandas as pd
import pytest

from bench.scoring.agreement import of_families, of_searches
from blindspot.taxonomy.clustering.fit import Taxonomy
from blindspot.taxonomy.discovery import Found

COUNT, COLOUR = "how many red stars are there ?", "what colour is the star ?"


def found(rows: list[tuple[str, list[str]]]) -> Found:
    """Each question with its skills, which are meta-skills as well."""
    questions = pd.DataFrame(
        [{"question": text, "skills": skills, "meta_skills": skills} for text, skills in rows], dtype=object
    )
    return Found(questions, Taxonomy([], [], []), [], 0.25, [], None, 0, [])


def test_skills_that_follow_families_agree_with_them_wholly() -> None:
    agreement = of_families(found([(COUNT, ["a"]), (COLOUR, ["b"])] * 5))
    assert agreement == pytest.approx(dict.fromkeys(agreement, 1.0))


def test_skills_that_do_not_agree_no_more_than_by_chance() -> None:
    mixed = [(COUNT, ["a"]), (COUNT, ["b"]), (COLOUR, ["a"]), (COLOUR, ["b"])] * 10
    assert abs(of_families(found(mixed))["meta_skills_families"]) < 0.05


def test_a_question_outside_the_grammar_counts_nowhere() -> None:
    rows = [(COUNT, ["a"]), (COLOUR, ["b"])] * 5
    strange = found([*rows, ("who painted this ?", ["a"]), ("who painted this ?", ["b"])])
    assert of_families(strange) == pytest.approx(of_families(found(rows)))


def test_searches_agree_whatever_their_skills_are_called() -> None:
    one = {"x": [("counting", "of stars"), ("counting", "of circles")], "y": [("telling the colour", "of stars")]}
    other = {"p": one["y"], "q": one["x"]}
    lumped = {"all": [*one["x"], *one["y"]]}
    assert of_searches([one, other]) == [1.0]
    assert of_searches([one, other, lumped])[1:] == [0.0, 0.0]
