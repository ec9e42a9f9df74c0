"""What the embedded judges learn from: a judge's prompts about scenes, and the replies that an exact judge would give.

Each fixed part of a prompt or a reply is one token to them, so that a model of a million weights reads and writes what
any judge does. Before they rule they go through the nine places of the grid and name those of the things that the
question speaks of: "a1 - - - - c2 - - -", columns a to c from the left, rows 1 to 3 from the top. Where two values are
to be compared they say these next: "red blue".
"""

import random
from collections.abc import Sequence

from blindspot.judges.prompts import ask_sameness, ask_validity
from blindspot.judges.vlm import CRITERIA, Sameness, Validity
from blindspot.scenes.answers import NUMBER_WORDS
from blindspot.scenes.oracle import extreme, holds, matching, rule
from blindspot.scenes.question import ANSWERS, FAMILIES, Description, Question
from blindspot.scenes.scene import ATTRIBUTES, GRID, Scene, Thing
from blindspot.scenes.templates import ask, draw_freely, draw_question
from lab.scene_curriculum import place, places

#: The criterion that a question misses, for each of the oracle's reasons.
MISSED = {
    "unparsed": "one_question",
    "no_referent": "true_premise",
    "ambiguous_referent": "objective",
    "same_referent": "true_premise",
}
GARBLED, ELSEWHERE, FREELY = 0.12, 0.12, 0.3  # of the questions: broken, drawn for another scene, drawn valid or not
SAME, ODD = 0.4, 0.1  # of the answers: the reference, any value there is; of the others some are the same by chance
SPOKEN = 0.3  # of the numbers that an answer says in words
UNKNOWN = "xyzzy"  # in no vocabulary
FORMS = ("{}", "{} .", "it is {}", "the answer is {}", "there are {}", "i see {}")
NOT = "-"  # said of a place that is not spoken of
_SPELLED = {number: word for word, number in reversed(NUMBER_WORDS.items())}
_GAP = "@@"  # in no prompt: what stands around it is fixed


def words() -> list[str]:
    """What the judges must spell beside the words of questions."""
    said = {word for form in FORMS for word in form.replace("{}", "").split()}
    return sorted({*places(), *_SPELLED.values(), *said, ";", NOT})


def phrases() -> list[str]:
    """The fixed parts of the prompts and of the replies."""
    prompts = [ask_validity(_GAP), ask_sameness(_GAP, _GAP, _GAP)]
    replies = [_validity(_GAP, missed, "" if missed else _GAP) for missed in (None, *CRITERIA)]
    replies += [_sameness(_GAP, same) for same in (True, False)]
    return list(dict.fromkeys(part for text in prompts + replies for part in text.split(_GAP)))


def question_to_judge(scene: Scene, elsewhere: Scene, rng: random.Random) -> str:
    """A question about the scene: three of four valid, others drawn freely, for the scene `elsewhere`, or broken."""
    kind, family, full = rng.random(), rng.choice(FAMILIES), rng.choice((0.0, 1.0))
    if kind < ELSEWHERE:
        question = draw_question(elsewhere, family, rng, full)
    elif kind < ELSEWHERE + FREELY:
        question = draw_freely(scene, family, rng, full)
    else:
        question = draw_question(scene, family, rng, full)
    if question is None:
        return question_to_judge(scene, elsewhere, rng)
    text = ask(question, rng)
    return _garbled(text, rng) if kind > 1 - GARBLED else text


def validity_lesson(scene: Scene, text: str) -> tuple[str, str]:
    """The prompt of the first step and the right reply to it."""
    ruling = rule(text, scene)
    evidence = _evidence(ruling.question, scene) if ruling.question else ""
    missed = None if ruling.reason is None else MISSED[ruling.reason]
    return ask_validity(text), _validity(evidence, missed, ruling.answer or "")


def sameness_lesson(scene: Scene, rng: random.Random) -> tuple[str, str]:
    """The prompt of the second step, about an answer that is as often the reference's as not, and the right reply."""
    question = draw_question(scene, rng.choice(FAMILIES), rng)
    if question is None:
        return sameness_lesson(scene, rng)
    values, kind = ANSWERS[question.answer_kind], rng.random()
    reference = rng.choice(values)
    answer = reference if kind < SAME else rng.choice(values if kind < 1 - ODD else rng.choice([*ANSWERS.values()]))
    said = _SPELLED[answer] if answer in _SPELLED and rng.random() < SPOKEN else answer
    prompt = ask_sameness(ask(question, rng), reference, rng.choice(FORMS).format(said))
    return prompt, _sameness(f"{reference} ; {answer}", answer == reference)


def _validity(reasoning: str, missed: str | None, reference: str) -> str:
    criteria = {name: name != missed for name in CRITERIA}
    return Validity(reasoning=reasoning, **criteria, reference=reference).model_dump_json()


def _sameness(reasoning: str, same: bool) -> str:
    return Sameness(reasoning=reasoning, same=same).model_dump_json()


def _evidence(question: Question, scene: Scene) -> str:
    """Where the things are that the question speaks of, in the order in which they are sought; what is compared."""
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
    """The two values on which the answer rests, where there are two: counts, columns or rows (from 1), attributes."""
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
    """Every place of the grid: its name where one of the things is, else NOT."""
    there = {(thing.row, thing.column) for thing in things}
    grid = ((row, column) for row in range(GRID) for column in range(GRID))
    return " ".join(place(*one) if one in there else NOT for one in grid)


def _garbled(text: str, rng: random.Random) -> str:
    """The text with a word lost, doubled, moved or put in from nowhere, or cut short: mostly no question any more."""
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
