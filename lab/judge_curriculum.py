"""Lessons for the embedded judges: a judge's prompts about scenes, with the replies of an exact judge.

Each fixed part of a prompt or a reply is one token, so that a model with a million weights can read and write the same
prompts and replies as any other judge. The reasoning in a reply goes through the nine places of the grid and names the
places of things that the question mentions: "a1 - - - - c2 - - -", with columns a to c from the left and rows 1 to 3
from the top. If the answer compares two values, they follow: "red blue".
"""

import random
from collections.abc import Sequence

from blindspot.judges.prompts import ask_sameness, ask_validity
from blindspot.judges.vlm import CRITERIA, Sameness, Validity
from blindspot.prompts.files import embedded_prompts
from blindspot.scenes.answers import NUMBER_WORDS
from blindspot.scenes.oracle import extreme, holds, matching, rule
from blindspot.scenes.question import ANSWERS, FAMILIES, Description, Question
from blindspot.scenes.scene import ATTRIBUTES, GRID, Scene, Thing
from blindspot.scenes.templates import ask, draw_freely, draw_question
from lab.scene_curriculum import place, places

#: The criterion that an invalid question misses, for each of the oracle's reasons.
MISSED_CRITERION = {
    "unparsed": "one_question",
    "no_referent": "true_premise",
    "ambiguous_referent": "objective",
    "same_referent": "true_premise",
}
# Shares of the questions: garbled, drawn for another scene, drawn without a check of validity.
GARBLED, OTHER_SCENE, UNCHECKED = 0.12, 0.12, 0.3
# Shares of the answers: equal to the reference, any value of any kind. The others may equal the reference by chance.
SAME, ANY_KIND = 0.4, 0.1
IN_WORDS = 0.3  # share of the numbers that an answer spells: "two"
UNKNOWN = "xyzzy"  # a word that is in no vocabulary
ANSWER_FORMS = ("{}", "{} .", "it is {}", "the answer is {}", "there are {}", "i see {}")
NOT_MENTIONED = "-"  # stands for a place without a thing that the question mentions
_SPELLED = {number: word for word, number in reversed(NUMBER_WORDS.items())}
_GAP = "@@"  # placeholder for the variable parts of a prompt or a reply; occurs in none of them


def words() -> list[str]:
    """Returns the words that the judges need besides those of questions."""
    in_answers = {word for form in ANSWER_FORMS for word in form.replace("{}", "").split()}
    return sorted({*places(), *_SPELLED.values(), *in_answers, ";", NOT_MENTIONED})


def phrases() -> list[str]:
    """Returns the fixed parts of the prompts and the replies."""
    own = embedded_prompts("judge")
    prompts = [ask_validity(_GAP, own), ask_sameness(_GAP, _GAP, _GAP, own)]
    replies = [_validity(_GAP, missed, "" if missed else _GAP) for missed in (None, *CRITERIA)]
    replies += [_sameness(_GAP, same) for same in (True, False)]
    return list(dict.fromkeys(part for text in prompts + replies for part in text.split(_GAP)))


def question_to_judge(scene: Scene, other_scene: Scene, rng: random.Random) -> str:
    """Draws a question about the scene. Three of four are valid.

    The others are drawn without a check of validity, drawn for `other_scene`, or garbled.
    """
    kind, family, full = rng.random(), rng.choice(FAMILIES), rng.choice((0.0, 1.0))
    if kind < OTHER_SCENE:
        question = draw_question(other_scene, family, rng, full)
    elif kind < OTHER_SCENE + UNCHECKED:
        question = draw_freely(scene, family, rng, full)
    else:
        question = draw_question(scene, family, rng, full)
    if question is None:
        return question_to_judge(scene, other_scene, rng)
    text = ask(question, rng)
    return _garbled(text, rng) if kind > 1 - GARBLED else text


