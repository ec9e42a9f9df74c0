"""Reads generated texts: those of candidates, judges, questioners and skill namers, local and served.

Every text passes through `clean`, and every reply loses its thoughts, in the same way for all of them.
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
#: Marks before and after a thought, unless the description of a model has others.
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
#: Longest message, in characters.
MESSAGE_LENGTH = 200
#: Bytes (UTF-8) to which a raw reply is cut.
RAW_BYTES = 32 * 2**10
MISSPELLED = 0.76  # similarity (difflib) of a misspelled key such as "answerble" to the right one
LONG_KEY = 8  # letters of a key; shorter keys are not matched to misspelled ones
ELLIPSES = {"…", "..."}  # placeholders of the form in a prompt; an object that has one repeats the prompt
_OPPOSITE = re.compile("not_|no_|non|un|in|dis|sub|false")  # prefix of a key with the opposite meaning
NESTED = 3  # levels of objects and lists in which the object of the form is searched

_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # category Cc except tab, line feed and carriage return
_TURN_END = "<|end|>"  # ends a turn of Phi; also ends a thought of gpt-oss
_ENDS = (
    *("</s>", "<end_of_turn>", "<end_of_utterance>", "<｜end▁of▁sentence｜>", "[|endofturn|]", "<|END_RESPONSE|>"),
    *("<|im_end|>", "<|eot|>", "<|eot_id|>", _TURN_END, "<|endoftext|>", "<|end_of_text|>", "<|end_of_box|>"),
    *("<|eom_id|>", "<|return|>"),
)
#: Tokens before the answer that some servers leave in a reply.
_START = re.compile(
    r"\A\s*(?:<\|start\|>assistant)?(?:<\|channel\|>final<\|message\|>|<\|START_RESPONSE\|>|<\|begin_of_box\|>)"
)


class VisibleText(NamedTuple):
    """A reply without its thoughts. `complete`: whether every thought ended."""

    text: str
    complete: bool


class ReplyForm(BaseModel):
    """The JSON form that a reply should have. Its schema forbids other keys.

    The docstring of a subclass is part of its schema, which is sent to servers and determines the key of a stored
    reply: a new docstring makes stored replies unusable.
    """

    model_config = ConfigDict(extra="forbid", strict=True)


AnyForm = TypeVar("AnyForm", bound=ReplyForm)


def clean(text: str) -> str:
    """Returns the text without control characters. Lone surrogates become U+FFFD, so UTF-8 can encode the result."""
    return _CONTROL.sub("", _SURROGATE.sub("\ufffd", text))


def shorten(text: str) -> str:
    """Returns the text on one line, cut to MESSAGE_LENGTH characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= MESSAGE_LENGTH else f"{line[: MESSAGE_LENGTH - 1]}…"


def raw_of(text: str) -> str:
    """Returns the first RAW_BYTES of a raw reply."""
    return clean(text).encode()[:RAW_BYTES].decode(errors="ignore")


def without_thought(text: str, marks: Marks = THOUGHT_MARKS) -> VisibleText:
    """Removes every thought from a reply.

    A closing mark without an opening one ends a thought that began with the reply: many chat templates put the opening
    mark into the prompt.
    """
    parts, start, depth = list[str](), 0, 0
    for mark, opens in _marks(text, marks):
        if depth == 0:
            if opens or (mark[0].lower() == _TURN_END and not without_frame(text[mark.end() :])):
                parts.append(text[start : mark.start()])
            else:
                parts.clear()
        depth = depth + 1 if opens else max(depth - 1, 0)
        start = mark.end()
    if depth:
        return VisibleText("".join(parts).strip(), complete=False)
    return VisibleText("".join([*parts, text[start:]]).strip(), complete=True)


def without_frame(text: str) -> str:
    """Returns the text without the turn tokens that some servers leave before and after it."""
    text = text.rstrip()
    while text.endswith(_ENDS):  # a regular expression takes quadratic time on long runs of spaces
        text = next(text.removesuffix(end) for end in _ENDS if text.endswith(end)).rstrip()
    return _START.sub("", text).strip()


