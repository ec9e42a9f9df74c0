from blindspot.records.verdict import Verdict
from blindspot.rewards.archive import Archive
from blindspot.rewards.components import COMPONENTS, components

QUESTION = "how many red stars are there ?"


def one(outcome: str, archive: Archive) -> dict[str, float | None]:
    verdict = Verdict(outcome, "oracle/1")  # type: ignore[arg-type]
    return {name: values[0] for name, values in components([QUESTION], [verdict], [()], archive).items()}


def test_a_failure_earns_one_and_its_novelty() -> None:
    assert one("failure", Archive(4)) == {
        "failure": 1.0,
        "semantic_diversity": 1.0,
        "lexical_diversity": 1.0,
        "invalid": 0.0,
    }


def test_a_right_answer_earns_novelty_alone() -> None:
    assert one("correct", Archive(4))["failure"] == 0.0
    assert one("correct", Archive(4))["semantic_diversity"] == 1.0


def test_an_invalid_question_costs_its_penalty_alone() -> None:
    archive = Archive(4, [QUESTION])
    questions = [QUESTION, "is there a large blue circle ?", "novel babble", QUESTION]
    verdicts = [Verdict(outcome, "oracle/1") for outcome in ("failure", "correct", "invalid", "unscored")]  # type: ignore[arg-type]
    found = components(questions, verdicts, [()] * len(questions), archive)
    assert found["failure"] == [1.0, 0.0, 0.0, None]
    assert found["invalid"] == [0.0, 0.0, -1.0, None]
    for name in ("semantic_diversity", "lexical_diversity"):
        first, second, third, _ = found[name]
        assert first is not None and second is not None and first < second
        assert third == (first + second) / 2


def test_where_nothing_is_valid_nothing_is_diverse() -> None:
    assert one("invalid", Archive(4)) == dict.fromkeys(COMPONENTS, 0.0) | {"invalid": -1.0}


def test_an_error_is_neither_reward_nor_penalty() -> None:
    assert one("unscored", Archive(4)) == dict.fromkeys(COMPONENTS)


def test_asking_the_same_again_earns_less() -> None:
    assert one("failure", Archive(4, [QUESTION]))["semantic_diversity"] < 1e-6
    assert one("failure", Archive(4, [QUESTION]))["lexical_diversity"] == 0.0
