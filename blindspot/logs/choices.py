"""Multiple choice: the options of a question, and the reference as the text and the letter of an option."""

import re
from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any

from blindspot.logs.values import is_missing, literal, plain_value, text_of, texts_of

#: "A. cat", "(B) dog", "C: cow", "[D] hen"
_LINE = re.compile(r"^\s*[(\[]?([A-Z])(?:[.:)\]]|\)\.)\s+(\S.*?)\s*$")
_LETTER = re.compile(r"^[(\[]?([A-Z])[)\].:]{0,2}$")
_LETTER_AND_TEXT = re.compile(r"^[(\[]?([A-Z])[)\].:]{1,2}\s+(\S.*)$", re.DOTALL)
_HEADING = re.compile(r"^\s*(?:options|choices|answer choices)\s*:?\s*$", re.IGNORECASE)
#: A line that says how to answer: how it begins, and a word that it contains.
_INSTRUCTION = re.compile(
    r"^(?:please|answer|respond|reply|select|choose|pick|provide|give|output|return|use|your|only|do not|think)\b",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"\b(?:answer|respond|response|reply|options?|choices?|letters?|single|words?|phrase|yes or no|step by step|format"
    r"|briefly|concise(?:ly)?|directly)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*question\s*:\s*", re.IGNORECASE)
_CALL = re.compile(r"\s+answer\s*:\s*$", re.IGNORECASE)
#: Where the image stands in a prompt.
_PLACE = re.compile(r"^(?:\s*<image>)+|(?:<image>\s*)+$", re.IGNORECASE)


def split_question(text: str) -> tuple[str, dict[str, str], str]:
    """Returns the question without its options and its instruction, the options, and the instruction ("" for none).

    Options are lines "A. cat" or "(B) dog" in the order of the alphabet. The instruction is what stands after the
    question and says how to answer, such as "Answer the question using a single word or phrase.".
    """
    text = _CALL.sub("", _PLACE.sub("", text).strip())
    if "\n" not in text:
        return _LABEL.sub("", text).strip(), {}, ""
    lines = re.split(r"\r?\n", text)
    start, end, options = _block(lines)
    head, tail = (lines[:start], lines[end:]) if options else (lines, [])
    instruction = [*_popped(head, 1, bool(options)), *_popped(tail, 0, bool(options))]
    question = _LABEL.sub("", "\n".join([*head, *tail])).strip()
    return question, options, "\n".join(line for line in instruction if line)


def _popped(lines: list[str], least: int, has_options: bool) -> list[str]:
    """Removes the instructions, empty lines and headings at the end of the lines, and returns the instructions."""
    instructions: list[str] = []
    while len(lines) > least:
        line = lines[-1].strip()
        if _INSTRUCTION.match(line) and _HOW.search(line) and not line.endswith("?"):
            instructions.insert(0, line)
        elif line and not (has_options and _HEADING.match(line)):
            break
        lines.pop()
    return instructions


def _block(lines: Sequence[str]) -> tuple[int, int, dict[str, str]]:
    """Returns the first two or more option lines after the question that start with A: start, end, options."""
    for start, line in enumerate(lines):
        match = _LINE.match(line)
        if match is None or match[1] != "A" or start == 0:
            continue
        options, end = {"A": match[2]}, start + 1
        for position in range(start + 1, len(lines)):
            match = _LINE.match(lines[position])
            if match is not None and match[1] == ascii_uppercase[min(len(options), 25)]:
                options[match[1]] = match[2]
                end = position + 1
            elif lines[position].strip():
                break
        if len(options) > 1:
            return start, end, options
    return 0, 0, {}


def options_of(value: Any) -> dict[str, str]:
    """Returns the options of a list, an object {letter: text} or {text: [], label: []}, or a text that spells one."""
    value = plain_value(value)
    if isinstance(value, str):
        value = literal(value)
        if isinstance(value, str):
            return split_question(f"?\n{value}")[1]
    if isinstance(value, dict):
        texts = plain_value(value.get("text"))
        if not isinstance(texts, list):
            named = {str(key).strip().upper(): text_of(text) for key, text in value.items()}
            return {key: text for key, text in named.items() if text is not None}
        value = texts
    if not isinstance(value, list):
        return {}
    texts = [text_of(one) or "" for one in value]
    lettered = [_LETTER_AND_TEXT.match(text) for text in texts]
    if all(match and match[1] == letter for match, letter in zip(lettered, ascii_uppercase, strict=False)):
        texts = [match[2].strip() for match in lettered if match]
    return dict(zip(ascii_uppercase, texts, strict=False)) if len(texts) > 1 else {}


def counts_from(references: Sequence[Any], options: Sequence[dict[str, str]]) -> int | None:
    """Returns whether the references are positions of options, counted from 0 or 1; None if they are not positions.

    They are if all are whole numbers within range and most are not the text of an option. They count from 1 only if
    one of them is the number of options and none is 0.
    """
    least, beyond, texts, count = 1, False, 0, 0
    for reference, named in zip(references, options, strict=True):
        if not named or is_missing(plain_value(reference)):
            continue
        text = text_of(reference) or ""
        if not text.isdecimal() or int(text) > len(named):
            return None
        count += 1
        texts += text in named.values()
        least, beyond = min(least, int(text)), beyond or int(text) == len(named)
    if not count or texts > count / 2 or (least == 0 and beyond):
        return None
    return 1 if beyond else 0


def references_of(value: Any, options: dict[str, str], base: int | None = None) -> list[str]:
    """Returns the true answers. Of an option they are its text and its letter, whichever of them `value` names.

    `base`: what the positions of options count from, if `value` is a position.
    """
    found: list[str] = []
    for text in texts_of(value):
        letter = _letter(text, options, base)
        found += [text] if letter is None else [options[letter], letter]
    return found


def _letter(text: str, options: dict[str, str], base: int | None) -> str | None:
    if not options:
        return None
    if base is not None and text.isdecimal():
        letters = list(options)
        return letters[int(text) - base] if 0 <= int(text) - base < len(letters) else None
    match = _LETTER.match(text) or _LETTER.match(text.upper())
    if match and match[1] in options:
        return match[1]
    match = _LETTER_AND_TEXT.match(text)
    if match and options.get(match[1], "").casefold() == match[2].strip().casefold():
        return match[1]
    return next((letter for letter, named in options.items() if named.casefold() == text.casefold()), None)