def read_text(text: str, ended: bool, marks: Marks = THOUGHT_MARKS, raw: str | None = None) -> Answer:
    """Returns the answer in a generated text. `ended`: whether the model ended it, rather than the token limit."""
    raw = raw_of(text if raw is None else raw)
    visible = without_thought(clean(text), marks)
    if not ended:
        return Answer("", Unscored.CUT_OFF, shorten(text), raw)
    if not visible.complete:
        return Answer("", Unscored.UNFINISHED_THOUGHT, shorten(text), raw)
    if not visible.text:
        return Answer("", Unscored.THOUGHT_ONLY if clean(text).strip() else Unscored.EMPTY, shorten(text), raw)
    return Answer(without_frame(visible.text), raw=raw)


def read_reply(reply: Answer, form: type[AnyForm]) -> AnyForm | None:
    """Returns the last JSON object in a reply that fits the form, or None.

    Accepts surrounding text, code fences, additional keys, texts for booleans, and numbers for texts. A missing text
    counts as empty; an object without one of the booleans does not fit. Neither does an object that contains several
    objects of the form with different booleans.
    """
    booleans = [name for name, field in form.model_fields.items() if field.annotation is bool]
    last = None
    try:
        for value in json_objects(reply.text, form.model_fields):
            matches = [*_fits(value, form, NESTED)]
            unambiguous = len({tuple(getattr(one, name) for name in booleans) for one in matches}) == 1
            if unambiguous and (last is None or not _repeats_prompt(matches[-1])):
                last = matches[-1]
    except RecursionError:
        return None
    return last


def _repeats_prompt(reply: ReplyForm) -> bool:
    return any(isinstance(value, str) and value.strip() in ELLIPSES for value in reply.model_dump().values())


def _fits(value: object, form: type[AnyForm], levels: int) -> Iterator[AnyForm]:
    """Yields the value as the form if it fits, else every part of it that fits, down to `levels` levels."""
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
    """Returns the values of the form's keys, converted to the types of the form where possible."""
    known: dict[str, Any] = {}
    for name, value in given.items():  # a key in two spellings with two values gets None
        known[_key(name)] = value if known.get(_key(name), value) == value else None
    if not form.model_fields.keys() & known.keys():
        return known  # it has no key of the form: missing texts alone make no form
    missing = [name for name in form.model_fields if name not in known]
    if len(missing) == 1 and len(missing[0]) >= LONG_KEY:  # one misspelled long key can be matched
        negated = bool(_OPPOSITE.match(missing[0]))
        other = sorted(key for key in known.keys() - form.model_fields.keys() if bool(_OPPOSITE.match(key)) is negated)
        known[missing[0]] = next((known[near] for near in get_close_matches(missing[0], other, 1, MISSPELLED)), None)
    return {name: _converted(known.get(name), field.annotation) for name, field in form.model_fields.items()}


def _key(name: object) -> str:
    """Returns a key in snake case without the prefix "is_"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", "_", str(name)).lower()
    return words.strip("_").removeprefix("is_")


def _converted(value: Any, kind: Any) -> Any:
    if kind is bool:
        return as_bool(value)
    if kind is str:
        return clean(as_text(value))
    if get_origin(kind) is list and isinstance(value, list):
        return [_converted(part, *get_args(kind)) for part in value]
    if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(value, dict):
        return _coerced(value, kind)
    return value


def _marks(text: str, marks: Marks) -> Iterator[tuple[re.Match[str], bool]]:
    """Yields every mark in the text, in order, and whether it opens a thought."""
    opening = {before.lower() for before, _ in marks}
    every = sorted({mark for pair in marks for mark in pair if mark}, key=len, reverse=True)
    if every:
        for match in re.finditer("|".join(map(re.escape, every)), text, re.IGNORECASE):
            yield match, match[0].lower() in opening
