from pathlib import Path

from blindspot.protocols import JudgedQuestions
from blindspot.records.image import Image
from blindspot.records.verdict import Verdict
from blindspot.rewards.archive import Archive
from blindspot.rewards.components import BUILT_IN, COMPONENTS, score_all

QUESTION = "how many red stars are there ?"


def judged(questions: list[str], verdicts: list[Verdict], archive: Archive) -> JudgedQuestions:
    images = [Image("a", Path("a.png"), "train")] * len(questions)
    return JudgedQuestions(images, questions, verdicts, [()] * len(questions), archive)


def one(outcome: str, archive: Archive) -> dict[str, float | None]:
    verdict = Verdict(outcome, "oracle/1")  # type: ignore[arg-type]
    return {name: values[0] for name, values in score_all(BUILT_IN, judged([QUESTION], [verdict], archive)).items()}


def test_the_reward_of_a_failure_is_one_and_its_novelty() -> None:
    assert one("failure", Archive(4)) == {
        "failure": 1.0,
        "semantic_diversity": 1.0,
        "lexical_diversity": 1.0,
        "invalid": 0.0,
    }


def test_the_reward_of_a_correct_answer_is_its_novelty_only() -> None:
    assert one("correct", Archive(4))["failure"] == 0.0
    assert one("correct", Archive(4))["semantic_diversity"] == 1.0


def test_an_invalid_question_costs_only_its_penalty() -> None:
    archive = Archive(4, [QUESTION])
    questions = [QUESTION, "is there a large blue circle ?", "novel babble", QUESTION]
    verdicts = [Verdict(outcome, "oracle/1") for outcome in ("failure", "correct", "invalid", "unscored")]
    found = score_all(BUILT_IN, judged(questions, verdicts, archive))
    assert found["failure"] == [1.0, 0.0, 0.0, None]
    assert found["invalid"] == [0.0, 0.0, -1.0, None]
    for name in ("semantic_diversity", "lexical_diversity"):
        first, second, third, _ = found[name]
        assert first is not None and second is not None and first < second
        assert third == (first + second) / 2


def test_without_valid_questions_diversity_is_zero() -> None:
    assert one("invalid", Archive(4)) == dict.fromkeys(COMPONENTS, 0.0) | {"invalid": -1.0}


def test_an_unscored_question_has_no_reward_and_no_penalty() -> None:
    assert one("unscored", Archive(4)) == dict.fromkeys(COMPONENTS)


def test_a_repeated_question_has_no_novelty() -> None:
    novelty = one("failure", Archive(4, [QUESTION]))["semantic_diversity"]
    assert novelty is not None and novelty < 1e-6
    assert one("failure", Archive(4, [QUESTION]))["lexical_diversity"] == 0.0
