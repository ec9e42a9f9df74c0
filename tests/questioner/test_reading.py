"""Properties of the reader of questions, for replies of any kind."""

import re
import time
import unicodedata
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blindspot import replies
from blindspot.questioner.prompts import expected_answer
from blindspot.questioner.reading import AskedQuestion, NoQuestion, QuestionForm, read_question
from blindspot.questioner.reading_text import LENGTH

FORMS = [form for form in get_args(QuestionForm) if form != "thought"]
FRAGMENTS = [
    *(
        "What colour is the car?",
        "How many dogs are there",
        "Count the cups.",
        "Look at the man.",
        "¿Qué es?",
        "图中有几只猫？",
    ),
    *(
        "Question:",
        "Answer:",
        "**Question:**",
        "A:",
        "Q1.",
        "问题：",
        "<question>",
        "</question>",
        "<answer>",
        "</answer>",
    ),
    *(
        '{"question": "',
        '", "answer": "',
        '"}',
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        '"',
        "“",
        "”",
        "'",
        "«",
        "»",
        "`",
        "```json\n",
    ),
    *(
        "<think>",
        "</think>",
        "<|im_end|>",
        "<|end|>",
        "&lt;",
        "\\n",
        "\\u00e9",
        "Sure! ",
        "red",
        "3",
        "A) red",
        "B) blue ✓",
    ),
    *(
        "\n",
        "\n\n",
        " ",
        "\t",
        "- ",
        "1. ",
        "> ",
        "# ",
        "**",
        "__",
        "___",
        "?",
        "？",
        ".",
        "!",
        ":",
        " - ",
        "—",
        "…",
        "|",
    ),
    *("I'm sorry, I can't.", "NONE", "User:", "Assistant:", "\x00", "\u2028", "\u200b", "\ud800", "\u0301", "😀"),
]
REPLIES = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join),
    st.lists(st.sampled_from(FRAGMENTS), max_size=15).map(" ".join),
    st.text(st.characters(codec=None), max_size=200),
)
LINES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40)
QUESTIONS = [
    "What colour is the car?",
    "How many dogs lie on the rug?",
    "Is the door open?",
    "图中有几只猫？",
    "¿Qué lleva el niño?",
]
ANSWERS = ["red", "3", "yes", "the left one", "10:30", "两只", "a small blue hat"]
LAYOUTS = [
    "{question}\nAnswer: {answer}",
    "Sure! Here's a question:\n\n**Question:** {question}\n\n**Answer:** {answer}\n\nLet me know if you need more!",
    "{question} (Answer: {answer})",
    "Q: {question} A: {answer}",
    "1. **{question}**\n   - Expected answer: {answer}",
    "<question>{question}</question>\n<answer>{answer}</answer>",
    '```json\n{{"question": "{question}", "answer": "{answer}"}}\n```',
    '{{"answer": "{answer}", "question": "{question}"',
    "> {question}\n\nThe answer is: {answer}",
    "问题：{question}\n答案：{answer}",
]


@given(REPLIES, st.sampled_from(FORMS))
@settings(max_examples=400, deadline=None)
def test_a_question_is_one_short_clean_line_and_reads_as_itself(reply: str, form: QuestionForm) -> None:
    asked = read_question(reply, form)
    assert bool(asked.question) is (asked.reason is None)
    assert len(asked.question) <= LENGTH and len(asked.question.splitlines()) <= 1
    assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in asked.question)
    assert not re.search(r"(?:^|\W)(?:Answer|答案) ?[:：]", asked.question)
    for other in FORMS if asked.question else []:
        assert read_question(asked.question, other) == AskedQuestion(asked.question)


@given(st.sampled_from(LAYOUTS), st.sampled_from(QUESTIONS), st.sampled_from(ANSWERS), st.sampled_from(FORMS))
@settings(max_examples=400, deadline=None)
def test_question_and_answer_are_told_apart_in_every_layout(
    layout: str, question: str, answer: str, form: QuestionForm
) -> None:
    reply = layout.format(question=question, answer=answer)
    assert read_question(reply, form) == AskedQuestion(question, answer)


@given(st.sampled_from(ANSWERS), st.sampled_from(QUESTIONS), st.sampled_from(FORMS))
def test_an_answer_in_a_thought_is_not_expected(answer: str, question: str, form: QuestionForm) -> None:
    thought = f"<think>Question: what else?\nAnswer: {answer}</think>"
    assert read_question(f"{thought}\n{question}", form) == AskedQuestion(question)


@given(LINES)
@settings(deadline=None)
def test_the_form_thought_is_read_as_the_embedded_questioner_was_trained(line: str) -> None:
    for reply in (line, f"counting a1 b2 : {line} </think> {line}", f"<think>{line}", f"{line}</think>"):
        asked = read_question(reply, "thought")
        visible = replies.without_thought(replies.clean(reply))
        assert asked.question == (" ".join(visible.text.splitlines()) if visible.complete else "")
        assert asked.answer == expected_answer(reply)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [("<think>red", NoQuestion.UNFINISHED_THOUGHT), ("a : no </think>", NoQuestion.EMPTY), (" ", NoQuestion.EMPTY)],
)
def test_the_form_thought_says_why_there_is_no_question(reply: str, reason: NoQuestion) -> None:
    assert read_question(reply, "thought").reason is reason


def test_the_marks_of_a_model_end_its_thoughts() -> None:
    marks = [("[[", "]]")]
    assert read_question("[[Is it red?]] Is it the blue one?", "text", marks).question == "Is it the blue one?"
    assert read_question("[[Is it red?", "text", marks).reason is NoQuestion.UNFINISHED_THOUGHT


def test_a_question_that_is_too_long_is_none() -> None:
    fits = f"What is {'very ' * 60}large?"
    assert read_question(fits, "text").question == fits
    assert read_question(f"What is {'very ' * 90}large?", "text").reason is NoQuestion.NONE


@pytest.mark.parametrize(
    "part",
    [
        "{",
        "<",
        "[",
        '"',
        "(",
        "?",
        "A) x? ",
        "\n",
        " ",
        "a: ",
        "What is it? ",
        '[{"a":',
        "<think>",
        "**",
        "Q: a? A: b\n",
    ],
)
def test_a_reply_of_a_megabyte_is_read_in_half_a_second(part: str) -> None:
    reply = part * (10**6 // len(part)) + "\n\nWhat colour is the car?"
    started = time.process_time()
    read_question(reply, "json")
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("layout", ["\n{}) {}", "\n- {}. {}", " ({}) {}", "\n**{}.** {}"])
@pytest.mark.parametrize(
    "mark",
    [
        " ✓",
        " (correct)",
        " ← correct",
        " - correct answer",
        " [x]",
        " **(Correct!)**",
        " is correct",
        " (right answer)",
    ],
)
@pytest.mark.parametrize("right", [0, 1, 2])
def test_the_right_option_is_not_marked(layout: str, mark: str, right: int) -> None:
    options = ["red", "blue on the right", "dark green"]
    listed = "".join(
        layout.format("ABC"[place], option + (mark if place == right else "")) for place, option in enumerate(options)
    )
    asked = read_question(f"Which colour is the car?{listed}\n\nAnswer: {'ABC'[right]}", "text")
    shown = read_question(f"Which colour is the car?{''.join(map(layout.format, 'ABC', options))}", "text")
    assert asked == AskedQuestion(shown.question, "ABC"[right]) and "dark green" in asked.question
