"""Describes failure modes and skills in plain English, from the names of features.

The names (`judging left-of`, `4 details`) identify features: they are matched, stored and read by models. People read
these sentences instead. Different features give different sentences.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from blindspot.taxonomy.reading import lexicon
from blindspot.taxonomy.reading.wording import ANSWER_KINDS, ASKS, KIND

ONLY, MENTION, ANSWER, MORE = "only ", "recognising ", "answer ", " …"
WHETHER = "ask whether "
COUNTING = "counting"
YES_NO = "asks whether"
_WORDS = re.compile(r"[^\W_][\w'’-]*(?: [^\W_][\w'’-]*)*")
_PLAIN_ANSWERS = re.compile(r"yes|no|[0-9]+(?: or more| to [0-9]+)?")
_DETAILS = re.compile(r"(1) detail|(0|[2-9]|[1-9][0-9]{1,3}) details")
_OWNERS = {"age": "a person or thing", "gender": "a person", "breed": "an animal"}  # of an attribute; else an object
_SORTS = ("kind", "type", "brand", "breed")  # two things are "of the same kind", but "have the same colour"
_THAN = {"more": "than", "fewer": "than", "as many": "as"}

#: ability → its title, and what its questions ask about
_ABOUT = {
    "checking a count": ("Checking a given number of objects", "a given number of objects"),
    "telling the place": ("Locating an object", "the position of an object"),
    "telling depth": ("Judging how near or far objects are", "how near or far objects are"),
    "telling orientation": ("Judging which way an object faces", "which way an object faces"),
    "telling the action": ("Recognising an action", "an action"),
    "reading text": ("Reading text", "text in the image"),
    "relating part and whole": ("Relating a part to its whole", "a part of an object"),
    "seeing through reflections and shadows": (
        "Understanding reflections and shadows",
        "a reflection or a shadow",
    ),
    "seeing what is partly hidden": ("Recognising partly hidden objects", "a partly hidden object"),
    "reading an emotion": ("Recognising an emotion", "an emotion"),
    "telling the time or season": ("Telling the time or the season", "the time or the season"),
    "identifying people": ("Identifying people", "the identity of a person"),
    "telling the scene": ("Recognising the scene", "the scene"),
    "telling the state": ("Judging the state of an object", "the state of an object"),
    "reasoning about why": ("Reasoning about causes and purposes", "a cause or a purpose"),
    "knowing facts": ("Knowing facts from outside the image", "facts from outside the image"),
    "placing in and on": ("Finding what is in or on an object", "what is in or on an object"),
    "naming things": ("Naming an object", "what an object is"),
}
#: other abilities, and the groups of abilities of the lexicon → title, and what their questions do
_OTHERS = {
    COUNTING: ("Counting objects", "ask how many objects there are"),
    "counting none": ("Counting when there is nothing to count", "ask for a count of zero"),
    "counting up to three": ("Counting one to three objects", "ask for a count of one to three"),
    "counting four or more": ("Counting four or more objects", "ask for a count of four or more"),
    "noticing presence": ("Noticing presence", "ask whether an object is present"),
    "noticing absence": ("Noticing absence", "ask whether an absent object is present"),
    "comparing": ("Comparing objects", "ask for a comparison"),
    "calculating": ("Calculating", "ask for a calculation"),
    "handling a negation": ("Understanding a negation", "contain a negation"),
    "following several relations": ("Following several relations", "combine several relations"),
    "recognising several attributes": ("Keeping several attributes apart", "combine several attributes"),
    "understanding": ("Understanding other questions about an object", "ask about an object in another way"),
    "comparing counts": ("Comparing counts", "compare two counts"),
    "finding the extreme": (
        "Finding the extreme object",
        "refer to the object that is extreme in position or size",
    ),
    "judging positions": (
        "Judging relative positions",
        "ask whether one object is in a given position relative to another",
    ),
    "matching attributes": (
        "Comparing an attribute of two objects",
        "ask whether two objects have the same attribute",
    ),
    "following relations": (
        "Finding an object by a relation",
        "refer to an object by its position relative to another",
    ),
    "reading": ("Reading text or an emotion", "ask about text or an emotion"),
    "seeing what is hidden or mirrored": (
        "Seeing what is hidden or mirrored",
        "ask about what is hidden or mirrored",
    ),
    "recognising things": ("Recognising objects", "require objects to be recognised"),
    "telling attributes": ("Telling an attribute", "ask about an attribute of an object"),
}
#: what a question is about, as a feature → in words; what _ABOUT and the lexicon say is added
_OBJECTS = {
    "presence": "the presence of an object",
    "a negation": "a negation",
    "several relations": "several relations",
}


class _Words(NamedTuple):
    """`title`: of the ability. `asks`: what its questions do, a verb first. `about`: what they are about, or empty."""

    title: str
    asks: str
    about: str = ""


def describe(features: Sequence[str], example: str | None = None) -> str:
    """Returns a sentence for the questions that have all of these features.

    `describe(("counting", "answer 2 or more"))` is "Counting questions, when the answer is 2 or more". `example`: a
    question to add at the end.
    """
    answers = [feature for feature in features if is_answer(feature)]
    others = [feature for feature in features if not is_answer(feature)]
    sentence = _questions(others, answers)
    if answers:
        condition = ", when the answer" if others else " whose answer"
        sentence += f"{condition} is {' and '.join(map(_answer, answers))}"
    return f"{sentence}, for example “{example}”" if example else sentence


def title(name: str) -> str:
    """Returns the title of a skill or a meta-skill. The name that an LLM gave is its own title."""
    parts = name.removesuffix(MORE).split(", ")
    if any(part not in _ABILITIES for part in parts):
        return name
    first, *others = (_ABILITIES[part].title for part in parts)
    return ", ".join([first, *map(_lower, others)]) + (MORE if name.endswith(MORE) else "")


def definition(name: str) -> str:
    """Returns what a question that needs this skill does. Empty for the name that an LLM gave."""
    parts = name.removesuffix(MORE).split(", ")
    if any(part not in _ABILITIES for part in parts):
        return ""
    told = [re.sub(r"^\w+", r"\g<0>s", _ABILITIES[part].asks) for part in parts]
    return f"The question {', or '.join(told)}{', or the like' if name.endswith(MORE) else ''}."


def _questions(features: Sequence[str], answers: Sequence[str]) -> str:
    """Returns the sentence up to its answers."""
    counting, yes_no = COUNTING in features, YES_NO in features and COUNTING not in features
    clauses = [asks(feature) for feature in features if feature != COUNTING and not (yes_no and feature == YES_NO)]
    if len(clauses) == 1 and clauses[0].startswith(WHETHER) and not counting and not yes_no:
        return f"Questions about {clauses[0].removeprefix('ask ')}"
    yes_no = yes_no or bool({"answer yes", "answer no"}.intersection(answers))
    subject = "Counting questions" if counting else "Yes/no questions" if yes_no else "Questions"
    return " ".join([subject, " and ".join(f"that {clause}" for clause in clauses)]).rstrip()


def asks(feature: str) -> str:
    """Returns what the questions with this feature do, a verb first."""
    if feature in _ABILITIES:
        return _ABILITIES[feature].asks
    if feature in _CONCERNS:
        return f"concern {_CONCERNS[feature]}"
    if feature.startswith(ONLY):
        return f"only {asks(feature.removeprefix(ONLY))}"
    if feature.startswith(ASKS):
        return "ask for yes or no" if feature == YES_NO else f"ask {quoted(feature.removeprefix(ASKS))}"
    if feature.startswith(MENTION):
        return f"mention {_mentioned(feature.removeprefix(MENTION))}"
    if details := _DETAILS.fullmatch(feature):
        return f"name {_attributes(int(details[1] or details[2]))}"
    parts = feature.removesuffix(MORE).split(", ")
    if len(parts) > 1 and all(part in _ABILITIES for part in parts):
        titles = " or ".join(_lower(_ABILITIES[part].title) for part in parts)
        return f"require {titles}{' or the like' if feature.endswith(MORE) else ''}"
    return f"require {quoted(feature)}"


def _attributes(number: int) -> str:
    if number == 0:
        return "no attribute"
    counted = lexicon.NUMBERS[number] if number < len(lexicon.NUMBERS) else f"{number}"
    return f"{counted} attribute{'s' * (number != 1)}"


def _mentioned(text: str) -> str:
    """Returns an adjective or a noun; in quotes where other words of the sentence could be taken for a part of it."""
    if text in lexicon.ADJECTIVES:
        return text if text in lexicon.COLOURS else f"something {text}"
    words = {*text.split(" ")}
    bare = _WORDS.fullmatch(text) and words.isdisjoint((*lexicon.STOP_WORDS, "something"))
    return text if bare else quoted(text)


def is_answer(feature: str) -> bool:
    """Returns whether a feature is the true answer or its kind."""
    return feature.startswith((ANSWER, KIND))


def _answer(feature: str) -> str:
    """Returns the true answer, in quotes except yes, no and numbers, or its kind in words."""
    if feature.startswith(KIND):
        kind = feature.removeprefix(KIND)
        return ANSWER_KINDS.get(kind, kind)
    text = feature.removeprefix(ANSWER)
    return text if _PLAIN_ANSWERS.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    """Returns any text in quotes; a closing quote inside is doubled, so that two texts never look the same."""
    return f"“{text.replace('”', '””')}”"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _abilities() -> Iterator[tuple[str, _Words]]:
    """The words of every ability that rules can read, and of the groups."""
    for name, (heading, about) in _ABOUT.items():
        yield (
            name,
            _Words(heading, f"ask {'' if about.startswith(('how', 'what', 'which')) else 'about '}{about}", about),
        )
    for name, (heading, asks) in _OTHERS.items():
        yield name, _Words(heading, asks)
    for relation in lexicon.RELATIONS:
        place = relation.replace("-", " ")
        other, what = ("others", "other objects") if relation == "between" else ("another", "another object")
        whether, where = f"whether one object is {place} {other}", f"what is {place} {what}"
        yield f"judging {relation}", _Words(f"Judging {whether}", f"ask {whether}", where)
        yield f"reaching what is {relation}", _Words(f"Finding {where}", f"refer to {where}", where)
    for extreme in lexicon.EXTREMA:
        one = f"the {extreme} object"
        yield f"finding the {extreme}", _Words(f"Finding {one}", f"refer to {one}", one)
    for attribute in lexicon.ATTRIBUTES.split("|"):
        own = f"the {attribute} of {_OWNERS.get(attribute, 'an object')}"
        same = f"whether two objects {'are of' if attribute in _SORTS else 'have'} the same {attribute}"
        yield f"telling the {attribute}", _Words(f"Telling {own}", f"ask about {own}", own)
        yield f"matching the {attribute}", _Words(f"Comparing the {attribute} of two objects", f"ask {same}", own)
    for kind, than in _THAN.items():
        whether = f"whether there are {kind} objects of one kind {than} of another"
        yield f"comparing counts ({kind})", _Words(f"Comparing counts ({kind})", f"ask {whether}", whether)


def _object(ability: str) -> str:
    """Returns the feature that says what an ability is about, as `blindspot.taxonomy.reading.features` forms it."""
    return ability.partition(" ")[2].removeprefix("what is ").removeprefix("the ")


_ABILITIES = dict(_abilities())
_CONCERNS = _OBJECTS | {_object(name): words.about for name, words in _ABILITIES.items() if words.about}
