"""Loads the weights and the processor of a local VLM."""

import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import Any

from blindspot.distributed import process_state
from blindspot.errors import BlindspotError
from blindspot.models.description import Local
from blindspot.store import digest, read_json

ADAPTER = "adapter_config.json"  # peft writes it into the folder of a LoRA adapter
FIX = "name a folder that save_pretrained wrote, with config.json, model.safetensors and a processor"
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
#: JSON files of a checkpoint that hold the state of the training. Its other state is in pickles.
TRAINING = ("blindspot.json", "trainer_state.json")
LOADING_ERRORS = (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError)


def model_files(folder: Path) -> list[Path]:
    """Returns the files of a checkpoint that belong to its model: weights, configuration, processor."""
    suffixes = (".safetensors", ".json", ".jinja", ".model", ".txt")
    return sorted(file for file in folder.iterdir() if file.suffix in suffixes and file.name not in TRAINING)


def in_folder(folder: Path) -> Local:
    """Returns the description of the weights in a folder, with all defaults. Raises BlindspotError if it has none."""
    if not any((folder / name).is_file() for name in ("config.json", ADAPTER)):
        reason = "no config.json" if folder.is_dir() else "no such folder"
        raise BlindspotError(f"{folder} contains no model ({reason})", FIX)
    return Local.model_validate({"model": str(folder)})


def is_adapter(source: Local) -> bool:
    """Returns whether the description names a folder of a LoRA adapter, rather than a whole model."""
    return (Path(source.model) / ADAPTER).is_file()


def base_of(source: Local) -> Local:
    """Returns the base model of a LoRA adapter, as peft recorded it, or `source` itself for a whole model."""
    if not is_adapter(source):
        return source
    config = read_json(Path(source.model) / ADAPTER)
    return source.model_copy(update={"model": config["base_model_name_or_path"], "revision": config.get("revision")})


def load(source: Local) -> tuple[Any, Any]:
    """Returns the processor and the model, loaded from safetensors only. A LoRA adapter is merged into its base.

    Raises BlindspotError if the model is not a VLM with a chat template, or cannot be loaded as described.
    """
    refuse_missing(source)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        processor, model = _load(source)
    except LOADING_ERRORS as error:
        raise _loading_error(source, error) from None
    if getattr(processor, "image_processor", None) is None:
        kind = type(processor).__name__
        raise BlindspotError(f"{source.model} is not a vision-language model (its {kind} takes no images)", FIX)
    if not getattr(processor, "chat_template", None):
        raise BlindspotError(
            f"the processor of {source.model} has no chat template", "set processor.chat_template and save it again"
        )
    tokenizer = processor.tokenizer
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:  # TRL's trainers do the same
        tokenizer.pad_token = tokenizer.eos_token
    return processor, model.eval()


def save_whole(source: Local, folder: Path) -> None:
    """Writes the whole model and its processor to `folder`. A LoRA adapter is merged into its base."""
    if not is_adapter(source) and Path(source.model).is_dir():
        for file in model_files(Path(source.model)):
            shutil.copy(file, folder)
        return
    processor, model = load(source.model_copy(update={"quantization": None, "device_map": None}))
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def weights_of(source: Local, model: Any) -> str:
    """Returns what identifies the weights: a digest of their folders, or the commit of a model on the Hub."""
    folders = [Path(name) for name in dict.fromkeys((source.model, base_of(source).model)) if Path(name).is_dir()]
    return digest(*folders) if folders else str(getattr(model.config, "_commit_hash", None) or source.revision)


def _load(source: Local) -> tuple[Any, Any]:
    from transformers import AutoModelForImageTextToText, AutoProcessor

    base = base_of(source)
    options = {"revision": base.revision, "trust_remote_code": base.trust_remote_code}
    model: Any = AutoModelForImageTextToText.from_pretrained(base.model, **options, **_loading_options(base))
    folder = Path(source.model)
    has_processor = base is source or any((folder / f"{name}processor_config.json").is_file() for name in ("", "pre"))
    processor = AutoProcessor.from_pretrained(source.model if has_processor else base.model, **options)
    if not (source.device_map or source.quantization):
        model = model.to(process_state().device)  # the merge is slow on one CPU thread
    if base is not source:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, source.model).merge_and_unload()
    return processor, model


def _loading_options(source: Local) -> dict[str, Any]:
    """Returns the keyword arguments of from_pretrained for a description."""
    import torch
    from transformers import BitsAndBytesConfig

    options: dict[str, Any] = {"dtype": source.dtype, "use_safetensors": True}
    if source.device_map:
        options["device_map"] = source.device_map
    if source.attention:
        options["attn_implementation"] = source.attention
    if source.quantization == "8bit":
        options["quantization_config"] = BitsAndBytesConfig(load_in_8bit=True)
    if source.quantization == "4bit":
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
        )
    return options


def refuse_missing(source: Local) -> None:
    """Raises BlindspotError if it is certain, without loading anything, that the model cannot be loaded."""
    if source.quantization and importlib.util.find_spec("bitsandbytes") is None:
        raise BlindspotError(
            f"{source.model}: quantization {source.quantization} requires the package bitsandbytes",
            "run `pip install bitsandbytes`, or set quantization: null",
        )
    if source.device_map and process_state().num_processes > 1:
        raise BlindspotError(
            f"{source.model}: device_map {source.device_map} requires one process, but there are "
            f"{process_state().num_processes}",
            "set device_map: null, or set launch.config to a file with one process",
        )
    base = base_of(source)
    if Path(base.model).is_dir() or not HUB_ID.fullmatch(base.model):
        in_folder(Path(base.model))


def _loading_error(source: Local, error: Exception) -> BlindspotError:
    reason = " ".join(str(error).split())[:200]
    if Path(base_of(source).model).is_dir():
        if isinstance(error, ImportError):
            return BlindspotError(
                f"{source.model} cannot be loaded as described ({reason})",
                "install the missing package, or change the description",
            )
        return BlindspotError(f"{source.model} cannot be loaded as a vision-language model ({reason})", FIX)
    return BlindspotError(
        f"{base_of(source).model} is not a local folder and cannot be downloaded from the Hugging Face Hub ({reason})",
        "check its id, its revision and the network, or name a folder",
    )
