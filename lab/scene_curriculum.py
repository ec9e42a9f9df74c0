"""What the embedded VLMs learn from: scenes with captions, answered questions, or questions to ask."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from blindspot.records.image import Image
from blindspot.scenes.draw import pictures_of
from blindspot.scenes.oracle import extreme, holds, matching, rule_question
from blindspot.scenes.question import FAMILIES, RELATIONS, Description, Question, phrasings
from blindspot.scenes.scene import ATTRIBUTES, COLOURS, GRID, Scene, Thing, random_scene
from blindspot.scenes.templates import ask, draw_freely, draw_question

NOTHING = "nothing"  # said of a place where no thing lies
AGAIN = "again"  # said after an attempt at a question that means no thing, or several
ATTEMPTS = 0.5  # of the lessons in asking: an attempt is drawn, which may come out valid and is left out then
ABSENT = 0.15  # of the attempts: one of a colour drawn at random
TWICE = 0.4  # of the attempts that speak of two: both are the same
DRAWS = 8  # questions that a lesson in asking is chosen from
TWO_HOP_DRAWS = 12  # the same for two-hop questions, of which more can go wrong
#: How often a family is asked in: the one that is learnt last the most.
ASKED = dict.fromkeys(FAMILIES, 1.0) | {"two_hop": 1.5}
RISKY = 20  # near misses that a doubtful relation counts for: more than there can be of others


def caption(scene: Scene, empty: str = NOTHING) -> str:
    """Every place of the grid in reading order: "small red star , nothing , …"."""
    things = {(thing.row, thing.column): f"{thing.size} {thing.colour} {thing.shape}" for thing in scene.things}
    return " , ".join(things.get((row, column), empty) for row in range(GRID) for column in range(GRID))


def answered_questions(scene: Scene, count: int, rng: random.Random) -> list[tuple[str, str]]:
    """`count` valid questions with their true answers, families drawn uniformly."""
    found: list[tuple[str, str]] = []
    while len(found) < count:
        question = draw_question(scene, rng.choice(FAMILIES), rng, full=0.3)
        if question is not None:
            found.append((ask(question, rng), str(rule_question(question, scene).answer)))
    return found


def question_to_ask(scene: Scene, rng: random.Random, family: str | None = None) -> Question:
    """A valid question whose referents are hard to mistake, of `family` or, without one, as ASKED draws.

    Of DRAWS questions the one with the fewest near misses: learnt from such, a small model grounds what it asks.
    """
    while True:
        chosen = family or rng.choices([*ASKED], [*ASKED.values()])[0]
        questions = apt_questions(scene, chosen, rng)
        if questions:
            return min(questions, key=lambda question: near_misses(question, scene))
        family = None


def apt_questions(scene: Scene, family: str, rng: random.Random) -> list[Question]:
    """Valid questions of the family, most of them with full descriptions; none where the scene allows none."""
    return _two_hops(scene, rng) if family == "two_hop" else _drawn(scene, family, rng, DRAWS, 0.8)


def _drawn(scene: Scene, family: str, rng: random.Random, draws: int, full: float) -> list[Question]:
    drawn = (draw_question(scene, family, rng, full) for _ in range(draws))
    return [question for question in drawn if question is not None]


def _two_hops(scene: Scene, rng: random.Random) -> list[Question]:
    """Two-hop questions in which both things are described as fully as may be."""
    questions = []
    for question in _drawn(scene, "two_hop", rng, TWO_HOP_DRAWS, 1.0):
        thing = _subject(question, scene)
        said = {name: getattr(thing, name) for name in ATTRIBUTES if name != question.attribute}
        questions.append(replace(question, subject=Description(**said)))
    return questions


def say(question: Question, rng: random.Random) -> str:
    """The question in English: "what is the colour of …" where it is plain, "what colour is the …" where two-hop.

    So which of the two is asked is settled before the subject is named, and with it where an apt subject lies.
    """
    return phrasings(question)[-1] if question.family in ATTRIBUTES else ask(question, rng)


def thought(question: Question, scene: Scene, rng: random.Random) -> str:
    """A question's kind, how its things are found, and its true answer: "relation red a2 b1 star a2 ; blue c3 : no".

    After each word the places that are still meant: columns a to c from the left, rows 1 to 3 from the top. So it
    shows before the question is asked whether it means one thing, if its kind has to. Some lessons begin with an
    attempt that does not, and start AGAIN: who has never seen that happen says that it means one thing whatever the
    image shows.
    """
    attempt = _attempt(scene, question.family, rng) if rng.random() < ATTEMPTS else ""
    found = " ; ".join(text for text, _ in _groups(question, scene))
    return f"{question.family} {attempt}{found} : {rule_question(question, scene).answer}"


def _attempt(scene: Scene, family: str, rng: random.Random) -> str:
    """A question that is not valid, up to where that shows; empty where none was drawn."""
    question = draw_freely(scene, family, rng, full=0.5)
    if question is None:
        return ""
    if rng.random() < ABSENT:
        question = replace(question, subject=replace(question.subject, colour=rng.choice(COLOURS)))
    if question.other and rng.random() < TWICE:
        question = replace(question, other=question.subject)
    if rule_question(question, scene).valid:
        return ""
    said = []
    for text, things in _groups(question, scene):
        said.append(text)
        if len(things) != 1 and family != "comparison":
            break
    return f"{' ; '.join(said)} {AGAIN} "


def _groups(question: Question, scene: Scene) -> Iterator[tuple[str, list[Thing]]]:
    """How each description's things are found, and they; of a two-hop first the other's, which has to be one."""
    if question.family != "two_hop":
        text, things = _found(question.subject, scene.things)
        if question.family == "extremum":
            things = extreme(str(question.word), things)
            text = f"{text} {question.word} {_places(things)}"
        yield text, things
    if question.other:
        text, things = _found(question.other, scene.things)
        yield text, things
        if question.family == "two_hop":
            related = [thing for thing in scene.things if holds(str(question.word), thing, things[0])]
            text, found = _found(question.subject, related)
            yield f"{RELATIONS[str(question.word)]} {_places(related)} {text}", found


def _found(description: Description, things: Sequence[Thing]) -> tuple[str, list[Thing]]:
    """A description's words, each with the places that it and those before it leave of the things'; those left."""
    left, said = list(things), []
    for name in ATTRIBUTES:
        word = getattr(description, name)
        if word:
            left = [thing for thing in left if getattr(thing, name) == word]
            said.append(f"{word} {_places(left)}")
    return " ".join(said) or f"thing {_places(left)}", left


def _places(things: Sequence[Thing]) -> str:
    return " ".join(sorted(place(one.row, one.column) for one in things)) or NOTHING


def place(row: int, column: int) -> str:
    """A place's name, such as "a2"."""
    return f"{'abc'[column]}{row + 1}"


