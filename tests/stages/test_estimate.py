"""What a run will take, from its parameters."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from blindspot.errors import BlindspotError
from blindspot.params import CandidateParams, VerifierParams
from stages.estimate import SAMPLE, STEP, judging, parts, sample, table
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.prepare import Params as PrepareParams
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams
from tests.images.photographs import save_unlike
from tests.project import REPOSITORY

TRAIN = TrainParams(steps=10, images_per_step=3, num_generations=4, checkpoint_every=4, max_new_tokens=20)
EXPLORE = ExploreParams(calls=20, together=10, proposals=60, max_new_tokens=25)
HARVEST = HarvestParams(calls=50, max_new_tokens=30)
VERIFY = VerifyParams()
CANDIDATE = CandidateParams(max_new_tokens=5)
NOBODY = str(REPOSITORY / "configs/models/none.yaml")


def test_calls_and_tokens_by_hand() -> None:
    rows = {part.name: part for part in parts(EXPLORE, TRAIN, HARVEST, VERIFY, CANDIDATE, validation=7, methods=3)}
    assert rows["train: GRPO"].calls == 10 * 3 * 4
    assert rows["train: checkpoints"].calls == (1 + 3) * 7  # before training, and at steps 4, 8 and 10
    assert rows["harvest"].calls == 150
    assert rows["explore"].calls == 20 and rows["explore"].question_tokens == 120 * 25
    assert rows["train: GRPO"].question_tokens == 120 * 20 and rows["train: GRPO"].answer_tokens == 120 * 5
    assert rows["harvest"].question_tokens == 150 * 30 and rows["harvest"].answer_tokens == 150 * 5


def test_no_training_asks_for_one_evaluation() -> None:
    train = TRAIN.model_copy(update={"steps": 0})
    calls = [part.calls for part in parts(EXPLORE, train, HARVEST, VERIFY, CANDIDATE, validation=7, methods=2)]
    assert calls == [20, 0, 7, 100, 0]


def test_repeats_are_at_most_three_a_round_of_all_that_is_harvested() -> None:
    again = parts(EXPLORE, TRAIN, HARVEST, VerifyParams(repeats=2), CANDIDATE, validation=7, methods=2)[-1]
    assert (again.name, again.calls, again.answer_tokens) == ("verify: repeats", 600, 600 * 5)


def test_the_table_adds_up_and_says_what_is_not_known() -> None:
    rows = parts(EXPLORE, TRAIN, HARVEST, VERIFY, CANDIDATE, validation=7, methods=3)
    *_, total = table(rows, seconds=6.0).splitlines()
    assert total.split()[:2] == ["total", "318"]
    assert float(total.split()[-1]) == pytest.approx((20 * 6 + 120 * STEP + 28 + 150) * 6 / 60, abs=0.1)
    assert all(line.endswith("?") for line in table(rows, seconds=None).splitlines()[1:])


def test_a_judge_is_asked_twice_about_each_answer_at_most() -> None:
    rows = parts(EXPLORE, TRAIN, HARVEST, VERIFY, CANDIDATE, validation=7, methods=3)
    judge = VerifierParams(kind="vlm", model="judge.yaml", max_new_tokens=100)
    assert "judge.yaml, 636 calls and 63,600 tokens" in judging(rows, judge, NOBODY)
    assert f"{3 * 636:,} calls" in judging(rows, judge.model_copy(update={"votes": 3}), NOBODY)
    assert "judge.yaml, 336 calls and 33,600 tokens; models/better, 300 calls" in judging(rows, judge, "models/better")
    assert "oracle" in judging(rows, VerifierParams(), NOBODY)


def test_images_are_sampled_as_they_would_be_written_and_unreadable_ones_left_out(tmp_path: Path) -> None:
    folder = save_unlike(tmp_path / "photos", 12)
    (folder / "a.png").write_bytes(b"")
    files = sample(PrepareParams(source="folder", folder=str(folder), max_side=16), tmp_path)
    assert [Image.open(file).size for file in files] == [(16, 11)] * SAMPLE
    for file in folder.glob("photo*"):
        file.write_bytes(b"")
    with pytest.raises(BlindspotError, match="not one image can be read"):
        sample(PrepareParams(source="folder", folder=str(folder)), tmp_path)


def test_a_run_with_other_parameters_is_estimated_as_itself() -> None:
    changes = ["-P", "harvest.calls=7", "-P", "train.steps=0", "-P", "explore.calls=0"]
    command = [sys.executable, "-m", "flows.discover", "-R", "recipes/scenes_448.yaml", *changes, "--estimate"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    rows = {line[:20].strip(): line[20:].split() for line in done.stdout.splitlines()}
    assert rows["explore"][0] == rows["train: GRPO"][0] == "0"
    assert rows["harvest"][0] == "21"
