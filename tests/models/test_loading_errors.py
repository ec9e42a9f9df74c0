import errno
from pathlib import Path

import pytest

from blindspot.errors import BlindspotError
from blindspot.models.description import Local
from blindspot.models.loading import load_processor
from blindspot.models.loading_errors import explain, missing_packages

#: messages of transformers, peft and Python, and the packages that they name
MESSAGES = [
    ("Package `num2wordz` is required to run the processor. Install it with `pip install num2wordz`.", "num2wordz"),
    ("No module named 'no_such.layers'", "no_such"),
    ("No package metadata was found for no-such", "no-such"),
    ("4-bit quantization requires no-such: `pip install -U no-such>=0.46.1`", "no-such"),
    ("these were not found: no_such_a, no_such_b. Run `pip install no_such_a no_such_b`", "no_such_a no_such_b"),
    ("\nX requires the NoSuch library, but it was not found in your environment.\n", "nosuch"),
    ("You can install it with:\n```\npip install no-such\n```\nPlease note", "no-such"),
    ("cannot import name 'X' from 'transformers'", ""),
    ("X requires the pillow library", ""),  # installed
]


@pytest.mark.parametrize(("message", "packages"), MESSAGES)
def test_packages_that_are_missing_are_read_from_a_message(message: str, packages: str) -> None:
    assert " ".join(missing_packages(message)) == packages


def said(error: Exception, model: str = "example/missing") -> str:
    source = Local.model_validate({"model": model})
    return str(explain(source, source, error))


def test_the_cause_of_a_failed_lazy_import_is_named() -> None:
    error = ModuleNotFoundError("Could not import module 'AutoProcessor'. Are this object's requirements defined?")
    error.__cause__ = RuntimeError("a library is broken")
    assert "(a library is broken)" in said(error)


def test_a_missing_package_is_no_failure_of_the_hub() -> None:
    assert said(ImportError("No module named 'num2wordz'")) == (
        "example/missing requires the package num2wordz: run `pip install num2wordz`"
    )
    error = OSError("Can't load the processor")
    error.__cause__ = ImportError("No module named 'num2wordz'")
    assert "requires the package num2wordz" in said(error)


def test_memory_unknown_classes_and_text_models_are_told_apart() -> None:
    assert "not enough memory to load" in said(RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"))
    unknown = "The checkpoint you are trying to load has model type `vlm9` but Transformers does not recognize this"
    assert "does not know the model class vlm9 of example/missing" in said(ValueError(unknown))
    text = "Unrecognized configuration class <class 'transformers.models.llama.configuration_llama.LlamaConfig'> for "
    assert "is not a vision-language model" in said(ValueError(f"{text}AutoModelForImageTextToText."))
    assert "cannot be downloaded from the Hugging Face Hub (no network)" in said(OSError("no network"))
    assert "models cannot be loaded as a vision-language model (odd)" in said(KeyError("odd"), "models").replace(
        "'", ""
    )


def test_a_text_model_on_the_hub_is_refused_before_its_weights_are_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    cached = tmp_path / "models--example--text"
    for name, text in (("refs/main", "a1"), ("snapshots/a1/config.json", '{"model_type": "llama"}')):
        (cached / name).parent.mkdir(parents=True)
        (cached / name).write_text(text, "utf-8")
    with pytest.raises(BlindspotError, match=r"example/text is not a vision-language model: .* its model_type llama"):
        load_processor(Local(model="example/text"))


def test_a_full_disk_stays_one() -> None:
    with pytest.raises(OSError, match="No space left"):
        said(OSError(errno.ENOSPC, "No space left on device"))
