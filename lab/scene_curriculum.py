"""Lessons about scenes for the embedded models: captions, answered questions, questions to ask and thoughts."""

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

NOTHING = "nothing"  # stands for an empty place
AGAIN = "again"  # ends a failed attempt: a question that refers to no thing, or to several
ATTEMPTS = 0.5  # share of the thoughts for which a failed attempt is drawn; a draw that is valid is left out
ABSENT = 0.15  # share of the attempts whose colour is replaced by a random one
SAME_THING = 0.4  # share of the attempts about two things in which both descriptions are the same
DRAWS = 8  # questions from which the best is chosen
TWO_HOP_DRAWS = 12  # the same for two-hop questions, which are harder to get right
#: Weights with which families are drawn. Two-hop questions are learnt last and get the highest weight.
FAMILY_WEIGHTS = dict.fromkeys(FAMILIES, 1.0) | {"two_hop": 1.5}
RISKY = 20  # weight of a doubtful relation in near misses; more than the other near misses can add up to


def caption(scene: Scene, empty: str = NOTHING) -> str:
    """Returns the content of every place of the grid in reading order: "small red star , nothing , …"."""
    things = {(thing.row, thing.column): f"{thing.size} {thing.colour} {thing.shape}" for thing in scene.things}
    return " , ".join(things.get((row, column), empty) for row in range(GRID) for column in range(GRID))


def answered_questions(scene: Scene, count: int, rng: random.Random) -> list[tuple[str, str]]:
    """Returns `count` valid questions with their true answers, with families drawn uniformly."""
    found: list[tuple[str, str]] = []
    while len(found) < count:
        question = draw_question(scene, rng.choice(FAMILIES), rng, full=0.3)
        if question is not None:
            found.append((ask(question, rng), str(rule_question(question, scene).answer)))
    return found


def question_to_ask(scene: Scene, rng: random.Random, family: str | None = None) -> Question:
    """Returns a valid question whose things are hard to confuse, of `family` or of one drawn with FAMILY_WEIGHTS.

    Of DRAWS questions, it takes the one with the fewest near misses. A small model that learns from such questions
    asks about things that are in the image.
    """
    while True:
        chosen = family or rng.choices([*FAMILY_WEIGHTS], [*FAMILY_WEIGHTS.values()])[0]
        questions = apt_questions(scene, chosen, rng)
        if questions:
            return min(questions, key=lambda question: near_misses(question, scene))
        family = None


def apt_questions(scene: Scene, family: str, rng: random.Random) -> list[Question]:
    """Returns valid questions of the family, most with full descriptions; none if the scene allows none."""
    return _two_hops(scene, rng) if family == "two_hop" else _drawn(scene, family, rng, DRAWS, 0.8)


def _drawn(scene: Scene, family: str, rng: random.Random, draws: int, full: float) -> list[Question]:
    drawn = (draw_question(scene, family, rng, full) for _ in range(draws))
    return [question for question in drawn if question is not None]


def _two_hops(scene: Scene, rng: random.Random) -> list[Question]:
    """Returns two-hop questions in which both things have full descriptions."""
    questions = []
    for question in _drawn(scene, "two_hop", rng, TWO_HOP_DRAWS, 1.0):
        thing = _subject(question, scene)
        said = {name: getattr(thing, name) for name in ATTRIBUTES if name != question.attribute}
        questions.append(replace(question, subject=Description(**said)))
    return questions


def say(question: Question, rng: random.Random) -> str:
    """Returns the question in English: "what is the colour of …" for one hop, "what colour is the …" for two hops.

    The first words then decide between one and two hops, before the question names its subject.
    """
    return phrasings(question)[-1] if question.family in ATTRIBUTES else ask(question, rng)


def thought(question: Question, scene: Scene, rng: random.Random) -> str:
    """Returns a question's family, the search for its things, and its true answer.

    Example: "relation red a2 b1 star a2 ; blue c3 : no". Each word is followed by the places that still match: columns
    a to c from the left, rows 1 to 3 from the top. The thought thus shows whether a description fits exactly one
    thing, if the family requires that. Some thoughts begin with an attempt that fails, and start AGAIN. Without such
    attempts, the model would learn to claim that a description fits one thing whatever the image shows.
    """
    attempt = _attempt(scene, question.family, rng) if rng.random() < ATTEMPTS else ""
    found = " ; ".join(text for text, _ in _groups(question, scene))
    return f"{question.family} {attempt}{found} : {rule_question(question, scene).answer}"


def _attempt(scene: Scene, family: str, rng: random.Random) -> str:
    """Returns the thought of an invalid question up to the point where it fails; empty if the draw is valid."""
    question = draw_freely(scene, family, rng, full=0.5)
    if question is None:
        return ""
    if rng.random() < ABSENT:
        question = replace(question, subject=replace(question.subject, colour=rng.choice(COLOURS)))
    if question.other and rng.random() < SAME_THING:
        question = replace(question, other=question.subject)
    if rule_question(question, scene).valid:
        return ""
    parts = []
    for text, things in _groups(question, scene):
        parts.append(text)
        if len(things) != 1 and family != "comparison":
            break
    return f"{' ; '.join(parts)} {AGAIN} "


def _groups(question: Question, scene: Scene) -> Iterator[tuple[str, list[Thing]]]:
    """Yields the search for each description's things as text, and these things.

    In a two-hop question, the other thing comes first; its description must fit exactly one thing.
    """
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
    """Returns the words of a description, each with the places that match so far, and the things that match all."""
    left, parts = list(things), []
    for name in ATTRIBUTES:
        word = getattr(description, name)
        if word:
            left = [thing for thing in left if getattr(thing, name) == word]
            parts.append(f"{word} {_places(left)}")
    return " ".join(parts) or f"thing {_places(left)}", left


def _places(things: Sequence[Thing]) -> str:
    return " ".join(sorted(place(one.row, one.column) for one in things)) or NOTHING


def place(row: int, column: int) -> str:
    """Returns the name of a place, such as "a2"."""
    return f"{'abc'[column]}{row + 1}"


def places() -> list[str]:
    """Returns the names of all places."""
    return [place(row, column) for row in range(GRID) for column in range(GRID)]


def near_misses(question: Question, scene: Scene) -> int:
    """Returns how easily a misperception of the scene makes the question invalid: 0 is safe, higher is riskier.

    Counts the things that differ from a description in a single word. A two-hop question also gets RISKY times the
    doubt about its relation.
    """
    if question.family in ("existence", "counting", "comparison"):
        return 0
    described = [one for one in (question.subject, question.other) if one is not None]
    misses = sum(_differences(one, thing) == 1 for one in described for thing in scene.things)
    return misses + (RISKY * _doubt(question, scene) if question.family == "two_hop" else 0)


def _doubt(question: Question, scene: Scene) -> int:
    """Returns how doubtful the relation of a valid two-hop question is; 0 is the safest.

    A small model chooses the relation word without looking at the subject's place. A subject in the middle has all
    four relations to things at the border, one in a corner only two. An anchor at the border has its relation to most
    things.
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
    """Returns images, questions and (family, answer kind, true answer): `count` valid questions per family.

    Each question is about a new scene, whose image is written to `folder`.
    """
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
