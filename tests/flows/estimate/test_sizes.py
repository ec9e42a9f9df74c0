"""Memory and disk space, from configurations without weights."""

from dataclasses import replace
from pathlib import Path

import pytest

from blindspot.models.description import Local
from blindspot.params import VerifierParams
from blindspot.training.options import Lora
from flows.estimate.disk import disk_line, training_bytes
from flows.estimate.memory import Launch, Models, memory_text, of_stages
from flows.estimate.sizes import Size, count_trained, measure, size_of, stored_bytes, trained_parameters
from tests.flows.estimate.given import GIVEN
from tests.models.full_size import on_meta
from tests.project import REPOSITORY

EMBEDDED = Local(model=str(REPOSITORY / "models/scenes-questioner"))
QWEN = Local(model="Qwen/Qwen2.5-VL-3B-Instruct", dtype="bfloat16")
ALL_WEIGHTS = Lora(rank=0)
ONE = Launch(1, False)
SMALL = Size(1000, 2, 2000, kv=10, hidden=8, intermediate=16, layers=2, vocabulary=50, context=100)


def test_the_size_of_a_folder_is_that_of_its_weights() -> None:
    size = size_of(EMBEDDED)
    assert size and size.parameters * 4 == pytest.approx(stored_bytes(EMBEDDED), rel=0.02)  # and a header
    assert size.weight_bytes == size.parameters * size.dtype_bytes


def test_quantization_compresses_the_linear_layers_only() -> None:
    model = on_meta(QWEN.model)
    whole, eight, four = (
        measure(model, QWEN.model_copy(update={"quantization": bits})).weight_bytes for bits in (None, "8bit", "4bit")
    )
    assert whole == model.num_parameters() * 2
    assert whole / 2 < eight < 0.7 * whole and whole / 4 < four < 0.5 * whole  # the embeddings keep 16 bits


def test_adapters_and_frozen_weights_are_counted() -> None:
    model = on_meta(QWEN.model)
    text = sum(one.numel() for name, one in model.named_parameters() if "visual" not in name)
    train = GIVEN.train
    assert count_trained(model, QWEN, train.model_copy(update={"lora": ALL_WEIGHTS})) == text
    per_layer = 16 * (2 * (2048 + 2048) + 2 * (2048 + 256) + 3 * (2048 + 11008))  # rank x (inputs + outputs)
    assert count_trained(on_meta(QWEN.model), QWEN, train) == 36 * per_layer


def test_the_memory_of_a_training_by_hand() -> None:
    train = GIVEN.train.model_copy(update={"lora": ALL_WEIGHTS, "batch_size": 4, "beta": 0.04})
    models = Models(SMALL, SMALL, SMALL, None, None, None)
    found = of_stages(models, replace(GIVEN, train=train), VerifierParams(kind="oracle"), 600, ONE)["train"]
    assert found["questioner"] == found["KL reference"] == 4000 and found["bfloat16 copy"] == 2000
    assert found["gradients and Adam"] == 600 * 4 * 3 and found["candidate"] == 2000
    activations = 4 * 100 * (2 * 8 + 4 * 8 + 3 * 16) * 2 + 3 * 4 * 20 * 50 * 4
    assert found["activations"] == activations  # the largest batch
    assert not {"cache of the questions", "cache of the candidate"} & found.keys()
    halves = of_stages(models, replace(GIVEN, train=train), VerifierParams(kind="oracle"), 600, Launch(2, True))
    assert halves["train"]["questioner"] == 2000 and halves["train"]["candidate"] == 2000


def test_the_trained_questioner_is_loaded_in_float32() -> None:
    models = Models(SMALL, SMALL, None, None, None, None)
    oracle = VerifierParams(kind="oracle")
    assert of_stages(models, GIVEN, oracle, 600, ONE)["harvest"]["questioner"] == 4000
    idle = replace(GIVEN, train=GIVEN.train.model_copy(update={"steps": 0}))
    stages = of_stages(models, idle, oracle, 0, ONE)
    assert stages["harvest"]["questioner"] == 2000 and "train" not in stages


def test_text_of_the_memory() -> None:
    assert memory_text({}).endswith("none, no model is loaded")
    assert memory_text("it is late") == "memory: unknown, because it is late"
    assert memory_text({"explore": {"candidate": 2e9, "judge": 1.26e9, "base": 1e6}, "verify": {"judge": 1e9}}) == (
        "memory of each process, at most about: explore 3.3 GB (candidate 2.0, judge 1.3); verify 1.0 GB"
    )


def test_the_disk_space_of_a_training_by_hand() -> None:
    adapters = GIVEN.train  # checkpoints at steps 4, 8 and 10
    assert training_bytes(adapters, SMALL, 50) == 2 * (50 * 4 * 3) + 4 * 50 * 4 + 4000
    full = adapters.model_copy(update={"lora": ALL_WEIGHTS})
    assert training_bytes(full, SMALL, 600) == 2 * (4000 + 2 * 600 * 4) + 4 * 4000 + 4000


def test_weights_that_are_not_here_count_and_unknown_ones_are_named(tmp_path: Path) -> None:
    given, hub = replace(GIVEN, start=QWEN), Local(model="someone/unknown")
    line = disk_line(given, [QWEN, hub, EMBEDDED], {QWEN.model: SMALL, hub.model: None, EMBEDDED.model: SMALL}, 0, 2e6)
    assert line.startswith("disk: 2 MB") and "without the weights of someone/unknown, whose size is unknown" in line
    large = replace(SMALL, parameters=10**9)
    assert disk_line(given, [QWEN], {QWEN.model: large}, 0, 0).startswith(
        "disk: 6,000 MB"
    )  # one copy, and the weights
    assert size_of(hub) is None and trained_parameters(hub, GIVEN.train) is None and stored_bytes(hub) is None
