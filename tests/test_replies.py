"""Reading generated texts."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from blindspot.judges.vlm import CRITERIA, Sameness, Validity
from blindspot.records.answer import Answer
from blindspot.records.unscored import Unscored
from blindspot.replies import (
    ELLIPSES,
    MESSAGE_LENGTH,
    RAW_BYTES,
    clean,
    raw_of,
    read_reply,
    read_text,
    shorten,
    without_frame,
    without_thought,
)

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)  # lone surrogates and control characters included
MARKED = st.lists(
    st.sampled_from(["<think>", "</think>", "[THINK]", "[/THINK]", "◁think▷", "◁/think▷", "a", " ", "\n", "{", "}"])
).map("".join)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)
FIELDS = WORDS.filter(lambda text: text.strip() not in ELLIPSES)  # an ellipsis repeats the form of the prompt
VERDICTS = st.builds(Validity, reasoning=FIELDS, reference=FIELDS, **dict.fromkeys(CRITERIA, st.booleans()))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("yes", "yes"),
        ("yes\x00", "yes"),
        ("\x1b[1myes\x07", "[1myes"),
        ("\x85\x9f", ""),
        ("a\tb\nc\r", "a\tb\nc\r"),
        ("a \ud835 b", "a \ufffd b"),
        ("\ud83d\ude00", "\ufffd\ufffd"),
        ("😀\u2028\u200b", "😀\u2028\u200b"),
    ],
)
def test_control_characters_and_lone_surrogates_are_removed(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(ANY_TEXT)
def test_a_cleaned_text_can_be_encoded_and_is_stable(text: str) -> None:
    assert clean(text).encode().decode() == clean(text) == clean(clean(text))
    assert len(shorten(text)) <= MESSAGE_LENGTH and len(shorten(text).splitlines()) <= 1


def test_a_message_is_cut_to_characters_and_a_raw_reply_to_bytes() -> None:
    assert shorten("a\n\tb \u2028 c") == "a b c"
    assert shorten("a" * 200) == "a" * 200 and shorten("a" * 201) == "a" * 199 + "…"
    assert raw_of("é" * RAW_BYTES) == "é" * (RAW_BYTES // 2)
    assert raw_of("a" + "é" * RAW_BYTES).encode() == ("a" + "é" * (RAW_BYTES // 2 - 1)).encode()


@pytest.mark.parametrize(
    ("text", "visible", "complete"),
    [
        ("blue", "blue", True),
        ("", "", True),
        ("<think>red</think>blue", "blue", True),
        ("red</think>blue", "blue", True),
        ("red</think>green</think>blue", "blue", True),
        ("<think>a<think>b</think>c</think>blue", "blue", True),
        ("blue<think>sure</think>", "blue", True),
        ("a<think>x</think>b<think>y</think>c", "abc", True),
        ("<think>red", "", False),
        ("blue<think>red", "blue", False),
        ("<think>a</think>b<think>c", "b", False),
        ("<THINK>red</Think>blue", "blue", True),
        ("[THINK]red[/THINK]blue", "blue", True),
        ("◁think▷red◁/think▷blue", "blue", True),
        ("<|begin_of_thought|>red<|end_of_thought|>blue", "blue", True),
        ("<thinking>red</thinking>blue", "blue", True),
        ("<thinks>red", "<thinks>red", True),
        ("I think so", "I think so", True),
    ],
)
def test_thoughts_are_removed(text: str, visible: str, complete: bool) -> None:
    assert without_thought(text) == (visible, complete)


def test_other_marks_replace_the_defaults() -> None:
    assert without_thought("«red»<think>blue", [("«", "»")]) == ("<think>blue", True)
    assert without_thought("<think>red</think>", []) == ("<think>red</think>", True)
    assert without_thought("red</think>blue", [("", "</think>")]) == ("blue", True)  # the prompt opens the thought
    assert without_thought("a.*b", [(".*", "$")]) == ("a", False)  # a mark is not a regular expression


@given(MARKED | ANY_TEXT)
def test_no_mark_remains_in_any_text(text: str) -> None:
    visible, complete = without_thought(text)
    assert complete or "think" in text.lower()
    again = without_thought(visible)
    assert again.complete and len(again.text) <= len(visible)


@given(MARKED, WORDS)
def test_an_answer_after_a_finished_thought_is_read(thought: str, answer: str) -> None:
    assume(without_thought(thought).complete)
    assume(without_thought(answer) == (answer.strip(), True))  # no mark in the answer
    assert without_thought(f"<think>{thought}</think>{answer}") == (answer.strip(), True)


@pytest.mark.parametrize(
    ("text", "ended", "answer"),
    [
        ("yes", True, Answer("yes")),
        (" yes \n", True, Answer("yes")),
        ("<think>no</think>yes", True, Answer("yes")),
        ("yes\x00", True, Answer("yes")),
        ("", True, Answer("", Unscored.EMPTY)),
        (" \n", True, Answer("", Unscored.EMPTY)),
        ("\x00", True, Answer("", Unscored.EMPTY)),
        ("<think>no</think>", True, Answer("", Unscored.THOUGHT_ONLY)),
        ("<think>no", True, Answer("", Unscored.UNFINISHED_THOUGHT)),
        ("yes", False, Answer("", Unscored.CUT_OFF)),
        ("<think>no", False, Answer("", Unscored.CUT_OFF)),
        ("", False, Answer("", Unscored.CUT_OFF)),
    ],
)
def test_a_text_is_an_answer_or_has_a_reason(text: str, ended: bool, answer: Answer) -> None:
    assert read_text(text, ended) == answer
    assert read_text(text, ended).raw == clean(text)


@settings(max_examples=300)
@given(st.text(st.sampled_from("{}[]\":,\\ntrue1e9same'/*`<>\ud835\x00"), max_size=80) | ANY_TEXT)
def test_no_text_raises(text: str) -> None:
    assert read_reply(Answer(text), Validity) is None
    read_reply(Answer(text), Sameness)


@pytest.mark.parametrize(
    "text",
    [
        "{" * 50_000,
        "{" * 3000 + "}" * 3000,
        "[" * 50_000,
        '{"a":' * 900 + "1" + "}" * 900,
        '{"same":' + "9" * 9000 + "}",
        '{"same": 1' + "0" * 400 + "}",
        '{"reasoning": ' + "[" * 900 + "]" * 900 + ', "same": 2}',
        '{"' * 20_000,
    ],
    ids=range(8),
)
def test_deep_nesting_and_large_numbers_do_not_raise(text: str) -> None:
    assert read_reply(Answer(text), Sameness) is None


@given(VERDICTS, st.sampled_from(["{}", "```json\n{}\n```", "Here it is: {}", "{}\nThat is all.", "[{}]", "{}\n{}"]))
def test_a_form_is_read_back(verdict: Validity, around: str) -> None:
    text = around.replace("{}", verdict.model_dump_json())
    assert read_reply(Answer(text), Validity) == verdict


@given(VERDICTS, st.sampled_from(CRITERIA))
def test_the_last_of_two_verdicts_counts_unless_one_object_contains_both(verdict: Validity, criterion: str) -> None:
    other = verdict.model_copy(update={criterion: not getattr(verdict, criterion)})
    first, second = verdict.model_dump_json(), other.model_dump_json()
    assert read_reply(Answer(f"{first}\nNo, wait:\n```json\n{second}\n```"), Validity) == other
    both = f'{{"a": {first}, "b": {second}}}'
    assert read_reply(Answer(both), Validity) is None
    assert read_reply(Answer(f"{both}\n{second}"), Validity) == other


@pytest.mark.parametrize("end", ["<|im_end|>", "</s>", "\n<|eot_id|>\n", "<end_of_turn></s>"])
def test_end_of_turn_tokens_at_the_end_are_removed(end: str) -> None:
    assert read_text(f"yes{end}", ended=True).text == "yes"
    assert read_text(f"it says {end.strip()} here", ended=True).text == f"it says {end.strip()} here"


def test_the_schema_of_a_form_is_strict() -> None:
    for form in (Validity, Sameness):
        schema = form.model_json_schema()
        assert schema["additionalProperties"] is False and set(schema["required"]) == set(schema["properties"])
        with pytest.raises(ValidationError):
            form.model_validate({"same": "yes"})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<|channel|>analysis<|message|>one, two<|end|><|start|>assistant<|channel|>final<|message|>2<|return|>", "2"),
        ("<|START_THINKING|>one<|END_THINKING|><|START_RESPONSE|>2<|END_RESPONSE|>", "2"),
        ("<seed:think>one</seed:think>2", "2"),
        ("<|begin_of_box|>2<|end_of_box|>", "2"),
    ],
)
def test_turn_tokens_are_not_part_of_the_answer(text: str, answer: str) -> None:
    assert read_text(text, ended=True).text == answer


@pytest.mark.parametrize("text", ["yes<|end|>", "yes <|end|>\n", "yes<|end|><|end|>"])
def test_the_end_of_a_turn_is_not_the_end_of_a_thought(text: str) -> None:
    assert read_text(text, True).text == "yes"


def test_a_thought_may_end_with_the_token_that_ends_a_turn() -> None:
    assert read_text("<|channel|>analysis<|message|>red?<|end|><|start|>assistant no", True).text.endswith("no")
    assert read_text("hmm<|end|>no", True).text == "no"


def test_long_runs_of_spaces_are_read_quickly() -> None:
    start = time.perf_counter()
    assert without_frame("yes" + " " * 200_000 + "no").endswith("no")
    assert time.perf_counter() - start < 1
