"""Words questions about scenes as a person would, and draws them as an instruct model would."""

import random
from collections.abc import Iterator

from blindspot.scenes.oracle import rule_question
from blindspot.scenes.parse import parse
from blindspot.scenes.question import FAMILIES, Description, Question
from blindspot.scenes.scene import SHAPES, SIZES, Scene
from blindspot.scenes.templates import draw_freely, draw_question

_PLACES = ("", " in the image", " in the picture")
_PHRASES: dict[str, tuple[str, ...]] = {
    "existence": ("Is there a {a}{place}?", "Are there any {as}{place}?", "Can you see a {a}{place}?"),
    "counting": ("How many {as} are there{place}?", "How many {as} can you see?", "How many {as} are visible{place}?"),
    "attribute": ("What {attribute} is the {a}?", "What is the {attribute} of the {a}?"),
    "size": ("Is the {a} small or large?", "What size is the {a}?", "How big is the {a}?"),
    "relation": ("Is the {a} {relation} the {b}?", "Is the {a} located {relation} the {b}?"),
    "extremum": ("What {attribute} is the {word} {a}?", "What is the {attribute} of the {word} {a}?"),
    "more": ("Are there more {as} than {bs}{place}?", "Is the number of {as} greater than the number of {bs}?"),
    "fewer": ("Are there fewer {as} than {bs}{place}?", "Are there fewer {as} than there are {bs}?"),
    "equal": ("Are there as many {as} as {bs}?", "Are there the same number of {as} and {bs}{place}?"),
    "same": (
        "Do the {a} and the {b} have the same {attribute}?",
        "Does the {a} have the same {attribute} as the {b}?",
        "Are the {a} and the {b} the same {attribute}?",
    ),
    "two_hop": (
        "What {attribute} is the {a} {relation} the {b}?",
        "What is the {attribute} of the {a} {relation} the {b}?",
    ),
}
_RELATIONS = {"left_of": "to the left of", "right_of": "to the right of", "above": "above", "below": "below"}
_NOUNS = ("object", "shape")  # for a thing whose shape is not said
_TASTE = (
    "Which shape looks the most interesting?",
    "What mood do the colors of this image create?",
    "Who could have drawn this picture?",
)
#: How often instruct models ask questions of each family when they may ask anything.
HABITS = {
    "existence": 13,
    "counting": 27,
    "colour": 24,
    "shape": 8,
    "size": 4,
    "relation": 12,
    "extremum": 5,
    "comparison": 4,
    "same": 2,
    "two_hop": 1,
}
FULL = 0.3  # probability that a thing is described by all of its attributes
BROAD = 0.5  # share of counting questions about all things, or about those of one shape or size


def word(question: Question, rng: random.Random) -> str:
    """Returns the question in plain English. The grammar of scenes reads the same question from it."""
    for _ in range(20):
        text = _word(question, rng)
        if parse(text) == question:
            return text
    raise ValueError(f"no phrase is read as {question}")


def draw_valid(scene: Scene, family: str, rng: random.Random) -> Question | None:
    """Returns a valid question of the family about the scene, or None."""
    if family == "counting" and rng.random() < BROAD:
        broad = [Description()]
        broad += [*(Description(shape=shape) for shape in SHAPES), *(Description(size=size) for size in SIZES)]
        return Question("counting", rng.choice(broad))
    return draw_question(scene, family, rng, FULL)


def draw_by_habit(scene: Scene, rng: random.Random) -> Question:
    """Returns a valid question of a family that instruct models like."""
    while True:
        [family] = rng.choices([*HABITS], [*HABITS.values()])
        if question := draw_valid(scene, family, rng):
            return question


def draw_any(scene: Scene, count: int, rng: random.Random) -> Iterator[Question]:
    """Yields up to `count` valid questions, the families in turn."""
    for turn in range(count):
        if question := draw_valid(scene, FAMILIES[turn % len(FAMILIES)], rng):
            yield question


def word_invalid(scene: Scene, rng: random.Random) -> str:
    """Returns a question with a false premise or an ambiguous description, or one that is a matter of taste."""
    for _ in range(20):
        question = draw_freely(scene, rng.choice(("colour", "shape", "size", "relation", "extremum")), rng)
        if question and rng.random() < 0.5:  # the thing that the question takes for granted may be missing
            colour = rng.choice(("purple", "orange", "green", "red"))
            subject = Description(question.subject.size, colour, question.subject.shape)
            other = None if question.attribute == "colour" else subject
            question = Question(
                question.family, other or question.subject, question.attribute, question.word, question.other
            )
        if question and not rule_question(question, scene).valid:
            return word(question, rng)
    return rng.choice(_TASTE)


def _word(question: Question, rng: random.Random) -> str:
    key = question.family if question.family != "comparison" else str(question.word)
    if key in ("colour", "shape"):
        key = "attribute"
    noun = rng.choice(_NOUNS)
    subject, other = question.subject, question.other or Description()
    attribute = rng.choice(("color", "colour")) if question.attribute == "colour" else question.attribute
    return rng.choice(_PHRASES[key]).format_map({
        "a": _named(subject, noun, False),
        "as": _named(subject, noun, True),
        "b": _named(other, noun, False),
        "bs": _named(other, noun, True),
        "attribute": attribute,
        "word": question.word,
        "relation": _RELATIONS.get(question.word or ""),
        "place": rng.choice(_PLACES),
    }).replace(" a orange", " an orange").replace(" a object", " an object")  # fmt: skip


def _named(description: Description, noun: str, plural: bool) -> str:
    words = description.words(plural).split()
    if description.shape is None:
        words[-1] = noun + "s" * plural
    return " ".join(words)
