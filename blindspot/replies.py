"""Reads what a model says: as candidate, judge, questioner and namer, local and served.

Every text that a model generates passes through `clean`, and every reply through `read_text`, so that a thought or an
odd character means the same whoever replied.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from blindspot.json_objects import as_bool, as_text, json_objects
from blindspot.records.answer import Answer
from blindspot.records.unscored import Unscored

Marks = Sequence[tuple[str, str]]
#: What models put before and after a thought, unless their description names other marks.
THOUGHT_MARKS: Marks = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<seed:think>", "</seed:think>"),
    ("<|channel|>analysis<|message|>", "<|end|>"),
)
#: Characters of a message that reaches the user.
MESSAGE_LENGTH = 200
#: Bytes (UTF-8) of a raw reply that are kept.
RAW_BYTES = 32 * 2**10
SLIP, LONG = 0.76, 8  # likeness of a key and the one that is meant, such as "answerble", and its letters at least
ELLIPSES = {
    "…",
    "...",
}  # stand for a text in the form as a prompt shows it: an object that has them repeats the prompt
_OPPOSITE = re.compile("not_|no_|non|un|in|dis|sub|false")  # begins a key that means the opposite
NESTED = 3  # levels of an object or list in which the object of the form may lie

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # category Cc, but for tab, line feed, carriage return
_END = re.compile(
    r"(?:\s*(?:</s>|<end_of_turn>|<end_of_utterance>|<｜end▁of▁sentence｜>|\[\|endofturn\|\]|<\|END_RESPONSE\|>"
    r"|<\|(?:im_end|eot|eot_id|end|endoftext|end_of_text|end_of_box|eom_id|return)\|>))+\s*\Z"
)
#: Marks before the answer itself, which some servers leave in a reply.
_START = re.compile(
    r"\A\s*(?:<\|start\|>assistant)?(?:<\|channel\|>final<\|message\|>|<\|START_RESPONSE\|>|<\|begin_of_box\|>)"
)


class Spoken(NamedTuple):
    """A reply without its thoughts, and whether every thought ended."""

    text: str
    complete: bool


class ReplyForm(BaseModel):
    """A JSON form that a reply is asked for. Servers get its schema, which forbids other keys."""

    model_config = ConfigDict(extra="forbid", strict=True)


AnyForm = TypeVar("AnyForm", bound=ReplyForm)


def clean(text: str) -> str:
    """The text without control characters; a lone surrogate becomes U+FFFD. UTF-8 can encode the result."""
    return _CONTROL.sub("", _SURROGATE.sub("\ufffd", text))


def shorten(text: str) -> str:
    """The text on one line, at most MESSAGE_LENGTH characters long."""
    line = " ".join(clean(text).split())
    return line if len(line) <= MESSAGE_LENGTH else f"{line[: MESSAGE_LENGTH - 1]}…"


def raw_of(text: str) -> str:
    """The first RAW_BYTES of a raw reply."""
    return clean(text).encode()[:RAW_BYTES].decode(errors="ignore")


def without_thought(text: str, marks: Marks = THOUGHT_MARKS) -> Spoken:
    """Removes every thought from a reply.

    A closing mark without an opening one ends a thought that began with the reply: chat templates often write the
    opening mark into the prompt.
    """
    parts, start, depth = list[str](), 0, 0
    for mark, opens in _marks(text, marks):
        if depth == 0:
            if opens:
                parts.append(text[start : mark.start()])
            else:
                parts.clear()
        depth = depth + 1 if opens else max(depth - 1, 0)
        start = mark.end()
    if depth:
        return Spoken("".join(parts).strip(), complete=False)
    return Spoken("".join([*parts, text[start:]]).strip(), complete=True)


def without_frame(text: str) -> str:
    """The text without the tokens of a turn that some servers leave before and behind it."""
    return _START.sub("", _END.sub("", text)).strip()


def read_text(text: str, ended: bool, marks: Marks = THOUGHT_MARKS, raw: str | None = None) -> Answer:
    """The answer in a generated text. `ended`: the model ended it, rather than the token limit."""
    raw = raw_of(text if raw is None else raw)
    spoken = without_thought(clean(text), marks)
    if not ended:
        return Answer("", Unscored.CUT_OFF, shorten(text), raw)
    if not spoken.complete:
        return Answer("", Unscored.UNFINISHED_THOUGHT, shorten(text), raw)
    if not spoken.text:
        return Answer("", Unscored.THOUGHT_ONLY if clean(text).strip() else Unscored.EMPTY, shorten(text), raw)
    return Answer(without_frame(spoken.text), raw=raw)


def read_question(text: str, marks: Marks = THOUGHT_MARKS) -> str:
    """The question in a questioner's reply; empty where a thought does not end."""
    spoken = without_thought(clean(text), marks)
    return spoken.text if spoken.complete else ""