def validity_lesson(scene: Scene, text: str) -> tuple[str, str]:
    """Returns the prompt of a judge's first step, whether a question is valid, and the correct reply."""
    ruling = rule(text, scene)
    reasoning = _reasoning(ruling.question, scene) if ruling.question else ""
    missed = None if ruling.reason is None else MISSED_CRITERION[ruling.reason]
    return ask_validity(text, embedded_prompts("judge")), _validity(reasoning, missed, ruling.answer or "")


def sameness_lesson(scene: Scene, rng: random.Random) -> tuple[str, str]:
    """Returns the prompt of a judge's second step, whether an answer equals the reference, and the correct reply.

    About half of the answers equal the reference.
    """
    question = draw_question(scene, rng.choice(FAMILIES), rng)
    if question is None:
        return sameness_lesson(scene, rng)
    values, kind = ANSWERS[question.answer_kind], rng.random()
    reference = rng.choice(values)
    answer = (
        reference if kind < SAME else rng.choice(values if kind < 1 - ANY_KIND else rng.choice([*ANSWERS.values()]))
    )
    spelled = _SPELLED[answer] if answer in _SPELLED and rng.random() < IN_WORDS else answer
    said = rng.choice(ANSWER_FORMS).format(spelled)
    prompt = ask_sameness(ask(question, rng), reference, said, embedded_prompts("judge"))
    return prompt, _sameness(f"{reference} ; {answer}", answer == reference)


def _validity(reasoning: str, missed: str | None, reference: str) -> str:
    criteria = {name: name != missed for name in CRITERIA}
    return Validity(reasoning=reasoning, **criteria, reference=reference).model_dump_json()


def _sameness(reasoning: str, same: bool) -> str:
    return Sameness(reasoning=reasoning, same=same).model_dump_json()


def _reasoning(question: Question, scene: Scene) -> str:
    """Returns the places of the things that the question mentions, in the order of the search, and compared values."""
    subjects, others = matching(question.subject, scene), matching(question.other or Description(), scene)
    if question.family == "extremum":
        return f"{_places(subjects)} ; {_places(extreme(str(question.word), subjects))}"
    if question.family == "two_hop":
        near = [thing for thing in subjects for other in others[:1] if holds(str(question.word), thing, other)]
        return f"{_places(others)} ; {_places(near)}" if len(others) == 1 else _places(others)
    if not question.other:
        return _places(subjects)
    return " ; ".join([_places(subjects), _places(others), *_compared(question, subjects, others)])


def _compared(question: Question, subjects: Sequence[Thing], others: Sequence[Thing]) -> list[str]:
    """Returns the two values that the answer compares, if any: counts, columns or rows (from 1), attributes."""
    if question.family == "comparison":
        return [f"{len(subjects)} {len(others)}"]
    if len(subjects) != 1 or len(others) != 1:
        return []
    if question.family == "same":
        values = [str(getattr(thing, str(question.attribute))) for thing in (*subjects, *others)]
    else:
        across = question.word in ("left_of", "right_of")
        values = [str((thing.column if across else thing.row) + 1) for thing in (*subjects, *others)]
    return [" ".join(values)]


def _places(things: Sequence[Thing]) -> str:
    """Returns every place of the grid: its name if it contains one of the things, otherwise NOT_MENTIONED."""
    occupied = {(thing.row, thing.column) for thing in things}
    grid = ((row, column) for row in range(GRID) for column in range(GRID))
    return " ".join(place(*one) if one in occupied else NOT_MENTIONED for one in grid)


def _garbled(text: str, rng: random.Random) -> str:
    """Returns the text with a word deleted, inserted, moved or replaced, or truncated: mostly no longer a question."""
    tokens = text.split()
    spot, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    kind = rng.randrange(5)
    if kind == 0:
        del tokens[spot]
    elif kind == 1:
        tokens.insert(spot, tokens[other])
    elif kind == 2:
        tokens.insert(other, tokens.pop(spot))
    elif kind == 3:
        tokens[spot] = rng.choice([*(word for values in ATTRIBUTES.values() for word in values), UNKNOWN])
    else:
        tokens = tokens[: spot + 1]
    return " ".join(tokens)
