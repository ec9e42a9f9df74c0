"""Explains why a local model cannot be loaded: a missing package, memory, an unknown class, the Hub or the folder."""

import errno
import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.models.description import Local
from blindspot.models.model_folder import FIX, no_vision, unknown_class

#: Where messages of transformers, peft and Python name a package that is missing. The first that matches counts.
_PACKAGES = (
    re.compile(r"pip install ((?:[^\s`'\"]+ ?)+)"),
    re.compile(r"[Nn]o module named '([\w-]+)"),
    re.compile(r"[Nn]o package metadata was found for ([\w.-]+)"),
    re.compile(r"[Pp]ackage `?([\w-]+)`? (?:is required|seems to be not installed)"),
    re.compile(r"package for (FlashAttention)"),
    re.compile(r"requires (?:the )?(?:🤗 )?([\w-]+)"),
)
#: Names in messages, in lower case, and the names of the packages on PyPI.
_ON_PYPI = {"pil": "pillow", "cv2": "opencv-python", "sklearn": "scikit-learn", "flash_attn": "flash-attn"}
_ON_PYPI |= {"flashattention": "flash-attn", "pytorch": "torch", "pyav": "av", "google": "protobuf", "jinja": "jinja2"}
_UNKNOWN = re.compile(r"model type [`'\"]([\w.-]+)[`'\"] but Transformers does not recognize")
_LAZY = "Could not import module"  # transformers, where a module that it imports later fails
_NO_VISION = re.compile(r"Unrecognized configuration class <class '[\w.]*\.([\w]+)'>.*AutoModelForImageTextToText")


def explain(source: Local, base: Local, error: Exception) -> BlindspotError:
    """Returns the error for the user. `base`: the base model of a LoRA adapter, or `source` itself.

    A full disk is raised as it is.
    """
    chain = [*_chain(error)]
    if any(isinstance(one, OSError) and one.errno in (errno.ENOSPC, errno.EDQUOT) for one in chain):
        raise error
    if any("torchvision::" in str(one) for one in chain):
        return misfit(str(chain[-1]))
    cause = chain[-1] if str(error).startswith(_LAZY) else error
    reason = " ".join(str(cause).split())[:200] or type(cause).__name__
    packages = [name for one in chain if isinstance(one, ImportError) for name in missing_packages(str(one))]
    if packages:
        names = " ".join(dict.fromkeys(packages))
        return BlindspotError(
            f"{source.model} requires the package {names}", f"run `pip install {_with_torch(names)}`"
        )
    if isinstance(error, MemoryError) or "out of memory" in reason.lower():
        return BlindspotError(
            f"there is not enough memory to load {source.model} ({reason})",
            "set quantization or device_map in a file such as configs/models/local.yaml, or choose a smaller model",
        )
    if match := _UNKNOWN.search(reason):
        return unknown_class(base.model, match[1])
    if match := _NO_VISION.search(" ".join(str(error).split())):
        return no_vision(base.model, match[1])
    if isinstance(error, ImportError):
        return BlindspotError(f"{source.model} cannot be loaded as described ({reason})", "change its description")
    if Path(base.model).is_dir():
        return BlindspotError(f"{source.model} cannot be loaded as a vision-language model ({reason})", FIX)
    whose = "" if base is source else f", the base model of the adapter {source.model},"
    return BlindspotError(
        f"{base.model}{whose} is not a local folder and cannot be downloaded from the Hugging Face Hub ({reason})",
        "check its id, its revision and the network, or name a folder",
    )


def misfit(reason: str) -> BlindspotError:
    """Returns the error for a torchvision that does not fit torch: no model can be loaded."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ("torchvision", "torch")]
    return BlindspotError(
        f"{' does not fit '.join(versions)} ({reason})",
        "install versions that fit, for example `pip install torch==2.14.1 torchvision==0.29.1`",
    )


def missing_packages(message: str) -> list[str]:
    """Returns the packages that an error message names and that are not installed, in order."""
    text = " ".join(message.split())
    for pattern in _PACKAGES:
        named = dict.fromkeys(name for match in pattern.finditer(text) for name in _names(match[1]))
        if missing := [name for name in named if not _is_installed(name)]:
            return missing
    return []


def _with_torch(names: str) -> str:
    """Returns arguments of `pip install` that keep the installed torch: torchvision requires a torch of its own."""
    torch = importlib.metadata.version("torch").partition("+")[0]
    return f"torch=={torch} {names}" if "torchvision" in names.split() else names


def _names(words: str) -> Iterator[str]:
    """Yields the package names in the arguments of `pip install`, without versions and options."""
    for word in words.split():
        if word.startswith("--"):
            return
        name = re.split(r"[<>=!~;\[.,]", word)[0].strip("`'\"")
        if re.fullmatch(r"[A-Za-z0-9][\w-]*", name):
            yield _ON_PYPI.get(name.lower(), name.lower())
        elif not word.startswith("-"):
            return


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
