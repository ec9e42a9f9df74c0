"""Folders of weights that are broken, incomplete, of another kind, or need a package. `tiny` is a VLM that works."""

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

from tests.bad_input.bad import Bad, Change, both, setting

TINY = "tiny"
BASE = "base_model_name_or_path"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"


def file(name: str, content: bytes | str | None) -> Change:
    """Returns a change of a file of the model; None deletes it."""

    def change(project: Path) -> None:
        path = project / TINY / name
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def cut(name: str, size: int) -> Change:
    """Returns a change that keeps the first bytes of a file; a negative size drops the last bytes."""
    return lambda project: (project / TINY / name).write_bytes((project / TINY / name).read_bytes()[:size])


def keys(name: str, **values: Any) -> Change:
    """Returns a change of keys of a JSON file; None deletes the key."""

    def change(project: Path) -> None:
        path = project / TINY / name
        found = json.loads(path.read_text("utf-8")) | values
        path.write_text(json.dumps({key: value for key, value in found.items() if value is not None}), "utf-8")

    return change


def without_tensors(part: str) -> Change:
    """Returns a change that removes the tensors with `part` in their names."""

    def change(project: Path) -> None:
        from safetensors.torch import load_file, save_file

        path = project / TINY / "model.safetensors"
        save_file({name: one for name, one in load_file(path).items() if part not in name}, path, {"format": "pt"})

    return change


def sharded(*present: str) -> Change:
    """Returns a change to a model of two shards, of which only some are present."""

    def change(project: Path) -> None:
        model = project / TINY
        index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
        (model / "model.safetensors.index.json").write_text(json.dumps(index))
        for name in present:
            shutil.copy(model / "model.safetensors", model / name)
        (model / "model.safetensors").unlink()

    return change


def adapter(config: Any, weights: bytes | None = b"") -> Change:
    """Returns a change that puts a LoRA adapter into the place of the model."""

    def change(project: Path) -> None:
        shutil.rmtree(project / TINY)
        (project / TINY).mkdir()
        (project / TINY / "adapter_config.json").write_text(config if isinstance(config, str) else json.dumps(config))
        if weights is not None:
            (project / TINY / "adapter_model.safetensors").write_bytes(weights)

    return change


