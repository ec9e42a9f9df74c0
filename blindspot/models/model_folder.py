"""Examines a folder of weights without loading them, and names what keeps them from being loaded."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError

ADAPTER = "adapter_config.json"  # peft writes it into the folder of a LoRA adapter
ADAPTER_WEIGHTS = "adapter_model.safetensors"
CONFIG, WEIGHTS = "config.json", "model.safetensors"
INDEX = f"{WEIGHTS}.index.json"  # the shards of a large model
FIX = "name a folder that save_pretrained wrote, with config.json, model.safetensors and a processor"
POINTER = b"version https://git-lfs"
AGAIN = "download or save the folder again"
_OTHER = "name a model of a family in docs/architectures.md, or serve"


def refuse_broken(folder: Path, trust_remote_code: bool = False) -> None:
    """Raises BlindspotError if the weights in a folder are missing, broken or of a class that transformers lacks.

    Reads the configuration and the headers of the weights, of a whole model or of a LoRA adapter.
    """
    if not (folder / ADAPTER).is_file():
        refuse_unknown_class(str(folder), read_config(folder / CONFIG), trust_remote_code)
    for file in _weights(folder):
        _refuse_broken_file(file)


def read_config(path: Path) -> dict[str, Any]:
    """Returns a configuration file of a model. Raises BlindspotError if it is no JSON object."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError:
        raise BlindspotError(f"{path} has too many levels", AGAIN) from None
    except (OSError, ValueError) as error:
        raise BlindspotError(f"{path} cannot be read ({error})", _fix_of(path)) from None
    if not isinstance(found, dict):
        raise BlindspotError(f"{path} is no JSON object", AGAIN)
    return found


def unknown_class(where: str, name: str) -> BlindspotError:
    """Returns the error for a model class, or model_type, that transformers does not have."""
    import transformers

    return BlindspotError(
        f"transformers {transformers.__version__} does not know the model class {name} of {where}",
        f"install a newer transformers, {_OTHER} the model (docs/served_models.md)",
    )


def no_vision(where: str, name: str) -> BlindspotError:
    """Returns the error for a model_type that transformers has, but not as a vision-language model."""
    import transformers

    return BlindspotError(
        f"{where} is not a vision-language model: transformers {transformers.__version__} has no class for its "
        f"model_type {name} that writes text about images",
        f"{_OTHER} a vision-language model of another family (docs/served_models.md)",
    )


def refuse_unknown_class(where: str, config: dict[str, Any], trust_remote_code: bool) -> None:
    """Raises BlindspotError if transformers has no VLM class for a configuration. `where`: its folder or Hub id."""
    from transformers import AutoModelForImageTextToText
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    name, own_code = config.get("model_type"), bool(config.get("auto_map"))
    if own_code and trust_remote_code:
        return
    if not isinstance(name, str) or not name:
        raise BlindspotError(f"{where}/{CONFIG} has no model_type", FIX)
    if name not in CONFIG_MAPPING:
        if own_code:
            raise BlindspotError(
                f"{where} is a model of the type {name}, whose code is in the folder",
                "set trust_remote_code: true in a file such as configs/models/local.yaml if you trust that code",
            )
        classes = config.get("architectures")
        raise unknown_class(where, str(classes[0]) if isinstance(classes, list) and classes else name)
    if CONFIG_MAPPING[name] not in AutoModelForImageTextToText._model_mapping:
        raise no_vision(where, name)


def _weights(folder: Path) -> Iterator[Path]:
    """Yields the files of the weights. Raises BlindspotError if there are none, or if one that is named is missing."""
    if (folder / ADAPTER).is_file():
        names = [ADAPTER_WEIGHTS]
    elif (folder / WEIGHTS).exists() or not (folder / INDEX).is_file():
        names = [WEIGHTS]
    else:
        shards = read_config(folder / INDEX).get("weight_map")
        if not isinstance(shards, dict) or not shards:
            raise BlindspotError(f"{folder / INDEX} has no weight_map", AGAIN)
        names = sorted({str(name) for name in shards.values()})
    for name in names:
        if not (folder / name).is_file():
            pickles = [*folder.glob("*.bin"), *folder.glob("*.pt"), *folder.glob("*.pth")]
            found = f"; {pickles[0].name} is a pickle, which is not loaded" if pickles else ""
            fix = "save the model again as safetensors" if pickles else AGAIN
            raise BlindspotError(f"{folder} lacks its weights {name}{found}", fix)
        yield folder / name


def _refuse_broken_file(file: Path) -> None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="np"):
            return
    except (SafetensorError, OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise BlindspotError(f"the weights {file} are truncated or broken ({reason})", _fix_of(file)) from None


def _fix_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            pointer = opened.read(len(POINTER)) == POINTER
    except OSError:
        pointer = False
    return "it is a Git LFS pointer: run `git lfs pull` in its folder" if pointer else AGAIN
