"""The calls of the judges, by hand."""

from blindspot.params import VerifierParams
from flows.estimate.judges import judge_calls, judge_line
from flows.estimate.parts import Part
from tests.project import REPOSITORY

NO_MODEL = str(REPOSITORY / "configs/models/none.yaml")
ROWS = [Part("explore", 20, judged=20), Part("harvest: base", 50), Part("verify", 0, judged=50)]
JUDGE = VerifierParams(kind="vlm", model="judge.yaml", max_new_tokens=100)


def line(stronger: str = NO_MODEL, **changes: object) -> str:
    verifier = JUDGE.model_copy(update=changes)
    return judge_line(judge_calls(ROWS, verifier, stronger), verifier)


def test_a_judge_is_called_at_most_twice_per_answer_and_vote() -> None:
    assert line() == "judge: judge.yaml, 140 calls and 14,000 tokens at most"
    assert "420 calls" in line(votes=3)


def test_another_judge_may_judge_in_verify() -> None:
    assert "judge.yaml, 40 calls and 4,000 tokens; models/better, 100 calls" in line("models/better")


def test_the_oracle_and_the_comparison_of_texts_cost_nothing() -> None:
    assert line(kind="oracle") == "judge: the oracle, without cost"
    assert line(kind="reference", model=NO_MODEL) == "judge: none, answers are compared with the true answers"