NO_IMAGE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
CHANGES: list[tuple[str, Change, tuple[str, ...]]] = [
    ("no weights", file("model.safetensors", None), ("tiny lacks its weights model.safetensors",)),
    ("empty weights", file("model.safetensors", b""), ("tiny/model.safetensors are truncated or broken",)),
    ("half of the weights", cut("model.safetensors", 20_000), ("tiny/model.safetensors are truncated",)),
    ("weights without their last byte", cut("model.safetensors", -1), ("tiny/model.safetensors are truncated",)),
    ("a header without the weights", cut("model.safetensors", 100), ("tiny/model.safetensors are truncated",)),
    ("text as weights", file("model.safetensors", "weights"), ("tiny/model.safetensors are truncated",)),
    ("a page as weights", file("model.safetensors", "<!doctype html>" * 9), ("tiny/model.safetensors are truncated",)),
    ("an LFS pointer as weights", file("model.safetensors", POINTER), ("model.safetensors", "run `git lfs pull`")),
    (
        "a pickle as weights",
        both(file("model.safetensors", None), file("pytorch_model.bin", b"\x80\x04")),
        ("pytorch_model.bin is a pickle, which is not loaded",),
    ),
    (
        "a folder as weights",
        both(file("model.safetensors", None), lambda project: (project / TINY / "model.safetensors").mkdir()),
        ("tiny lacks its weights",),
    ),
    ("no first shard", sharded("model-00002-of-00002.safetensors"), ("lacks its weights model-00001-of-00002",)),
    ("no second shard", sharded("model-00001-of-00002.safetensors"), ("lacks its weights model-00002-of-00002",)),
    ("no shard", sharded(), ("lacks its weights model-00001-of-00002",)),
    (
        "an index without shards",
        both(file("model.safetensors", None), file("model.safetensors.index.json", "{}")),
        ("model.safetensors.index.json has no weight_map",),
    ),
    ("no tensors of the image encoder", without_tensors("vision"), ("lacks ", " of the weights of its model")),
    ("no output layer", without_tensors("lm_head"), ("lacks 1 of the weights of its model (lm_head.weight)",)),
    ("no configuration", file("config.json", None), ("tiny contains no model (no config.json)",)),
    ("an empty configuration", file("config.json", ""), ("tiny/config.json cannot be read",)),
    ("a configuration that is a list", file("config.json", "[]"), ("tiny/config.json is no JSON object",)),
    ("a deep configuration", file("config.json", "[" * 100_000), ("tiny/config.json has too many levels",)),
    ("a binary configuration", file("config.json", b"\xff\xfe\x00"), ("tiny/config.json cannot be read",)),
    ("an LFS pointer as configuration", file("config.json", POINTER), ("config.json", "run `git lfs pull`")),
    ("no model type", keys("config.json", model_type=None), ("tiny/config.json has no model_type",)),
    ("a number as model type", keys("config.json", model_type=7), ("tiny/config.json has no model_type",)),
    (
        "an unknown class",
        keys("config.json", model_type="vlm9", architectures=["Vlm9ForConditionalGeneration"]),
        ("does not know the model class Vlm9ForConditionalGeneration of tiny",),
    ),
    (
        "an unknown type",
        keys("config.json", model_type="vlm9", architectures=None),
        ("does not know the model class vlm9",),
    ),
    (
        "code of its own",
        keys("config.json", model_type="vlm9", auto_map={"AutoConfig": "config.Vlm9Config"}),
        ("whose code is in the folder", "trust_remote_code: true"),
    ),
    ("a text model", keys("config.json", model_type="llama"), ("no class for its model_type llama",)),
    ("a speech model", keys("config.json", model_type="whisper"), ("no class for its model_type whisper",)),
    ("a model without texts", keys("config.json", model_type="clip"), ("no class for its model_type clip",)),
    ("other sizes", keys("config.json", vision_config={"hidden_size": 64}), ("cannot be loaded",)),
    ("a negative size", keys("config.json", text_config={"hidden_size": -1}), ("cannot be loaded",)),
    ("no processor", file("processor_config.json", None), ("tiny",)),
    ("a broken processor", file("processor_config.json", "{"), ("tiny cannot be loaded",)),
    ("no tokenizer", file("tokenizer.json", None), ("tiny",)),
    ("a broken tokenizer", file("tokenizer.json", "{}"), ("tiny cannot be loaded",)),
    ("a tokenizer of text", file("tokenizer.json", "words"), ("tiny cannot be loaded",)),
    ("no chat template", file("chat_template.jinja", None), ("neither the processor nor the tokenizer of tiny",)),
    ("an empty chat template", file("chat_template.jinja", ""), ("chat template",)),
    ("a broken chat template", file("chat_template.jinja", "{% for"), ("the chat template of tiny fails",)),
    (
        "a chat template that raises",
        file("chat_template.jinja", "{{ raise_exception('no users') }}"),
        ("the chat template of tiny fails (no users)",),
    ),
    ("a chat template without images", file("chat_template.jinja", NO_IMAGE), ("does not show an image and a text",)),
    ("a chat template without texts", file("chat_template.jinja", "<image>"), ("does not show an image and a text",)),
    ("an adapter without base", adapter({}), ("tiny/adapter_config.json names no base model",)),
    ("an adapter whose base is null", adapter({BASE: None}), ("adapter_config.json names no base model",)),
    ("an adapter whose base is a list", adapter({BASE: ["a"]}), ("adapter_config.json names no base model",)),
    ("an adapter that is a list", adapter([]), ("tiny/adapter_config.json is no JSON object",)),
    ("a broken adapter", adapter("{"), ("tiny/adapter_config.json cannot be read",)),
    ("a deep adapter", adapter("[" * 100_000), ("tiny/adapter_config.json has too many levels",)),
    ("an adapter without weights", adapter({BASE: "models"}, None), ("lacks its weights adapter_model.safetensors",)),
    ("an adapter with broken weights", adapter({BASE: "models"}, b"x"), ("adapter_model.safetensors are truncated",)),
]
#: package → a change of the model after which it needs the package
NEEDS: dict[str, Change] = {
    "torchvision": both(
        file("processor_config.json", None),
        file(
            "preprocessor_config.json",
            '{"image_processor_type": "Qwen2VLImageProcessor", "processor_class": "Qwen2_5_VLProcessor"}',
        ),
    ),
    "bitsandbytes": keys("config.json", quantization_config={"quant_method": "bitsandbytes", "load_in_4bit": True}),
    "gptqmodel": keys("config.json", quantization_config={"quant_method": "awq", "bits": 4}),
}
CHANGES += [
    (f"no package {name}", change, (f"tiny requires the package {name}: run `pip install ", f"{name}`"))
    for name, change in NEEDS.items()
    if importlib.util.find_spec(name) is None
]
#: The other roles of a model: its parameter, and what gives it the role.
ROLES: dict[str, Change] = {
    "verifier.model": both(setting("verifier.kind", "vlm"), setting("verifier.model", TINY)),
    "verifier.confirming_judge": both(
        setting("verifier.kind", "vlm"),
        setting("verifier.model", "models/scenes-judge"),
        setting("verifier.confirming_judge", TINY),
    ),
    "verify.model": both(
        setting("verifier.kind", "vlm"),
        setting("verifier.model", "models/scenes-judge"),
        setting("verify.model", TINY),
    ),
    "train.base_model": setting("train.base_model", TINY),
    "harvest.base": setting("harvest.base", TINY),
}
#: What makes a model unusable in every role.
UNUSABLE = ("a text model", "an unknown type", "a model without texts", "no processor", "no package torchvision")
ROWS = [
    Bad(f"folder: {name}", both(setting("candidate.model", TINY), change), ("candidate.model: ", *words))
    for name, change, words in CHANGES
]
ROWS += [
    Bad(f"{parameter}: {name}", both(role, change), (f"{parameter}: ", *words))
    for parameter, role in ROLES.items()
    for name, change, words in CHANGES
    if name in UNUSABLE
]
