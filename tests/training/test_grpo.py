import importlib
import inspect
import logging
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.models.description import Local, describe_local
from blindspot.models.local import LocalVLM
from blindspot.models.model_folder import ADAPTER
from blindspot.prompts.files import SCENES, read_prompts
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.training.grpo import (
    NO_REWARD,
    TRAINER_MODULE,
    _config,
    _dataset,
    _is_not_about_unscored,
    adapters,
    freeze_vision,
    refuse_impossible,
)
from blindspot.training.options import Lora
from tests.models.architectures import FAMILIES, build
from tests.training.scripted import training_params

START = describe_local("models/scenes-questioner", "start")
LORA = Lora.model_validate({"rank": 4})


def described(**keys: Any) -> Local:
    return Local.model_validate(keys)


@pytest.mark.parametrize("mode", ["colocate", "server"])
def test_vllm_without_its_package_is_refused(mode: str) -> None:
    with pytest.raises(BlindspotError, match=f"train.vllm.mode {mode} requires the package vllm"):
        refuse_impossible(START, training_params(vllm={"mode": mode}), 8)


def test_quantized_weights_are_trained_with_adapters_only() -> None:
    start = described(model="some/model", quantization="4bit")
    with pytest.raises(BlindspotError, match="some/model: weights quantized to 4bit cannot be trained"):
        refuse_impossible(start, training_params(), 8)
    refuse_impossible(start, training_params(lora=LORA), 8)


def test_an_adapter_cannot_be_trained(tmp_path: Path) -> None:
    (tmp_path / ADAPTER).write_text("{}")
    with pytest.raises(BlindspotError, match="is a LoRA adapter, which cannot be trained"):
        refuse_impossible(described(model=str(tmp_path)), training_params(lora=LORA), 8)


def test_fewer_images_than_a_step_needs_are_refused() -> None:
    with pytest.raises(BlindspotError, match=r"1 training images are fewer than train\.images_per_step, 2: lower it"):
        refuse_impossible(START, training_params(), 1)
    refuse_impossible(START, training_params(steps=0), 1)


def test_a_step_is_split_into_even_batches() -> None:
    assert [training_params(batch_size=size).batches_of_process() for size in (1, 4, 8, 64)] == [
        (1, 8),
        (4, 2),
        (8, 1),
        (8, 1),
    ]
    with pytest.raises(BlindspotError, match=r"8 questions per step .* in batches of 3"):
        refuse_impossible(START, training_params(batch_size=3), 8)


def test_trl_gets_batches_memory_options_and_the_reference(tmp_path: Path) -> None:
    start = described(model="some/model", revision="abc")
    config = _config(start, training_params(batch_size=2, bf16=True, gradient_checkpointing=False), 0, tmp_path)
    parts = (config.per_device_train_batch_size, config.gradient_accumulation_steps, config.steps_per_generation)
    assert parts == (2, 4, 4) and config.generation_batch_size == 8
    assert config.bf16 and not config.gradient_checkpointing
    assert config.model_init_kwargs == {"revision": "abc"}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_image_encoder_is_not_trained(family: str, tmp_path: Path) -> None:
    from peft import get_peft_model

    start = Local(model=str(build(family, tmp_path / family)))
    model = LocalVLM(start).model
    name = freeze_vision(model, start)
    parts = {key: one for key, one in model.named_parameters() if f"{name}." in key}
    assert parts and not any(one.requires_grad for one in parts.values())
    assert any(one.requires_grad for one in model.parameters())
    lora = adapters(start, LORA, name)
    assert lora is not None
    adapted = get_peft_model(model, lora)
    trained = [key for key, one in adapted.named_parameters() if one.requires_grad]
    assert trained and all("lora_" in key and f"{name}." not in key for key in trained)


def test_the_trainer_gets_the_prompts_of_the_file_and_the_system_prompt(tmp_path: Path) -> None:
    text = SCENES.read_text("utf-8").replace("form: thought", "form: thought\n  system: Be brief.")
    (tmp_path / "mine.yaml").write_text(text, "utf-8")
    prompts, images = read_prompts(tmp_path / "mine.yaml", "questioner"), pictures_of(draw_scenes(1, 1), tmp_path)
    vlm = LocalVLM(described(model="models/scenes-questioner"), prompts.system)
    rows = _dataset(images, [("counting",), ()], vlm, prompts)["prompt"]
    system = {"role": "system", "content": "Be brief."}
    assert [*rows] == [
        [system, {"role": "user", "content": "ask a question about the image : counting ."}],
        [system, {"role": "user", "content": "ask a question about the image ."}],
    ]


def test_trl_does_not_warn_about_unscored_questions() -> None:
    module = importlib.import_module(TRAINER_MODULE)
    assert NO_REWARD in inspect.getsource(module.GRPOTrainer)
    record = logging.LogRecord(TRAINER_MODULE, logging.WARNING, "", 0, f"{NO_REWARD} for: %s", ("row",), None)
    assert not _is_not_about_unscored(record)
    record.msg = "Some reward functions returned None: %s"
    assert _is_not_about_unscored(record)


def test_a_model_without_an_image_encoder_is_refused(tmp_path: Path) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(vocab_size=8, hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1)
    model = LlamaForCausalLM(config)
    with pytest.raises(BlindspotError, match=r"image encoder of some/model is not found: set train\.freeze_vision"):
        freeze_vision(model, described(model="some/model"))


def test_a_model_is_loaded_whole_although_zero3_partitions_the_trained_one() -> None:
    from transformers.integrations.deepspeed import (
        is_deepspeed_zero3_enabled,
        set_hf_deepspeed_config,
        unset_hf_deepspeed_config,
    )

    from blindspot.training.callbacks import without_zero3

    class Zero3:
        def is_zero3(self) -> bool:
            return True

    config = Zero3()
    set_hf_deepspeed_config(config)
    try:
        with without_zero3():
            assert not is_deepspeed_zero3_enabled()
        assert is_deepspeed_zero3_enabled()
    finally:
        unset_hf_deepspeed_config()
