"""One training step before the first call of explore."""

from pathlib import Path

import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.models.description import Local
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.training.rehearsal import _one_batch, rehearse
from tests.models.architectures import build
from tests.project import REPOSITORY
from tests.training.scripted import training_params


@pytest.mark.parametrize("rank", [0, 4])
def test_a_questioner_that_can_be_trained_passes_and_leaves_nothing(
    rank: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, [image] = build("llava", tmp_path / "model"), pictures_of(draw_scenes(1, seed=1), tmp_path)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(REPOSITORY)
    assert rehearse(Local(model=str(start)), training_params(lora={"rank": rank}), image, steps=2) > 0  # seconds
    assert sorted(tmp_path.rglob("*")) == before


def test_what_the_training_raises_becomes_one_line(tmp_path: Path) -> None:
    start, [image] = build("llava", tmp_path / "model"), pictures_of(draw_scenes(1, seed=1), tmp_path)
    wrong = training_params(lora={"rank": 4, "targets": "no_such_module"})
    with pytest.raises(
        BlindspotError, match=r"model cannot be trained \(.*: Target modules no_such_module .*: change"
    ):
        rehearse(Local(model=str(start)), wrong, image)


@pytest.mark.parametrize(
    ("images_per_step", "num_generations", "batch_size", "wanted"),
    [(8, 8, 64, (2, 32)), (8, 8, 4, (2, 2)), (2, 4, 1, (1, 2)), (1, 3, 3, (1, 3)), (1, 2, 2, (1, 2))],
)
def test_the_step_is_one_full_batch(
    images_per_step: int, num_generations: int, batch_size: int, wanted: tuple[int, int]
) -> None:
    params = training_params(
        images_per_step=images_per_step, num_generations=num_generations, batch_size=batch_size, steps=9
    )
    chosen, targets = _one_batch(params, 1)
    assert (chosen.images_per_step, chosen.num_generations) == wanted and len(targets) == wanted[0]
    assert chosen.steps == 1 and chosen.batches_of_process()[0] == min(batch_size, chosen.questions_per_step)


def test_a_new_learning_rate_does_not_repeat_the_exploration() -> None:
    explore = yaml.safe_load((REPOSITORY / "dvc.yaml").read_text("utf-8"))["stages"]["explore"]
    assert [name for name in explore["params"] if name.startswith("train")] == ["train.base_model", "train.prompts"]
    assert not [path for path in explore["deps"] if path.startswith(("blindspot/training", "stages/train"))]
