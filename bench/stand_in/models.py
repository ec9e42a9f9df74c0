"""The three models of the stand-in: what each replies to a prompt about a scene."""

import json
import random
import re
from collections.abc import Sequence
from itertools import islice

from bench.stand_in.styles import as_json, thought
from bench.stand_in.wishes import Asked, instruction_in, wishes
from bench.stand_in.wording import draw_any, draw_by_habit, word, word_invalid
from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import Ruling, rule, rule_question
from blindspot.scenes.parse import parse
from blindspot.scenes.question import ANSWERS, Question
from blindspot.scenes.scene import Scene

#: The planted weaknesses of the candidate (docs/planted.md).
WEAKNESSES = {
    "counting four or more": "family == counting and answer >= 4",
    "left and right when the answer is yes": "family == relation and word in (left_of, right_of) and answer == yes",
    "comparing sizes": "family == same and attribute == size",
}
MISTAKES = 0.03  # of the candidate, outside of its weaknesses
INVALID = 0.07  # questions of the questioner with a false premise or an ambiguous description
MET = 0.8  # probability that the questioner tries to meet an instruction
TRIES = 80  # questions among which it looks for one that meets the instruction
IMITATES = 0.7  # probability that it prefers a question like those that the prompt shows as failures
DECLINES = 0.3  # probability that it declines if none of these does
UNSURE = 0.08  # wrong answers that it expects to its own questions
ODD = {"prose": 5, "bare": 2, "refused": 1, "declined": 1, "object": 91}  # styles of its replies, in percent
JUDGE_ERRORS = 0.01

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_LINE = re.compile(r"^(QUESTION|REFERENCE|ANSWER) = (.*)$", re.MULTILINE)
_PAST = re.compile(r'^- ("(?:[^"\\]|\\.)*")$', re.MULTILINE)
_FAILURE = re.compile(r'^- ("(?:[^"\\]|\\.)*"), correct answer: ', re.MULTILINE)
_REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I'm unable to view images, so I cannot ask a question about it.",
)
_DECLINED = ("I don't think a question of this kind fits this image.", '{"declined": true}')
Dice = random.Random


def reply_as_questioner(prompt: str, scene: Scene, rng: Dice) -> str:
    """Returns a reply with a question about the scene, or one that declines or refuses."""
    question = _choose(prompt, scene, rng)
    if question is None:
        return as_json({"declined": True}, rng)
    [style] = rng.choices([*ODD], [*ODD.values()])
    if style in ("refused", "declined"):
        return rng.choice(_REFUSALS if style == "refused" else _DECLINED)
    answer = _expected(question, scene, rng)
    if "<question>" in prompt:
        return f"<question>{question}</question>\n<answer>{answer}</answer>"
    if style == "bare" or "Reply with the question alone" in prompt:
        return question if rng.random() < 0.7 else thought(question, rng)
    if style == "prose":
        return f"**Question:** {question}\n\n**Answer:** {answer}"
    fields = {"question": question, "answer": answer}
    return as_json(fields | ({"declined": False} if "declined" in prompt and rng.random() < 0.6 else {}), rng)


def _choose(prompt: str, scene: Scene, rng: Dice) -> str | None:
    """Returns a question, or None to decline."""
    if rng.random() < INVALID:
        return word_invalid(scene, rng)
    wished = wishes(instruction_in(prompt))
    past = {json.loads(line) for line in _PAST.findall(prompt)}
    shown = {_kind(known) for text in _FAILURE.findall(prompt) if (known := parse(json.loads(text)))}
    for _ in range(4):
        drawn = draw_any(scene, TRIES, rng) if wished and rng.random() < MET else iter([draw_by_habit(scene, rng)])
        asked = [Asked(question, str(rule_question(question, scene).answer)) for question in islice(drawn, TRIES)]
        scores = [sum(wish.is_met(one) for wish in wished) for one in asked]
        if len(asked) > 1 and max(scores) < len(wished) and rng.random() < DECLINES:
            return None
        best = [one.question for one, score in zip(asked, scores, strict=True) if score == max(scores)]
        alike = [one for one in best if _kind(one) in shown] if rng.random() < IMITATES else []
        question = word(rng.choice(alike or best), rng)
        if question not in past:
            break
    return question


