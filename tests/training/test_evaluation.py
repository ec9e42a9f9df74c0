"""The evaluation of a checkpoint whose questions are unscored."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.judges.oracle import OracleVerifier
from blindspot.models.description import describe_local
from blindspot.protocols import ProposedQuestion
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.training.evaluation import Evaluator
from tests.project import meter


class Asks:
    identity = "asks"

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        return [ProposedQuestion("how many things are there ?")] * len(images)


class Silent:
    identity = "silent"

    def answer(
        self, images: Sequence[Image], questions: Sequence[str], sampling: Sampling | None = None
    ) -> list[Answer]:
        return [Answer("", Unscored.CUT_OFF)] * len(images)


def test_training_stops_if_most_questions_are_unscored(tmp_path: Path) -> None:
    images = [Image(str(number), Path("none.png"), "validation") for number in range(4)]
    spent = meter()
    evaluator = Evaluator(lambda _: Asks(), Silent(), OracleVerifier("invalid"), images, tmp_path, None, spent)
    with pytest.raises(BlindspotError, match=r"4 of 4 validation questions are unscored: cut off × 4"):
        evaluator.evaluate(0, describe_local("models/any", "start"))
    assert evaluator.found() == []
    assert spent.calls["candidate_calls"] == 4 and spent.calls["judge_calls"] == 0  # no answer is judged
