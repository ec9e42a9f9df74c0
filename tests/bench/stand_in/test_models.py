"""The replies of the stand-in's models, read by the readers of the product."""

import random
from collections import Counter

import pytest

from bench.stand_in.models import MISTAKES, WEAKNESSES, StandInCandidate, reply_as_judge, reply_as_questioner
from bench.stand_in.wording import draw_any, word, word_invalid
from blindspot.judges.prompts import ask_sameness, ask_validity
from blindspot.judges.vlm import CRITERIA, Sameness, Validity
from blindspot.prompts.files import default_prompts
from blindspot.questioner.prompts import question_prompt
from blindspot.questioner.reading import NoQuestion, read_question
from blindspot.records.answer import Answer
from blindspot.replies import THOUGHT_MARKS, read_reply, read_text
from blindspot.scenes.answers import understand
from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene, random_scene
from blindspot.taxonomy.reading.question_features import has_all

PROMPTS = default_prompts("questioner")


def scenes(count: int, seed: int = 0) -> list[Scene]:
    dice = random.Random(seed)
    drawn = (random_scene(dice) for _ in range(9 * count))
    return [scene for scene in drawn if len(scene.things) >= 4][:count]


def as_answer(reply: str) -> Answer:
    return read_text(reply, True, THOUGHT_MARKS)


def test_replies_of_the_questioner_are_read_as_one_question_or_as_none() -> None:
    """Fails for correct code with probability below 2e-3 over seeds.

    Binomial of 700 draws: 6.8 % invalid, 1.05 % refused, 96 % read, as measured in 8,000 draws.
    """
    dice, read = random.Random(1), [*range(0)]
    found = Counter[object]()
    for scene in scenes(700):
        asked = read_question(reply_as_questioner(question_prompt(PROMPTS), scene, dice), "json")
        ruling = rule(asked.question, scene)
        found[asked.reason or ("valid" if ruling.valid else "invalid")] += 1
        read.append(asked.answer is not None)
    assert found.keys() <= {"valid", "invalid", NoQuestion.DECLINED, NoQuestion.REFUSED}
    assert 0.035 < found["invalid"] / 700 < 0.11
    assert found[NoQuestion.REFUSED] and sum(read) > 0.9 * 700


@pytest.mark.parametrize(
    "target",
    [
        ("counting four or more",),
        ("counting", "answer 4 or more"),
        ("judging left-of", "answer yes"),
        ("judging positions", "answer no"),
        ("matching the size",),
        ("comparing counts (fewer)",),
        ("noticing absence",),
        ("finding the leftmost", "recognising red"),
        ("telling the colour", "2 details"),
    ],
)
def test_the_questioner_follows_the_words_of_an_instruction_more_often_than_by_chance(target: tuple[str, ...]) -> None:
    """Fails for correct code with probability below 1e-3 over seeds, for each target.

    Binomial of 150 draws: 11 % meet the rarest target (leftmost and red), 78 % the most frequent one, of which 21 %
    would meet it by chance, as measured in 600 draws or more.
    """
    shares = []
    for asked_for in (target, ()):
        dice, met = random.Random(2), 0
        for scene in scenes(150):
            asked = read_question(reply_as_questioner(question_prompt(PROMPTS, asked_for), scene, dice), "json")
            answer = rule(asked.question, scene).answer
            met += answer is not None and has_all(set(target), asked.question, answer)
        shares.append(met / 150)
    assert shares[0] > 2 * shares[1] and 0.03 < shares[0] < 0.95


def test_the_questioner_asks_something_else_than_the_past_questions() -> None:
    scene, repeated = scenes(1)[0], 0
    past = [word(question, random.Random(3)) for question in draw_any(scene, 40, random.Random(3))]
    for seed in range(100):
        asked = read_question(
            reply_as_questioner(question_prompt(PROMPTS, (), (), past), scene, random.Random(seed)), "json"
        )
        repeated += asked.question in past
    assert repeated < 5  # fails for correct code with probability 2e-9 (binomial: 1 repeat in 5,500 draws)


def test_the_questioner_asks_questions_like_the_failures_that_it_is_shown() -> None:
    shown, alike = (
        [('Is the red star to the left of the blue "square"?', "yes"), ("Is the star above the circle?", "no")],
        0,
    )
    for seed, scene in enumerate(scenes(60)):
        prompt = question_prompt(PROMPTS, ("asks whether",), shown)
        asked = read_question(reply_as_questioner(prompt, scene, random.Random(seed)), "json")
        alike += rule(asked.question, scene).family == "relation"
    assert alike > 20  # fails for correct code with probability 1e-5 (binomial of 60 draws at 0.61)


def test_the_candidate_fails_in_its_weaknesses_and_seldom_elsewhere() -> None:
    """Fails for correct code with probability 9e-4 over seeds (binomial: 3 % of about 1,090 questions outside)."""
    candidate, dice = StandInCandidate([*WEAKNESSES.values()]), random.Random(4)
    inside, outside = list[bool](), list[bool]()
    for scene in scenes(60):
        for question in draw_any(scene, 20, dice):
            text = word(question, dice)
            ruling = rule(text, scene)
            reply = candidate.reply(f"{text}\nAnswer with a word or a short phrase.", scene, dice)
            weak = any(Gap(gap).holds(facts_of(ruling, scene)) for gap in WEAKNESSES.values())
            (inside if weak else outside).append(understand(reply, question.answer_kind, question) == ruling.answer)
    assert len(inside) > 50 and not any(inside)
    assert MISTAKES / 2 < 1 - sum(outside) / len(outside) < 2 * MISTAKES


def test_the_judge_is_right_about_almost_all_questions_and_answers() -> None:
    """Fails for correct code with probability 2e-6 over seeds (binomial: 99 % of about 1,340 rulings are right)."""
    candidate, dice, right = StandInCandidate([*WEAKNESSES.values()]), random.Random(5), []
    for scene in scenes(150):
        texts = [word_invalid(scene, dice), *(word(question, dice) for question in draw_any(scene, 4, dice))]
        for text in texts:
            ruling = rule(text, scene)
            said = read_reply(as_answer(reply_as_judge(ask_validity(text), scene, dice)), Validity)
            assert said is not None
            right.append(all(getattr(said, name) for name in CRITERIA) == ruling.valid)
            if ruling.question is None or ruling.answer is None or not said.reference:
                continue
            reply = candidate.reply(text, scene, dice)
            same = read_reply(
                as_answer(reply_as_judge(ask_sameness(text, said.reference, reply), scene, dice)), Sameness
            )
            assert same is not None
            right.append(
                same.same == (understand(reply, ruling.question.answer_kind, ruling.question) == ruling.answer)
            )
    assert 0.96 < sum(right) / len(right) < 1
