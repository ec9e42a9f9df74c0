"""Reads one question, and the answer expected to it, from a questioner's reply.

Whatever the reply looks like, the result is one question without its answer and without any text around it, or the
reason why there is none. In doubt there is none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from blindspot.json_objects import as_bool
from blindspot.questioner.prompts import expected_answer
from blindspot.questioner.reading_fields import Field, json_fields, label_fields, tag_fields
from blindspot.questioner.reading_labels import Kind
from blindspot.questioner.reading_markup import without_codes
from blindspot.questioner.reading_sentences import MARKS, is_abbreviation, joined
from blindspot.questioner.reading_text import deliberates, excuses, first_question, sentences
from blindspot.questioner.reading_words import DECLINES, EMPTY_ANSWERS, GAP, REFUSES, SORRY
from blindspot.replies import THOUGHT_MARKS, Marks, clean, without_thought

#: The form in which a prompt asks for a question and its expected answer.
QuestionForm = Literal["text", "tags", "json", "thought"]
REACH = 4_000  # characters at each end of a reply, without its thoughts, that are read
ANSWER_LENGTH = 400  # characters of the longest expected answer
ANSWER_WORDS = 4  # words of the shortest question that stands in the field of an answer
COMMAND_WORDS = 2  # words of the shortest command that is left when the answer at its end is removed
SETTLED = 4  # most times a question is read again
_OPTION = re.compile(r"\W*[A-Z][.)]")
_LAST_END = re.compile(r"(?: ?\n?<\|end\|>)+\s*\Z")
_SENTENCE = re.compile(r"(?<=[^\W\d_]{2})[.!]\s+(?=\S)|(?<=\d)\.\s+(?=[^\W\d_])|[。！]")


class NoQuestion(StrEnum):
    """A reason why a reply has no question."""

    NONE = "no question"
    SEVERAL = "several questions"
    DECLINED = "declined"
    UNFINISHED_THOUGHT = "unfinished thought"
    EMPTY = "empty reply"
    REFUSED = "refused"


@dataclass(frozen=True)
class AskedQuestion:
    """What a questioner's reply asks.

    Attributes:
        question: one line; empty if there is no question.
        answer: the expected answer, if the reply has a field for it.
        reason: why there is no question, or None.
    """

    question: str
    answer: str | None = None
    reason: NoQuestion | None = None


def read_question(reply: str, form: QuestionForm, marks: Marks = THOUGHT_MARKS) -> AskedQuestion:
    """Returns the question in a reply, with the expected answer, or why there is no question.

    `form`: the form that the prompt asks for, which is searched first. The other forms are searched after it, except
    that `thought`, the form of the embedded questioner, is read as it is. `marks`: those of a thought.
    """
    if form == "thought":
        return _of_thought(reply, marks)
    asked = _read(reply, form, marks)
    for _ in range(SETTLED):
        again = _read(asked.question, "text", marks).question
        if again == asked.question:
            return asked
        asked = AskedQuestion(again, asked.answer) if again else AskedQuestion("", None, NoQuestion.NONE)
    return AskedQuestion("", None, NoQuestion.NONE)


def _of_thought(reply: str, marks: Marks) -> AskedQuestion:
    visible, answer = without_thought(clean(reply), marks), expected_answer(reply)
    if visible.complete and visible.text:
        return AskedQuestion(" ".join(visible.text.splitlines()), answer)
    return AskedQuestion("", answer, NoQuestion.EMPTY if visible.complete else NoQuestion.UNFINISHED_THOUGHT)


def _read(reply: str, form: QuestionForm, marks: Marks) -> AskedQuestion:
    text = clean(reply).replace("&lt;", "<").replace("&gt;", ">")
    text = text[:-REACH] + _LAST_END.sub("", text[-REACH:])
    visible = without_thought(text, [(before, after) for before, after in marks if _is_thought(before, after, text)])
    if not visible.complete:
        return AskedQuestion("", None, NoQuestion.UNFINISHED_THOUGHT)
    text = visible.text if len(visible.text) <= 2 * REACH else f"{visible.text[:REACH]}\n\n{visible.text[-REACH:]}"
    text = without_codes(text)
    if not text:
        return AskedQuestion("", None, NoQuestion.EMPTY)
    tags = tag_fields(text)
    text = "\n".join(field.text for field in tags if field.kind is not Kind.OTHER)
    readers = {"json": lambda: _of_json(text), "tags": lambda: _of_tags(tags)}
    for name in ("tags", "json") if form == "tags" else ("json", "tags"):
        asked = readers[name]()
        if asked:
            return asked
    labelled = [label for field in tags if field.kind is not Kind.OTHER for label in _labelled(field)]
    return _chosen(labelled) or _nothing(text)


def _is_thought(before: str, after: str, text: str) -> bool:
    """Returns whether marks can be those of a thought. A turn token that ends a thought may also end the reply."""
    return not after.startswith("<|end|>") or before in text


def _of_json(text: str) -> AskedQuestion | None:
    """Returns what the first JSON object with a question asks; None if no object has a field for it."""
    asked = None
    for fields in json_fields(text):
        labelled = [label for field in fields for label in _labelled(field)]
        found = _chosen(labelled)
        if found and found.question:
            return found
        declined = any(field.kind is Kind.QUESTION and _declines(field.text) for field in fields)
        asked = asked or found or (AskedQuestion("", None, NoQuestion.DECLINED) if declined else None)
    return asked


def _declines(question: str) -> bool:
    return not question.strip() or _nothing(question).reason is NoQuestion.DECLINED


def _of_tags(fields: Sequence[Field]) -> AskedQuestion | None:
    if not any(field.kind in {Kind.QUESTION, Kind.DECLINE} for field in fields):
        return None
    labelled = [label for field in fields if field.kind is not Kind.PLAIN for label in _labelled(field)]
    return _chosen(labelled)


def _labelled(field: Field) -> list[Field]:
    return label_fields(field) if field.kind in {Kind.PLAIN, Kind.QUESTION} else [field]


def _chosen(fields: Sequence[Field]) -> AskedQuestion | None:
    """Returns what the fields ask: a labelled question, else one in plain text, else a labelled draft."""
    if any(field.kind is Kind.DECLINE and _is_said(field.text) for field in fields):
        return AskedQuestion("", None, NoQuestion.DECLINED)
    order = sorted(range(len(fields)), key=lambda index: -fields[index].rank)
    final = [index for index in order if fields[index].kind is Kind.QUESTION and fields[index].rank >= 0]
    drafts = [index for index in order if fields[index].kind is Kind.QUESTION and fields[index].rank < 0]
    plain = [index for index, field in enumerate(fields) if field.kind is Kind.PLAIN]
    found = _first(fields, final)
    if found:
        return found
    prose = "\n\n".join(fields[index].text for index in plain)
    read = [*sentences(prose, labelled=False)]
    if deliberates(read):
        return AskedQuestion("", None, NoQuestion.SEVERAL)
    if not excuses(read):
        found = _first(fields, plain)
    return found or _first(fields, drafts) or _in_other_field(fields)


def _is_said(declined: str) -> bool:
    """Returns whether the field of a refusal holds one, rather than nothing or false."""
    bare = declined.strip(" \n\"'{}[],.")
    return bool(bare) and as_bool(bare) is not False and bare.lower() not in {"null", "none"}


def _first(fields: Sequence[Field], indices: Sequence[int]) -> AskedQuestion | None:
    for index in indices:
        question = first_question(fields[index].text, fields[index].kind is not Kind.PLAIN)
        if question:
            answer = _answer(fields, index)
            return AskedQuestion(_without(question, answer), answer)
    return None


def _in_other_field(fields: Sequence[Field]) -> AskedQuestion | None:
    """Returns the question that is all of the only other field, or that ends the only explanation of a reply."""
    others = [field for field in fields if field.kind in {Kind.ANSWER, Kind.OTHER}]
    if len(others) != 1:
        return None
    read = [*sentences(others[0].text.strip(" \n\"'“”{}*"), labelled=False)]
    asking = [one.question for one in read if one.question]
    ends = len(asking) == 1 and read[-1].question == asking[0] and asking[0][-1] in MARKS
    is_all = len(read) == 1 or others[0].kind is Kind.OTHER
    return AskedQuestion(asking[0]) if ends and is_all and len(asking[0].split()) >= ANSWER_WORDS else None


def _answer(fields: Sequence[Field], index: int) -> str | None:
    """Returns the expected answer: that after the question, or the only one of the reply."""
    after = next(
        (place for place in range(index + 1, len(fields)) if fields[place].kind is Kind.QUESTION), len(fields)
    )
    answers = [field.text for field in fields[index + 1 : after] if field.kind is Kind.ANSWER]
    if not answers and sum(field.kind is Kind.ANSWER for field in fields) == 1:
        answers = [field.text for field in fields[:index] if field.kind is Kind.ANSWER]
    return next((answer for text in map(_unlabelled, answers) if (answer := _bare_answer(text))), None)


def _unlabelled(answer: str) -> str:
    """Returns an answer without a label of its own."""
    fields = [] if _OPTION.match(answer) else label_fields(Field(Kind.PLAIN, answer))
    return next((field.text for field in fields if field.kind is Kind.ANSWER), answer)


def _bare_answer(text: str) -> str | None:
    """Returns an answer on one line without marks around it: its first sentence."""
    if text.strip().startswith('"') and text.count('"') == 1:
        return None  # the value of a JSON object that was cut off
    text = re.sub(r"[*`]+|(?<!\w)_+|_+(?!\w)", "", text).strip()
    text = " ".join(joined(text).strip().split("\n", 1)[0].split())
    text = text.strip(" \"'“”‘’«»{}[],;:：=>-–—|")
    first = _SENTENCE.split(text, maxsplit=1)[0].strip()
    if first.endswith((".", "。")) and first[:-1].split()[-1:] and not is_abbreviation(first[:-1].split()[-1]):
        first = first[:-1]
    for opening, closing in ("()", "（）", '""', "“”"):
        if (first.endswith(closing) and first.count(closing) > first.count(opening)) or first.endswith(opening):
            first = first[:-1]
    first = first.strip(" \"'“”‘’«»{}[],;")[:ANSWER_LENGTH].strip()
    return None if not first or EMPTY_ANSWERS.fullmatch(first) or GAP.search(first) else first


def _without(question: str, answer: str | None) -> str:
    """Returns a question without the expected answer in brackets, or at the end of a command."""
    if not answer or (len(answer) == 1 and answer.isalpha()):  # a letter is that of an option
        return question
    shown = re.compile(rf"(?<=\w)\s*[(\[（]\s*{re.escape(answer)}\s*[)\]）](?=\W)", re.IGNORECASE)
    question = shown.sub("", question)
    if question[-1] in MARKS or len(question.split()) - len(answer.split()) < COMMAND_WORDS:
        return question
    return re.sub(rf"(?<=\w)\W+{re.escape(answer)}\W*$", "", question, flags=re.IGNORECASE)


def _nothing(text: str) -> AskedQuestion:
    """Returns why a text has no question."""
    if REFUSES.search(text):
        return AskedQuestion("", None, NoQuestion.REFUSED)
    if SORRY.search(text) or any(DECLINES.search(line) for line in text.split("\n")):
        declines = re.search(r"\bquestions?\b|\bask\b|问题|pregunta|frage", text, re.IGNORECASE) or DECLINES.search(
            text
        )
        return AskedQuestion("", None, NoQuestion.DECLINED if declines else NoQuestion.REFUSED)
    return AskedQuestion("", None, NoQuestion.NONE)
