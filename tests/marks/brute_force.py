"""An independent evaluator of questions about marks, from the stored record alone: it shares no code with blindspot.

It replaces the noun phrases of a sentence word by word and looks the rest up, where the oracle uses regular
expressions. It computes facts from the raw JSON.
"""

import json
from typing import Any

SIZES = {"small", "large"}
COLOURS = {"red", "green", "blue", "yellow", "purple", "orange"}
SHAPES = {"circle", "square", "triangle", "star"}
KINDS = SHAPES | {"figure", "label"}
RELATIONS = ("left of", "right of", "above", "below", "in front of", "behind")
EXTREMES = {"leftmost": ("x", min), "rightmost": ("x", max), "topmost": ("y", min), "bottommost": ("y", max)}

Mark = dict[str, Any]
Phrase = dict[str, str]


class Invalid(Exception):
    """Raised with the reason why a question is invalid."""


def opinion(record: str, sentence: str) -> tuple[str | None, str | None]:
    """Returns the reason why a question is invalid, and its answer; one of the two is None."""
    picture = json.loads(record)
    found = skeleton(sentence)
    if found is None:
        return "unparsed", None
    try:
        return None, _answer(
            *found, [{"at": at, **mark} for at, mark in enumerate(picture["marks"])], picture["apart"]
        )
    except Invalid as invalid:
        return str(invalid), None


def skeleton(sentence: str) -> tuple[str, list[Phrase]] | None:
    """Returns the sentence with # for each noun phrase, and the phrases; None if a phrase is not complete."""
    words, rest, phrases = sentence.lower().replace("?", "").split(), list[str](), list[Phrase]()
    while words:
        word = words.pop(0)
        if word != "drawn":
            rest.append(word)
            continue
        phrase: Phrase = {}
        while words and "kind" not in phrase:
            word = words.pop(0)
            one = word[:-1] if word.endswith("s") and word[:-1] in KINDS else word
            slot = "size" if one in SIZES else "colour" if one in COLOURS else "kind" if one in KINDS else ""
            if not slot or slot in phrase:
                return None
            phrase[slot] = one
        phrases.append(phrase)
        rest.append("#")
    return " ".join(word for word in rest if word not in ("a", "the", "any")), phrases


def _answer(frame: str, phrases: list[Phrase], marks: list[Mark], apart: int) -> str:
    fit = [[mark for mark in marks if _fits(mark, phrase)] for phrase in phrases]
    if frame in ("is there #", "are there # in image"):
        return _said(len(fit[0]) > 0)
    if frame in ("how many # are there", "how many # do you see"):
        return f"{len(fit[0])}"
    if frame.startswith("are there "):
        return _compare(frame, phrases, len(fit[0]), len(fit[1]))
    if frame.startswith(("are # and # same ", "does # have same ")):
        attribute = frame.removesuffix(" as #").split()[-1]
        one, two = _one(fit[0]), _one(fit[1])
        if one["at"] == two["at"]:
            raise Invalid("same_referent")
        if attribute == "size" and (one["shape"] == "label") is not (two["shape"] == "label"):
            raise Invalid("no_attribute")
        return _said(_told(one, attribute) == _told(two, attribute))
    if frame.startswith("is #"):
        one, two = _one(fit[0]), _one(fit[1])
        if one["at"] == two["at"]:
            raise Invalid("same_referent")
        return _said(_lies(one, frame[5:-2], two, apart))
    return _tell(frame, fit, apart)


def _tell(frame: str, fit: list[list[Mark]], apart: int) -> str:
    """Answers what an attribute of one mark is."""
    words = frame.split()
    attribute = "text" if "say" in words or "written" in words else words[2 if words[1] == "is" else 1]
    for word, (axis, best) in EXTREMES.items():
        if word in words:
            if not fit[0]:
                raise Invalid("no_referent")
            edge = best(mark[axis] for mark in fit[0])
            return _told(_one([mark for mark in fit[0] if abs(mark[axis] - edge) < apart]), attribute)
    for relation in RELATIONS:
        if f"# {relation} #" in frame:
            anchor = _one(fit[1])
            return _told(_one([mark for mark in fit[0] if _lies(mark, relation, anchor, apart)]), attribute)
    return _told(_one(fit[0]), attribute)


def _fits(mark: Mark, phrase: Phrase) -> bool:
    kinds = SHAPES if phrase["kind"] == "figure" else {phrase["kind"]}
    return mark["shape"] in kinds and all(mark[name] == phrase.get(name, mark[name]) for name in ("size", "colour"))


def _one(marks: list[Mark]) -> Mark:
    if len(marks) == 1:
        return marks[0]
    raise Invalid("ambiguous_referent" if marks else "no_referent")


def _told(mark: Mark, attribute: str) -> str:
    if (attribute == "shape" and mark["shape"] == "label") or attribute not in mark:
        raise Invalid("no_attribute")
    return str(mark[attribute])


def _lies(mark: Mark, relation: str, anchor: Mark, apart: int) -> bool:
    if relation in ("in front of", "behind"):
        overlap = mark.get("pile", -1) == anchor.get("pile", -2)
        return bool(
            overlap and (mark["at"] > anchor["at"] if relation == "in front of" else mark["at"] < anchor["at"])
        )
    ahead = mark["x"] - anchor["x"] if relation.endswith("t of") else mark["y"] - anchor["y"]
    if ahead and -apart < ahead < apart:
        raise Invalid("unclear_position")
    return bool(ahead > 0 if relation in ("right of", "below") else ahead < 0)


def _compare(frame: str, phrases: list[Phrase], one: int, two: int) -> str:
    if phrases[0] == phrases[1]:
        raise Invalid("same_referent")
    return _said({"more": one > two, "fewer": one < two, "as": one == two}[frame.split()[2]])


def _said(value: bool) -> str:
    return "yes" if value else "no"