def read_reply(reply: Answer, form: type[AnyForm]) -> AnyForm | None:
    """The last JSON object in a reply that fits the form; None where there is none.

    Text around it, code fences, keys that the form does not have, texts for booleans and numbers for texts are
    accepted. A text that is missing counts as empty, a boolean that is missing does not fit. An object that holds
    several objects of the form, which differ in a boolean, does not fit either.
    """
    booleans = [name for name, field in form.model_fields.items() if field.annotation is bool]
    last = None
    try:
        for value in json_objects(reply.text, form.model_fields):
            found = [*_fits(value, form, NESTED)]
            clear = len({tuple(getattr(one, name) for name in booleans) for one in found}) == 1
            if clear and (last is None or not _repeats_prompt(found[-1])):
                last = found[-1]
    except RecursionError:
        return None
    return last


def _repeats_prompt(found: ReplyForm) -> bool:
    return any(isinstance(value, str) and value.strip() in ELLIPSES for value in found.model_dump().values())


def _fits(value: object, form: type[AnyForm], levels: int) -> Iterator[AnyForm]:
    """The value as the form, else every part of it that fits, down to so many levels."""
    if isinstance(value, dict):
        try:
            yield form.model_validate(_coerced(value, form))
            return
        except ValidationError:
            pass
    parts = [*value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    for part in parts if levels else []:
        yield from _fits(part, form, levels - 1)


def _coerced(given: dict[Any, Any], form: type[BaseModel]) -> dict[str, Any]:
    """The values of the form's keys, each of the type that the form has where it can be read as that."""
    known: dict[str, Any] = {}
    for name, value in given.items():  # a key in two spellings with two values has none
        known[_key(name)] = value if known.get(_key(name), value) == value else None
    if not form.model_fields.keys() & known.keys():
        return known  # another object: no form is made of missing texts
    missing = [name for name in form.model_fields if name not in known]
    if len(missing) == 1 and len(missing[0]) >= LONG:  # a slip in one long key leaves no doubt which one is meant
        negated = bool(_OPPOSITE.match(missing[0]))
        other = sorted(key for key in known.keys() - form.model_fields.keys() if bool(_OPPOSITE.match(key)) is negated)
        known[missing[0]] = next((known[near] for near in get_close_matches(missing[0], other, 1, SLIP)), None)
    return {name: _as(known.get(name), field.annotation) for name, field in form.model_fields.items()}


def _key(name: object) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", "_", str(name)).lower()
    return words.strip("_").removeprefix("is_")


def _as(value: Any, kind: Any) -> Any:
    if kind is bool:
        return as_bool(value)
    if kind is str:
        return clean(as_text(value))
    if get_origin(kind) is list and isinstance(value, list):
        return [_as(part, *get_args(kind)) for part in value]
    if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(value, dict):
        return _coerced(value, kind)
    return value


def _marks(text: str, marks: Marks) -> Iterator[tuple[re.Match[str], bool]]:
    """Every mark in the text, in order, and whether it opens a thought."""
    opening = {before.lower() for before, _ in marks}
    every = sorted({mark for pair in marks for mark in pair if mark}, key=len, reverse=True)
    if every:
        for found in re.finditer("|".join(map(re.escape, every)), text, re.IGNORECASE):
            yield found, found[0].lower() in opening
