"""What the report says that each model was sent."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from blindspot.judges.prompts import ask_sameness, ask_validity
from blindspot.pool.questions import Pool, PoolQuestion
from blindspot.questioner.prompts import question_prompt
from blindspot.report.asking import Asking, Sent
from tests.report.site import EVERY_PARAM, PROMPTS

QUESTION = 'is it "red" ?'
ROW: dict[str, Any] = {
    "rollout_id": "base-000300",
    "method": "base",
    "image_id": "a",
    "question": QUESTION,
    "answer": "no",
    "reference": "yes",
    "questioner": "mine@1",
    "verifier": "judge@1",
    "mode_id": None,
    "target": (),
}
OPEN = PoolQuestion("q", "a", "which ?", ("red", "A"), {"A": "red", "B": "blue"})


def sent(
    pool: Pool | None = None, verifier: dict[str, Any] | None = None, model: str = "m", **more: Any
) -> list[Sent]:
    params = EVERY_PARAM | {"candidate": {"model": model}, "verifier": EVERY_PARAM["verifier"] | (verifier or {})}
    return [*Asking(PROMPTS, params, pool).sent(ROW | more)]


def test_the_questioner_was_sent_its_prompt_with_the_temperature_and_the_seed_of_the_block() -> None:
    questioner, *_ = sent()
    assert questioner.prompt == question_prompt(PROMPTS["questioner"])
    assert questioner.note == "Temperature 0.9. Seed 256, of the block of questions with this one."


def test_a_question_of_a_quota_was_asked_for_the_features_of_the_mode() -> None:
    target = ("counting", "all")
    questioner, *_ = sent(method="quota", rollout_id="quota-000-000001", mode_id="counting--all", target=target)
    assert questioner.prompt == question_prompt(PROMPTS["questioner"], ("counting", "all"))
    assert questioner.prompt != question_prompt(PROMPTS["questioner"]) and "derived from" in questioner.note


@pytest.mark.parametrize(
    ("identity", "note"),
    [
        ("templates/1", "Templates write the question"),
        ("pool/1", "drawn from the pool with the seed 0"),
    ],
)
def test_a_prompt_that_is_not_known_or_does_not_exist_is_not_invented(identity: str, note: str) -> None:
    questioner, *_ = sent(questioner=identity, method="trained", rollout_id="trained-000001")
    assert questioner.prompt is None and note in questioner.note


def test_a_question_of_the_trained_questioner_has_the_prompt_with_its_own_target() -> None:
    target = ("counting", "answer 4")
    questioner, *_ = sent(questioner="mine@1, targets 12ab", method="trained", target=np.array(target, dtype=object))
    assert questioner.prompt == question_prompt(PROMPTS["questioner"], target)
    assert questioner.note.startswith("Several prompts with different targets were sent")


def test_the_candidate_was_sent_the_question_with_the_options_of_the_pool() -> None:
    assert sent()[1].prompt == PROMPTS["candidate"].render("answer", question=QUESTION)
    assert "A. red\nB. blue" in str(sent(Pool([OPEN]), question="which ?")[1].prompt)
    assert sent(question=" ")[1].prompt is None


def test_a_planted_candidate_got_no_prompt_and_that_of_an_extension_is_not_certain(tmp_path: Path) -> None:
    planted = tmp_path / "planted.yaml"
    planted.write_text(Path("configs/models/planted.yaml").read_text("utf-8"), "utf-8")
    assert sent(model=str(planted))[1].prompt is None
    assert "An extension may send another" in sent(model="extensions/mine.py")[1].note
    assert "extension" not in sent()[1].note


def test_the_judge_was_sent_two_prompts_or_one_if_the_question_is_invalid() -> None:
    vlm, prompts = {"kind": "vlm"}, PROMPTS["judge"]
    first, second = sent(verifier=vlm)[2:]
    assert first.prompt == ask_validity(QUESTION, prompts)
    assert second.prompt == ask_sameness(QUESTION, "yes", "no", prompts)
    assert first.note == "Temperature 0."
    assert [one.who for one in sent(verifier=vlm, reference=None)[2:]] == ["Judge, first step"]
    assert [one.prompt for one in sent(verifier=vlm, answer="")[2:]] == [None]


def test_votes_and_a_second_judge_are_named() -> None:
    judge = sent(verifier={"kind": "vlm", "votes": 3, "confirming_judge": "configs/models/endpoint.yaml"})[2]
    assert "voted 3 times at temperature 0.7, with the seeds 0 to 2" in judge.note
    assert "second judge" in judge.note


def test_a_judge_of_a_pool_was_sent_the_true_answers_only_if_there_is_one() -> None:
    pool, reference = Pool([OPEN]), {"kind": "reference"}
    [judge] = sent(pool, reference, question="which ?", answer="B")[2:]
    assert judge.prompt is None
    params = EVERY_PARAM | {"verifier": EVERY_PARAM["verifier"] | reference}
    row = ROW | {"question": "which ?", "verifier": "reference/1, llm@1"}
    [judge] = Asking(PROMPTS, params, pool).sent(row)[2:]
    assert judge.prompt == ask_sameness("which ?", "red or A: red", "no", PROMPTS["judge"])
    assert judge.note.startswith("Sent only if")


def test_other_verifiers_have_no_prompt() -> None:
    assert sent()[2] == Sent("Judge", None, "The oracle computes the verdict from the scene, without a model.")
    assert "extensions.mine.Mine gives the verdict" in sent(verifier={"kind": "extensions.mine.Mine"})[2].note
