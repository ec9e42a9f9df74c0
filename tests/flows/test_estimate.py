"""The cost of a run, from its parameters."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from blindspot.errors import BlindspotError
from blindspot.params import CandidateParams, VerifierParams
from flows.estimate import SAMPLE, STEP, describe_judge, parts, table, write_sample
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.prepare import Params as PrepareParams
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams
from tests.images.photographs import save_unlike
from tests.project import REPOSITORY

TRAIN = TrainParams(
    base_model="any", steps=10, images_per_step=3, num_generations=4, checkpoint_every=4, max_new_tokens=20
)
EXPLORE = ExploreParams(calls=20, together=10, proposals=60, max_new_tokens=25)
HARVEST = HarvestParams(base="any", calls=50, quota=25, max_new_tokens=30)
VERIFY = VerifyParams()
CANDIDATE = CandidateParams(model="any", max_new_tokens=5)
NO_MODEL = str(REPOSITORY / "configs/models/none.yaml")


def test_calls_and_tokens_by_hand() -> None:
    rows = {part.name: part for part in parts(EXPLORE, TRAIN, HARVEST, VERIFY, CANDIDATE, validation=7, methods=3)}
    assert rows["train: GRPO"].calls == 10 * 3 * 4
    assert rows["train: checkpoints"].calls == (1 + 3) * 7  # before training, and at steps 4, 8 and 10
    assert rows["harvest"].calls == 150 and rows["harvest: 8 quotas"].calls == 8 * 25
    assert rows["explore"].calls == 20 and rows["explore"].question_tokens == 120 * 25
    assert rows["train: GRPO"].question_tokens == 120 * 20 and rows["train: GRPO"].answer_tokens == 120 * 5
    assert rows["harvest"].question_tokens == 150 * 30 and rows["harvest"].answer_tokens == 150 * 5


def test_without_training_there_is_one_evaluation() -> None:
    train = TRAIN.model_copy(update={"steps": 0})
    calls = [part.calls for part in parts(EXPLORE, train, HARVEST, VERIFY, CANDIDATE, validation=7, methods=2)]
    assert calls == [20, 0, 7, 100, 8 * 25 * 3, 0]


def test_repeats_are_at_most_three_per_round_and_rollout() -> None:
    again = parts(EXPLORE, TRAIN, HARVEST, VerifyParams(repeats=2), CANDIDATE, validation=7, methods=2)[-1]
    assert (again.name, again.calls, again.answer_tokens) == ("verify: repeats", 4200, 4200 * 5)


def test_the_table_adds_up_and_marks_unknown_times() -> None:
    rows = parts(EXPLORE, TRAIN, HARVEST, VERIFY, CANDIDATE, validation=7, methods=3)
    *_, total = table(rows, seconds=6.0).splitlines()
    assert total.split()[:2] == ["total", "518"]
    assert float(total.split()[-1]) == pytest.approx((20 * 6 + 120 * STEP + 28 + 150 + 200) * 6 / 60, abs=0.1)
    assert all(line.endswith("?") for line in table(rows, seconds=None).splitlines()[1:])


def test_a_judge_is_called_at_most_twice_per_answer() -> None:
    rows = parts(EXPLORE, TRAIN, HARVEST, VERIFY, CANDIDATE, validation=7, methods=3)
    judge = VerifierParams(kind="vlm", model="judge.yaml", max_new_tokens=100)
    assert "judge.yaml, 1,036 calls and 103,600 tokens" in describe_judge(rows, judge, NO_MODEL)
    assert f"{3 * 1036:,} calls" in describe_judge(rows, judge.model_copy(update={"votes": 3}), NO_MODEL)
    assert "judge.yaml, 336 calls and 33,600 tokens; models/better, 700 calls" in describe_judge(
        rows, judge, "models/better"
    )
    assert "oracle" in describe_judge(rows, VerifierParams(kind="oracle"), NO_MODEL)


def test_sampled_images_are_written_as_prepare_writes_them_and_unreadable_ones_are_skipped(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 12)
    (folder / "a.png").write_bytes(b"")
    files = write_sample(PrepareParams(source="folder", folder=str(folder), max_side=16), tmp_path)
    assert [Image.open(file).size for file in files] == [(16, 11)] * SAMPLE
    for file in folder.glob("photo*"):
        file.write_bytes(b"")
    with pytest.raises(BlindspotError, match="no image can be read"):
        write_sample(PrepareParams(source="folder", folder=str(folder)), tmp_path)


def test_an_estimate_uses_the_recipe_and_the_changes() -> None:
    changes = ["-P", "harvest.calls=7", "-P", "train.steps=0", "-P", "explore.calls=0"]
    command = [sys.executable, "-m", "flows.discover", "-R", "recipes/scenes_448.yaml", *changes, "--estimate"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    rows = {line[:20].strip(): line[20:].split() for line in done.stdout.splitlines()}
    assert rows["explore"][0] == rows["train: GRPO"][0] == "0"
    assert rows["harvest"][0] == "21" and rows["harvest: 8 quotas"][0] == "0"  # nothing is searched
