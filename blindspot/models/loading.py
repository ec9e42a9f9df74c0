"""Loads the weights and the processor of a local VLM."""

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from blindspot.distributed import process_state
from blindspot.errors import BlindspotError
from blindspot.models.conversation import refuse_broken_template
from blindspot.models.description import Local
from blindspot.models.loading_errors import explain
from blindspot.models.model_folder import ADAPTER, CONFIG, FIX, read_config, refuse_broken, refuse_unknown_class
from blindspot.store import digest

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
#: JSON files of a checkpoint that hold the state of the training. Its other state is in pickles.
TRAINING = ("blindspot.json", "trainer_state.json")


def model_files(folder: Path) -> list[Path]:
    """Returns the files of a checkpoint that belong to its model: weights, configuration, processor."""
    suffixes = (".safetensors", ".json", ".jinja", ".model", ".txt")
    return sorted(file for file in folder.iterdir() if file.suffix in suffixes and file.name not in TRAINING)


def in_folder(folder: Path) -> Local:
    """Returns the description of the weights in a folder, with all defaults. Raises BlindspotError if it has none."""
    if not any((folder / name).is_file() for name in (CONFIG, ADAPTER)):
        reason = "no config.json" if folder.is_dir() else "no such folder"
        raise BlindspotError(f"{folder} contains no model ({reason})", FIX)
    return Local.model_validate({"model": str(folder)})


def is_adapter(source: Local) -> bool:
    """Returns whether the description names a folder of a LoRA adapter, rather than a whole model."""
    return (Path(source.model) / ADAPTER).is_file()


def base_of(source: Local) -> Local:
    """Returns the base model of a LoRA adapter, as peft recorded it, or `source` itself for a whole model.

    Raises BlindspotError if the adapter names no base model.
    """
    if not is_adapter(source):
        return source
    file = Path(source.model) / ADAPTER
    config = read_config(file)
    base, revision = config.get("base_model_name_or_path"), config.get("revision")
    if not isinstance(base, str) or not base.strip():
        raise BlindspotError(f"{file} names no base model", "set base_model_name_or_path in it")
    return source.model_copy(update={"model": base, "revision": revision})


def load(source: Local, on_cpu: bool = False) -> tuple[Any, Any]:
    """Returns the processor and the model, loaded from safetensors only.

    A LoRA adapter is merged into the base model if that is in float32. Otherwise it stays a separate module, because
    a merge would round small changes off. `on_cpu`: whether the model stays in main memory.

    Raises BlindspotError if the model is not a VLM with a chat template, or cannot be loaded as described.
    """
    processor = load_processor(source)  # before the weights, which may take minutes or a download of gigabytes
    with _explained(source):
        return processor, _load_model(source, on_cpu).eval()


def load_processor(source: Local) -> Any:
    """Returns the processor of a model. Reads no weights, except the headers of those in a folder.

    Raises BlindspotError if the model has a class, a processor or a chat template that is not that of a VLM, or if a
    package of its processor is missing.
    """
    refuse_missing(source)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    with _explained(source):
        processor = _load_processor(source)
    if getattr(processor, "image_processor", None) is None:
        kind = type(processor).__name__
        raise BlindspotError(
            f"{source.model} has no image processor: its {kind} takes no images",
            "add preprocessor_config.json or processor_config.json, or name a vision-language model",
        )
    tokenizer = processor.tokenizer
    if not getattr(processor, "chat_template", None):
        processor.chat_template = getattr(tokenizer, "chat_template", None)
    refuse_broken_template(processor, source.model, source.chat_template_kwargs)
    tokenizer.padding_side = "left"
    if tokenizer.pad_token is None:  # TRL's trainers do the same
        tokenizer.pad_token = tokenizer.eos_token
    return processor


@contextmanager
def _explained(source: Local) -> Iterator[None]:
    """Raises what libraries raise as a BlindspotError."""
    try:
        yield
    except BlindspotError:
        raise
    except Exception as error:  # noqa: BLE001 - libraries raise errors of any type for a broken folder
        raise explain(source, base_of(source), error) from None


def save_whole(source: Local, folder: Path) -> None:
    """Writes the whole model and its processor to `folder`. A LoRA adapter is merged into its base, in float32."""
    if not is_adapter(source) and Path(source.model).is_dir():
        for file in model_files(Path(source.model)):
            shutil.copy(file, folder)
        return
    dtype = "float32" if is_adapter(source) else source.dtype
    whole = source.model_copy(update={"quantization": None, "device_map": None, "dtype": dtype})
    processor, model = load(whole, on_cpu=True)  # the devices hold other models
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def weights_of(source: Local, model: Any) -> str:
    """Returns what identifies the weights: a digest of their folders, or the commit of a model on the Hub."""
    folders = [Path(name) for name in dict.fromkeys((source.model, base_of(source).model)) if Path(name).is_dir()]
    return digest(*folders) if folders else str(getattr(model.config, "_commit_hash", None) or source.revision)


def _load_processor(source: Local) -> Any:
    """Returns the processor of an adapter if it has one, otherwise that of the base model."""
    from transformers import AutoProcessor
    from transformers.utils.hub import cached_file

    base, folder = base_of(source), Path(source.model)
    if not Path(base.model).is_dir():  # a model on the Hub, whose folder is not there to be examined
        config = cached_file(base.model, CONFIG, revision=base.revision)
        refuse_unknown_class(base.model, read_config(Path(str(config))), base.trust_remote_code)
    own = base is source or any((folder / f"{name}processor_config.json").is_file() for name in ("", "pre"))
    options = {"revision": base.revision, "trust_remote_code": base.trust_remote_code}
    return AutoProcessor.from_pretrained(source.model if own else base.model, **options)


def _load_model(source: Local, on_cpu: bool) -> Any:
    import torch
    from transformers import AutoModelForImageTextToText

    base = base_of(source)
    options = {"revision": base.revision, "trust_remote_code": base.trust_remote_code}
    loaded: Any = AutoModelForImageTextToText.from_pretrained(
        base.model, output_loading_info=True, **options, **_loading_options(base)
    )
    model, report = loaded
    if missing := sorted(report["missing_keys"]):  # transformers would fill them with random numbers
        raise BlindspotError(
            f"{base.model} lacks {len(missing)} of the weights of its model ({', '.join(missing[:3])})",
            "download or save the folder again",
        )
    if not (source.device_map or source.quantization or on_cpu):
        model = model.to(process_state().device)
    if base is not source:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, source.model)
        if model.dtype == torch.float32:  # merged into other weights, small changes would be rounded off
            model = model.merge_and_unload()
    return model


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
    _refuse_broken_folders(source, base_of(source))


def _refuse_broken_folders(source: Local, base: Local) -> None:
    if base is not source:
        refuse_broken(Path(source.model))
    folder = Path(base.model)
    if not folder.is_dir() and HUB_ID.fullmatch(base.model):
        return
    if base is not source and not (folder / CONFIG).is_file():
        problem = f"the base model {folder} of the adapter {source.model} is no folder with a model"
        raise BlindspotError(problem, f"restore it, or change base_model_name_or_path in {ADAPTER}")
    in_folder(folder)
    refuse_broken(folder, base.trust_remote_code)
