"""Computes the size of a local model from its configuration, without its weights."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blindspot.models.description import Local
from blindspot.models.loading import base_of
from blindspot.training.grpo import adapters, freeze_vision
from blindspot.training.options import TrainingParams

BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
#: Bytes of a weight of a linear layer that bitsandbytes quantizes, with its scales (4 bits: one float32 for 64).
QUANTIZED = {"4bit": 0.5 + 4 / 64, "8bit": 1.0}


@dataclass(frozen=True)
class Size:
    """The size of a model, in numbers unless a name says bytes.

    `dtype_bytes`: bytes of an unquantized weight. `weight_bytes`: all weights as loaded. `kv`: keys and values of one
    token. The others: of the language model; `context` is the longest sequence.
    """

    parameters: int
    dtype_bytes: int
    weight_bytes: float
    kv: int
    hidden: int
    intermediate: int
    layers: int
    vocabulary: int
    context: int


Sizes = Mapping[str, Size | None]


def size_of(source: Local) -> Size | None:
    """Returns the size of a model, or None if its configuration is not on this machine.

    Builds the model without memory for its weights (PyTorch's device meta). An adapter has the size of its base.
    """
    found = _on_meta(source)
    return None if found is None else measure(found, source)


def sizes_of(sources: Iterable[Local]) -> Sizes:
    """Returns the sizes of models by their names."""
    return {source.model: size_of(source) for source in sources}


def measure(model: Any, source: Local) -> Size:
    """Returns the size of a model on the device meta, as loaded by `source`."""
    import torch

    config = model.config
    text = config.get_text_config(decoder=True)
    dtype = str(config.dtype or "float32").removeprefix("torch.") if source.dtype == "auto" else source.dtype
    output = model.get_output_embeddings()
    linear = sum(
        module.weight.numel()
        for module in model.modules()
        if isinstance(module, torch.nn.Linear) and module is not output
    )
    parameters, each = model.num_parameters(), BYTES.get(dtype, 4)
    quantized = QUANTIZED.get(source.quantization or "")
    weight_bytes = parameters * each if quantized is None else (parameters - linear) * each + linear * quantized
    heads = text.num_attention_heads
    head = getattr(text, "head_dim", None) or text.hidden_size // heads
    kv_heads = getattr(text, "num_key_value_heads", None) or heads
    return Size(
        parameters=parameters,
        dtype_bytes=each,
        weight_bytes=weight_bytes,
        kv=2 * text.num_hidden_layers * kv_heads * head,
        hidden=text.hidden_size,
        intermediate=text.intermediate_size,
        layers=text.num_hidden_layers,
        vocabulary=text.vocab_size,
        context=text.max_position_embeddings,
    )


def trained_parameters(source: Local, params: TrainingParams) -> int | None:
    """Returns how many numbers the training updates; None if the model's configuration is not on this machine."""
    model = _on_meta(source)
    return None if model is None else count_trained(model, source, params)


def count_trained(model: Any, source: Local, params: TrainingParams) -> int:
    """Returns how many numbers the training updates in a model on the device meta: adapters, or weights."""
    from peft import get_peft_model

    frozen = freeze_vision(model, source) if params.freeze_vision else None
    config = adapters(source, params.lora, frozen)
    trained = model if config is None else get_peft_model(model, config)
    return sum(one.numel() for one in trained.parameters() if one.requires_grad)


def _on_meta(source: Local) -> Any:
    """Returns the model on the device meta, or None if its configuration is not on this machine."""
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText

    base = base_of(source)
    try:
        config = AutoConfig.from_pretrained(base.model, revision=base.revision, local_files_only=True)
    except (OSError, ValueError):
        return None
    with torch.device("meta"):
        return AutoModelForImageTextToText.from_config(config)


def stored_bytes(source: Local) -> int | None:
    """Returns the bytes of a model's weights in its folder or in the cache of the Hub; None if they are not here."""
    folder = Path(source.model)
    if not folder.is_dir():
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

        try:
            folder = Path(snapshot_download(source.model, revision=source.revision, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError):
            return None
    return sum(file.stat().st_size for file in folder.rglob("*.safetensors")) or None
