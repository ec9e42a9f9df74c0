from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.models.description import Local, describe
from blindspot.models.loading import ADAPTER
from blindspot.training.grpo import _config, refuse_impossible
from blindspot.training.options import Lora, Vllm
from tests.training.scripted import schedule

START = describe("models/scenes-questioner")
LORA = Lora.model_validate({"rank": 4})


def described(**keys: Any) -> Local:
    return Local.model_validate(keys)


@pytest.mark.parametrize("mode", ["colocate", "server"])
def test_vllm_without_its_package_is_said(mode: str) -> None:
    with pytest.raises(BlindspotError, match=f"train.vllm.mode {mode} wants the package vllm"):
        refuse_impossible(START, schedule(vllm=Vllm.model_validate({"mode": mode})))


def test_quantized_weights_are_trained_by_adapters_alone() -> None:
    start = described(model="some/model", quantization="4bit")
    with pytest.raises(BlindspotError, match="some/model: weights quantized to 4bit cannot be trained"):
        refuse_impossible(start, schedule())
    refuse_impossible(start, schedule(lora=LORA))


def test_no_training_starts_from_an_adapter(tmp_path: Path) -> None:
    (tmp_path / ADAPTER).write_text("{}")
    with pytest.raises(BlindspotError, match="is a LoRA adapter, which no training starts from"):
        refuse_impossible(described(model=str(tmp_path)), schedule(lora=LORA))


def test_a_step_is_shared_out_in_even_batches() -> None:
    assert [schedule(batch_size=size).batch() for size in (1, 4, 8, 64)] == [(1, 8), (4, 2), (8, 1), (8, 1)]
    with pytest.raises(BlindspotError, match=r"8 completions a step .* in batches of 3"):
        refuse_impossible(START, schedule(batch_size=3))


def test_trl_is_told_of_batches_memory_and_where_the_reference_is(tmp_path: Path) -> None:
    start = described(model="some/model", revision="abc")
    config = _config(start, schedule(batch_size=2, bf16=True, gradient_checkpointing=False), tmp_path)
    parts = (config.per_device_train_batch_size, config.gradient_accumulation_steps, config.steps_per_generation)
    assert parts == (2, 4, 4) and config.generation_batch_size == 8
    assert config.bf16 and not config.gradient_checkpointing
    assert config.model_init_kwargs == {"revision": "abc"}


def test_a_model_is_loaded_whole_while_zero3_splits_the_one_in_training() -> None:
    from transformers.integrations.deepspeed import (
        is_deepspeed_zero3_enabled,
        set_hf_deepspeed_config,
        unset_hf_deepspeed_config,
    )

    from blindspot.training.callbacks import unsplit

    class Zero3:
        def is_zero3(self) -> bool:
            return True

    config = Zero3()
    set_hf_deepspeed_config(config)
    try:
        with unsplit():
            assert not is_deepspeed_zero3_enabled()
        assert is_deepspeed_zero3_enabled()
    finally:
        unset_hf_deepspeed_config()