def places() -> list[str]:
    """The names of all."""
    return [place(row, column) for row in range(GRID) for column in range(GRID)]


def near_misses(question: Question, scene: Scene) -> int:
    """How easily a misreading of the scene makes the question invalid.

    Counts things that differ from a referent's description in a single word, and how easily a two-hop relation fails.
    """
    if question.family in ("existence", "counting", "comparison"):
        return 0
    described = [one for one in (question.subject, question.other) if one is not None]
    misses = sum(_differences(one, thing) == 1 for one in described for thing in scene.things)
    return misses + (RISKY * _doubt(question, scene) if question.family == "two_hop" else 0)


def _doubt(question: Question, scene: Scene) -> int:
    """For a valid two-hop question: 0 where any relation word would fit the subject, and this one's anchor is apt.

    A small model picks the word without looking where the subject lies. Things in the middle have all four relations
    to things at the border, those in a corner two; and an anchor at the border has its relation to most things.
    """
    word, last = str(question.word), GRID - 1
    anchor, subject = _anchor(question, scene), _subject(question, scene)
    far = {"left_of": last - anchor.column, "right_of": anchor.column, "above": last - anchor.row, "below": anchor.row}
    return far[word] + (subject.column in (0, last)) + (subject.row in (0, last))


def _anchor(question: Question, scene: Scene) -> Thing:
    return matching(question.other or Description(), scene)[0]


def _subject(question: Question, scene: Scene) -> Thing:
    anchor = _anchor(question, scene)
    return next(thing for thing in matching(question.subject, scene) if holds(str(question.word), thing, anchor))


def _differences(description: Description, thing: Thing) -> int:
    return sum(getattr(description, name) not in (None, getattr(thing, name)) for name in ATTRIBUTES)


def exam(count: int, seed: int, folder: Path) -> tuple[list[Image], list[str], list[tuple[str, str, str]]]:
    """`count` valid questions of each family about as many new scenes: images, questions, (family, kind, answer)."""
    rng = random.Random(seed)
    scenes, questions, truths = [], [], []
    for family in FAMILIES:
        done = 0
        while done < count:
            scene = random_scene(rng)
            question = draw_question(scene, family, rng, full=0.3)
            if question is None:
                continue
            scenes.append(scene)
            questions.append(ask(question, rng))
            truths.append((family, question.answer_kind, str(rule_question(question, scene).answer)))
            done += 1
    return pictures_of(scenes, folder), questions, truths
