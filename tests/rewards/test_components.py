from blindspot.records.verdict import Verdict
from blindspot.rewards.archive import Archive
from blindspot.rewards.components import COMPONENTS, components

QUESTION = "how many red stars are there ?"


def one(outcome: str, archive: Archive) -> dict[str, float | None]:
    verdict = Verdict(outcome, "oracle/1")  # type: ignore[arg-type]
    return {name: values[0] for name, values in components([QUESTION], [verdict], archive).items()}


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


def test_an_invalid_question_earns_nothing_for_its_novelty() -> None:
    assert one("invalid", Archive(4)) == dict.fromkeys(COMPONENTS, 0.0) | {"invalid": -1.0}


def test_an_error_is_neither_reward_nor_penalty() -> None:
    assert one("error", Archive(4)) == dict.fromkeys(COMPONENTS)


def test_asking_the_same_again_earns_less() -> None:
    assert one("failure", Archive(4, [QUESTION]))["semantic_diversity"] < 1e-6
    assert one("failure", Archive(4, [QUESTION]))["lexical_diversity"] == 0.0