def _kind(question: Question) -> tuple[str | None, ...]:
    return question.family, question.attribute, question.word


def _expected(question: str, scene: Scene, rng: Dice) -> str:
    """Returns the answer that the questioner expects."""
    ruling = rule(question, scene)
    if not ruling.valid or rng.random() < UNSURE:
        return _wrong(ruling, rng)
    return _short(str(ruling.answer), rng)


class StandInCandidate:
    """Answers correctly, except where it has a weakness, and with a few random mistakes."""

    def __init__(self, gaps: Sequence[str]) -> None:
        self._gaps = [Gap(text) for text in gaps]

    def reply(self, prompt: str, scene: Scene, rng: Dice) -> str:
        """Returns the answer in words. `prompt`: the question in its first line."""
        ruling = rule(prompt.strip().partition("\n")[0], scene)
        if ruling.question is None:
            return "I am not sure."
        facts = facts_of(ruling, scene)
        wrong = not ruling.valid or any(gap.holds(facts) for gap in self._gaps) or rng.random() < MISTAKES
        return _in_words(_wrong(ruling, rng) if wrong else str(ruling.answer), ruling.question.family, rng)


def reply_as_judge(prompt: str, scene: Scene, rng: Dice) -> str:
    """Returns a judgement of a question's validity, or of the sameness of two answers."""
    data = {name: json.loads(text) for name, text in _LINE.findall(prompt)}
    errs = rng.random() < JUDGE_ERRORS
    if "ANSWER" in data:
        values = [_value(data[name], data["QUESTION"]) for name in ("REFERENCE", "ANSWER")]
        same = (values[0] is not None and values[0] == values[1]) != errs
        return as_json({"reasoning": f"The answer says {data['ANSWER']}.", "same": same}, rng)
    return as_json(_validity(rule(data["QUESTION"], scene), errs, rng), rng)


def _validity(ruling: Ruling, errs: bool, rng: Dice) -> dict[str, object]:
    names = ("one_question", "objective", "not_taste", "answerable", "true_premise")
    missed = {"unparsed": "not_taste", "no_referent": "true_premise"}.get(ruling.reason or "", "objective")
    if errs and ruling.valid and rng.random() < 0.5:
        return {"reasoning": "I cannot find it.", **dict.fromkeys(names, True), "true_premise": False, "reference": ""}
    if not ruling.valid and not (errs and ruling.question):
        return {"reasoning": "See below.", **dict.fromkeys(names, True), missed: False, "reference": ""}
    reference = _wrong(ruling, rng) if errs else _short(str(ruling.answer), rng)
    return {"reasoning": "Each thing can be found.", **dict.fromkeys(names, True), "reference": reference}


def _wrong(ruling: Ruling, rng: Dice) -> str:
    """Returns a wrong answer of the right kind. A wrong count is near the true one."""
    kind = ruling.question.answer_kind if ruling.question else "yes_no"
    if kind == "number" and ruling.answer is not None:
        count = int(ruling.answer)
        near = [str(one) for one in (count - 1, count - 1, count + 1, count - 2)]
        return rng.choice([one for one in near if one in ANSWERS[kind]])
    return rng.choice([answer for answer in ANSWERS[kind] if answer != ruling.answer])


def _short(answer: str, rng: Dice) -> str:
    text = _NUMBERS[int(answer)] if answer.isdecimal() and rng.random() < 0.2 else answer
    return text.capitalize() if rng.random() < 0.4 else text


def _in_words(answer: str, family: str, rng: Dice) -> str:
    text, style = _short(answer, rng), rng.random()
    if style < 0.5:
        return text
    if style < 0.8 or answer in ("yes", "no"):
        return f"{text.capitalize()}."
    return f"There are {text.lower()}." if family == "counting" else f"The answer is {text.lower()}."


def _value(text: str, question: str) -> str | None:
    """Returns the answer that a text gives: the first of the possible answers in it."""
    known = parse(question)
    possible = ANSWERS[known.answer_kind] if known else ANSWERS["yes_no"]
    words = (str(_NUMBERS.index(one)) if one in _NUMBERS else one for one in re.findall(r"\w+", text.lower()))
    return next((one for one in words if one in possible), None)
