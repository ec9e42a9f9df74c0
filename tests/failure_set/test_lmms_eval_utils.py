"""Tests when an answer is correct in lmms-eval."""

import pytest

from blindspot.failure_set.lmms_eval_utils import doc_to_text, normalise, process_results


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        ("Yes.", "yes"),
        (" The Red  one ", "red 1"),
        ("three", "3"),
        ("３", "3"),
        ("\u202bنعم\u202c", "نعم"),
        ("«Straße»!", "strasse"),
        ("-1.5.", "-1.5"),
        ("👍", "👍"),
        ("?", "?"),
        ("the", "The"),
    ],
)
def test_the_same_answer_in_other_characters_is_correct(answer: str, reference: str) -> None:
    assert process_results({"reference": reference}, [answer]) == {"exact_match": 1.0}


@pytest.mark.parametrize(
    ("answer", "reference"),
    [("-1", "1"), ("1.5", "15"), ("yes, it is", "yes"), ("", "no"), ("?", "!"), ("...", "👍"), ("none", "0")],
)
def test_another_answer_is_incorrect(answer: str, reference: str) -> None:
    assert process_results({"reference": reference}, [answer]) == {"exact_match": 0.0}


def test_normalising_twice_changes_nothing() -> None:
    for text in ("The Red one.", "-3", "...", "a an the", "“quoted”"):
        assert normalise(normalise(text)) == normalise(text)


def test_the_prompt_is_that_of_the_task() -> None:
    assert doc_to_text({"question": "how many ?"}, {"pre_prompt": "Q: ", "post_prompt": " A:"}) == "Q: how many ? A:"
