"""The dtype in which a questioner trains and is handed over."""

from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file

from blindspot.models.description import Local
from blindspot.models.loading import load, save_whole
from blindspot.models.local import LocalVLM
from blindspot.training.options import TrainingParams
from tests.models.architectures import build
from tests.training.architecture_checks import of_many_shapes, trainer_of


@pytest.fixture(scope="module")
def halved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose weights are saved in bfloat16."""
    folder = tmp_path_factory.mktemp("halved")
    processor, model = load(Local(model=str(build("llava", folder / "whole")), dtype="bfloat16"))
    model.save_pretrained(folder / "model")
    processor.save_pretrained(folder / "model")
    return folder / "model"


def dtypes(folder: Path) -> set[torch.dtype]:
    return {one.dtype for one in load_file(folder / "model.safetensors").values()}


@pytest.mark.parametrize("bf16", [False, True])
def test_all_weights_train_in_float32_whatever_the_file_has(bf16: bool, halved: Path, tmp_path: Path) -> None:
    images = of_many_shapes(tmp_path / "images")
    trainer = trainer_of(halved, images, lambda *_: None, tmp_path / "work", lora={"rank": 0}, bf16=bf16)
    assert {one.dtype for one in [*trainer.model.parameters(), *trainer.ref_model.parameters()]} == {torch.float32}
    assert trainer.args.bf16 is bf16
    trainer.train()
    (tmp_path / "handed-over").mkdir()
    save_whole(Local(model=str(tmp_path / "work/checkpoint-1")), tmp_path / "handed-over")
    assert dtypes(halved) == {torch.bfloat16} and dtypes(tmp_path / "handed-over") == {torch.float32}


def test_adapters_train_in_float32_beside_the_weights_as_they_are(halved: Path, tmp_path: Path) -> None:
    images = of_many_shapes(tmp_path / "images")
    trainer = trainer_of(halved, images, lambda *_: None, tmp_path / "work", lora={"rank": 4}, bf16=True)
    found = {"lora_" in name: one.dtype for name, one in trainer.model.named_parameters()}
    assert found == {True: torch.float32, False: torch.bfloat16}


@pytest.fixture(scope="module")
def adapter(halved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter with small changes, as a training at a low learning rate makes them."""
    torch.manual_seed(0)
    lora = LoraConfig(r=4, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    adapted = get_peft_model(load(Local(model=str(halved)))[1], lora)
    for name, one in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(one, std=2e-4)
    adapted.peft_config["default"].base_model_name_or_path = str(halved)
    folder = tmp_path_factory.mktemp("adapter")
    adapted.save_pretrained(str(folder))
    return folder


def test_small_changes_of_adapters_survive_the_merge(halved: Path, adapter: Path, tmp_path: Path) -> None:
    save_whole(Local(model=str(adapter)), tmp_path)
    handed_over = load(Local(model=str(tmp_path)))[1].state_dict()
    base = load(Local(model=str(halved), dtype="float32"))[1]
    before = {name: one.clone() for name, one in base.state_dict().items()}
    wanted = PeftModel.from_pretrained(base, adapter).merge_and_unload().state_dict()
    changed = [name for name in wanted if not wanted[name].equal(before[name])]
    assert len(changed) > 10 and all(handed_over[name].equal(wanted[name]) for name in wanted)


def test_adapters_are_evaluated_without_a_rounding_merge(halved: Path, adapter: Path, tmp_path: Path) -> None:
    vlm, images = LocalVLM(Local(model=str(adapter))), of_many_shapes(tmp_path / "images")
    kept = {name: one for name, one in vlm.model.state_dict().items() if "lora_" in name}
    assert kept and {one.dtype for one in kept.values()} == {torch.float32}
    assert len(vlm.complete(images, ["is there a red star ?"] * 6, 2, 4, 1.0)) == 6


def test_the_image_encoder_is_frozen_by_default() -> None:
    assert TrainingParams.model_validate({}).freeze_vision
