"""Splits a questioner's reply into fields: by JSON keys, by tags, and by labels such as "Question:"."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from blindspot.json_objects import as_bool, as_text, json_objects
from blindspot.questioner.reading_labels import Kind, answer_start, kind_of, normal, rank_of
from blindspot.questioner.reading_markup import without_markdown
from blindspot.questioner.reading_options import has_options
from blindspot.questioner.reading_words import COMMAND, INTERROGATIVE

LEVELS = 5  # levels of JSON objects and lists that are searched
LABEL = 100  # characters of the longest label
LABELS = 300  # most labels of a text

#: A string as in JSON, at the end of a line or before the next key.
_STRING = re.compile(r'"((?:[^"\\\n]|\\.){1,2000})"[ \t]*(?:[,}\]]|\n|$)')
_EMPTY_TAG = re.compile(r"<\s*([^\W\d][\w-]{0,40})\s*/>")
_TAG = re.compile(r"<\s*(/?)\s*([^\W\d][\w .-]{0,40}?)\s*/?>|\[\s*(/?)\s*([^\W\d][\w ]{0,20})\]")
_ASKING = re.compile(r"[?？؟]$")
_COLON = re.compile(r":(?!\d)|(?<!\d):|：|(?<=\s)[-–—]+(?=\s)|—|(?<=\w)[-–—](?=\s)")
_BOUNDARY = re.compile(r"[\n.!?。？！؟:：,，;；|([{（【]|\s[-–—]\s|[\"”»」』]\s*")
_DASH = re.compile(
    r"(?:^|(?<=[?？.!。؟)\]\"'”]))[^\w\n]{0,10}((?:the )?(?:(?:my|final|expected|correct|right|true) )?"
    r"(?:questions?|answers?|ans|[qa])\s?#?\d{0,2})\s*(?:\([^()\n]{1,40}\))?\s*(?:[-–—=|.)>]+>?\s*|\s(?=[\"“«]))(?=\S)",
    re.I | re.M,
)
_GLUED = re.compile(
    r"(?<!the)(?<!an)(?<!your)(?<!which)\s+((?:(?:expected|correct|right|true|final|reference|short)\s+)?"
    r"(?:answer|ans|respuesta|réponse|antwort|A))\s*$",
    re.I,
)


class Field(NamedTuple):
    """A part of a reply. `rank`: that of its label (`rank_of`)."""

    kind: Kind
    text: str
    rank: int = 0


class _Label(NamedTuple):
    start: int
    end: int
    kind: Kind
    rank: int


def json_fields(text: str) -> Iterator[list[Field]]:
    """Yields the fields of every JSON object in a text that has a key for a question or a refusal, in order."""
    values: list[object] = []
    with suppress(ValueError, RecursionError):
        values = [json.loads(text)]
    if "{" in text and not any(isinstance(value, dict | list) for value in values):
        with suppress(RecursionError):
            values = [*json_objects(text)]
    for value in values:
        yield from _objects(value, LEVELS)


def _objects(value: object, levels: int) -> Iterator[list[Field]]:
    if isinstance(value, Mapping):
        fields = [*_pairs(value)]
        if all(field.kind is Kind.ANSWER for field in fields):
            unnamed = [part for key, part in value.items() if isinstance(part, str) and kind_of(str(key)) is None]
            asking = [part for part in unnamed if _ASKING.search(part.strip()) or COMMAND.match(part.strip())]
            fields = [Field(Kind.QUESTION, asking[0]), *fields] if len(asking) == 1 else []
        if any(field.kind in {Kind.QUESTION, Kind.DECLINE} for field in fields):
            yield fields
    parts = [*value.values()] if isinstance(value, Mapping) else value if isinstance(value, list) else []
    for part in parts if levels else []:
        yield from _objects(part, levels - 1)


def _pairs(value: Mapping[object, object]) -> Iterator[Field]:
    for key, part in value.items():
        kind, rank = kind_of(str(key)), rank_of(str(key))
        if isinstance(part, list) and kind is Kind.QUESTION:
            part = next(iter(part), None)
        if isinstance(part, Mapping):
            texts = [text for name, text in part.items() if normal(str(name)) in {"text", "value", "content"}]
            part = texts[0] if texts else part
        if kind is Kind.DECLINE and part is not None and as_bool(part) is not False and part != "":
            yield Field(kind, as_text(part))
        elif kind is Kind.QUESTION and (part is None or isinstance(part, str)):
            yield Field(kind, part or "", rank)
        elif kind is Kind.ANSWER and not isinstance(part, Mapping):
            yield Field(kind, as_text(part), rank)


def tag_fields(text: str) -> list[Field]:
    """Returns the fields of a text by its tags, such as `<question>`. Text outside of tags is plain.

    A tag without its counterpart counts: a question ends at the next tag or starts after the last one.
    """
    fields, start, kind, rank = list[Field](), 0, Kind.PLAIN, 0
    text = _EMPTY_TAG.sub(
        lambda match: f"<{match[1]}>yes</{match[1]}>" if kind_of(match[1]) is Kind.DECLINE else "", text
    )
    for match in _TAG.finditer(text):
        name, closing = match[2] or match[4], match[1] or match[3]
        named = kind_of(name)
        if named in {None, Kind.TURN} or (match[4] and named not in {Kind.QUESTION, Kind.ANSWER}):
            continue
        assert named is not None
        before = text[start : match.start()]
        closes = bool(closing) or named is kind is not Kind.PLAIN
        if closes and kind is Kind.PLAIN and before.strip():
            kind, rank = named, rank_of(name)
        fields.append(Field(kind, before, rank))
        kind, rank = (Kind.PLAIN, 0) if closes else (named, rank_of(name))
        start = match.end()
    return [one for one in [*fields, Field(kind, text[start:], rank)] if one.text.strip() or one.kind is Kind.QUESTION]


def label_fields(field: Field) -> list[Field]:
    """Returns the fields of a plain field or of a question by its labels, such as "Answer:"."""
    text = without_markdown(field.text)
    fields, start, kind, rank = list[Field](), 0, field.kind, field.rank
    for label in _labels(text):
        if label.start < start:
            continue
        fields += _parts(kind, text[start : label.start], rank)
        start, kind, rank = label.end, label.kind, label.rank
        if kind is Kind.TURN:
            kind = Kind.PLAIN
    return [
        one for one in [*fields, *_parts(kind, text[start:], rank)] if one.text.strip() or one.kind is Kind.QUESTION
    ]


def _labels(text: str) -> list[_Label]:
    found = [label for match in islice(_COLON.finditer(text), LABELS) if (label := _label(text, match)) is not None]
    for match in islice(_DASH.finditer(text), LABELS):
        kind = kind_of(match[1])
        is_option = match[1].lower() == "a" and (")" in match[0] or has_options(text[match.start(1) :]))
        if kind is not None and not is_option:
            found.append(_Label(match.start(1), match.end(), kind, rank_of(match[1])))
    return sorted(found)


def _label(text: str, colon: re.Match[str]) -> _Label | None:
    """Returns the label that ends with a colon or a dash, or None if the words before it are no label."""
    low = max(0, colon.start() - LABEL)
    window = text[low : colon.start()]
    cuts = [0 if low == 0 else -1, *(match.end() for match in _BOUNDARY.finditer(window.rstrip(" )]}*\"'”")))]
    start = cuts[-1]
    if start < 0:
        return None
    words = window[start:]
    kind = kind_of(words)
    if kind is None and window.rstrip().endswith((")", "）")) and len(cuts) > 1:
        start = cuts[-2]
        words = window[start : max(window.rfind("("), window.rfind("（"))]
        kind = kind_of(words) if start >= 0 else None
    glued = _GLUED.search(words) if INTERROGATIVE.match(words.strip()) or COMMAND.match(words.strip()) else None
    if glued:
        return _Label(low + start + glued.start(1), colon.end(), Kind.ANSWER, 0)
    is_command = kind in {Kind.ANSWER, Kind.OTHER} and COMMAND.match(words.strip())
    if kind is None or is_command or (normal(words) == "a" and has_options(text[low + start :])):
        return None
    start += answer_start(words) if kind is Kind.ANSWER else 0
    return _Label(low + start, colon.end(), kind, rank_of(words))


def _parts(kind: Kind, text: str, rank: int) -> Iterator[Field]:
    """Yields a field. An answer or an explanation ends with its line, or with its paragraph if its line is empty."""
    if kind is Kind.PLAIN:
        yield Field(kind, text, rank)
        return
    content = text.lstrip()
    quoted = _STRING.match(content)
    if quoted:
        yield Field(kind, quoted[1].replace('\\"', '"'), rank)
        yield Field(Kind.PLAIN, content[quoted.end() :])
        return
    if kind is Kind.QUESTION:
        cut_off = content.startswith('"') and content.count('"') == 1 and not re.search("[?？؟]", content)
        yield Field(kind, "" if cut_off else content, rank)
        return
    own_line = "\n" not in text[: len(text) - len(content)]
    end = re.search(r"\n" if own_line else r"\n\s*\n", content)
    yield Field(kind, content[: end.start()] if end else content, rank)
    if end:
        yield Field(Kind.PLAIN, content[end.end() :])
