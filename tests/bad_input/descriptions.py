"""Descriptions of models that no model can be opened by."""

from typing import Any

import yaml

from tests.bad_input.bad import Bad, both, setting, writing

SERVER = {"kind": "endpoint", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
LOCAL = {"kind": "local", "model": "models/scenes-candidate"}
PLANTED = {"kind": "planted", "gaps": ["family == counting"]}
#: of each kind: a key, its value, and what the error says of it
KEYS: list[tuple[dict[str, Any], str, Any, str]] = [
    (SERVER, "base_url", "", "is empty"),
    (SERVER, "base_url", None, "valid string"),
    (SERVER, "base_url", "127.0.0.1:8000", "is not a URL of http or https"),
    (SERVER, "base_url", "ftp://host/v1", "is not a URL of http or https"),
    (SERVER, "base_url", "http://host:99999/v1", "its port is not a number up to 65535"),
    (SERVER, "base_url", "http://host/v1?key=1", "has a query or a fragment"),
    (SERVER, "model", " ", "is empty"),
    (SERVER, "model", 3, "valid string"),
    (SERVER, "query", ["api-version"], "valid dictionary"),
    (SERVER, "query", {"api-version": 1}, "valid string"),
    (SERVER, "api_key_env", "sk-proj-1234", "is not the name of an environment variable"),
    (SERVER, "api_key_env", "$KEY", "is not the name of an environment variable"),
    (SERVER, "api_key_env", "NO_SUCH_KEY_HERE", "export NO_SUCH_KEY_HERE"),
    (SERVER, "concurrency", 0, "greater than or equal to 1"),
    (SERVER, "concurrency", 10**12, "less than or equal to 10000"),
    (SERVER, "concurrency", "many", "valid integer"),
    (SERVER, "calls_per_minute", float("inf"), "inf is not a finite number"),
    (SERVER, "calls_per_minute", float("nan"), "nan is not a finite number"),
    (SERVER, "calls_per_minute", 0, "greater than or equal to 0.01"),
    (SERVER, "calls_per_minute", 5e-324, "greater than or equal to 0.01"),
    (SERVER, "calls_per_minute", 1e300, "is greater than the maximum"),
    (SERVER, "timeout", float("inf"), "inf is not a finite number"),
    (SERVER, "timeout", 0, "greater than or equal to 0.001"),
    (SERVER, "timeout", 1e12, "less than or equal to 86400"),
    (SERVER, "retries", -1, "greater than or equal to 0"),
    (SERVER, "retries", 10**12, "less than or equal to 1000"),
    (SERVER, "retries", 1.5, "valid integer"),
    (SERVER, "max_calls", 0, "greater than or equal to 1"),
    (SERVER, "max_calls", 10**18, "less than or equal to 1000000000000"),
    (SERVER, "max_tokens", float("inf"), "inf is not a finite number"),
    (SERVER, "token_limit", "tokens", "'max_tokens' or 'max_completion_tokens'"),
    (SERVER, "json_schema", "perhaps", "valid boolean"),
    (SERVER, "log_probs", 3, "valid boolean"),
    (SERVER, "input_price", -1, "greater than or equal to 0"),
    (SERVER, "output_price", float("nan"), "nan is not a finite number"),
    (SERVER, "max_image_bytes", 10, "greater than or equal to 1000"),
    (SERVER, "max_image_bytes", 10**15, "less than or equal to 1000000000"),
    (SERVER, "concurrency", True, "is true, not a number"),
    (SERVER, "calls_per_minute", False, "is false, not a number"),
    (SERVER, "timeout", "long", "valid number"),
    (SERVER, "timeout", "inf", "finite number"),
    (SERVER, "thought_marks", ["<think>"], "valid tuple"),
    (SERVER, "thought_marks", [["", "</think>"]], "thought_marks.0.0: "),
    (SERVER, "thought_marks", [["a", "b", "c"]], "thought_marks.0"),
    (SERVER, "extra", {"stream": True}, "stream is not supported"),
    (SERVER, "extra", {"top_p": float("inf")}, "extra.top_p: inf is not a finite number"),
    (SERVER, "extra", [1], "valid dictionary"),
    (SERVER, "concurency", 3, "Extra inputs are not permitted"),
    (SERVER, "kind", "openai", "kind: 'openai' is unknown, known are endpoint"),
    (SERVER, "kind", "none", "Extra inputs are not permitted"),
    (LOCAL, "model", "", "is empty"),
    (LOCAL, "model", "nowhere", "nowhere contains no model (no such folder)"),
    (LOCAL, "model", "/dev/null", "contains no model"),
    (LOCAL, "model", "params.yaml", "contains no model"),
    (LOCAL, "model", ["a"], "valid string"),
    (LOCAL, "dtype", "int8", "'auto', 'float32', 'bfloat16' or 'float16'"),
    (LOCAL, "quantization", "4bit", "requires the package bitsandbytes: run `pip install bitsandbytes`"),
    (LOCAL, "quantization", 4, "'4bit' or '8bit'"),
    (LOCAL, "trust_remote_code", "si", "valid boolean"),
    (LOCAL, "chat_template_kwargs", {"day": "2024-01-01"}, ""),
    (LOCAL, "chat_template_kwargs", {"x": float("nan")}, "chat_template_kwargs.x: nan is not a finite number"),
    (LOCAL, "attention", "flash_attention_2", "requires the package flash-attn: run `pip install flash-attn`"),
    (LOCAL, "attention", "fast", "cannot be loaded as a vision-language model"),
    (LOCAL, "device_map", "gpu7", "cannot be loaded as a vision-language model"),
    (LOCAL, "base_url", "http://127.0.0.1:9/v1", "Extra inputs are not permitted"),
    (PLANTED, "gaps", "family == counting", "valid list"),
    (PLANTED, "gaps", ["family == conting"], "conting"),
    (PLANTED, "gaps", ["counting"], "counting"),
    (PLANTED, "gaps", [3], "valid string"),
    (PLANTED, "mistakes", 1.5, "less than or equal to 1"),
    (PLANTED, "mistakes", float("nan"), "nan is not a finite number"),
    (PLANTED, "seed", 2**63, "less than or equal to 2147483647"),
    (PLANTED, "seed", -1, "greater than or equal to 0"),
]
KEYS = [row for row in KEYS if row[2] != {"day": "2024-01-01"}]
#: values of candidate.model, and what the error says of them
NAMES = {
    "nowhere": "nowhere contains no model (no such folder)",
    "data": "data contains no model (no config.json)",
    "configs/models/none.yaml": "names no model",
    "nowhere.yaml": "nowhere.yaml does not exist",
    "extensions/gone.py": "extensions/gone.py does not exist",
    "a" * 5000: "File name too long",
    "a/b/c": "a/b/c contains no model (no such folder)",
    "example/missing": "is not a local folder and cannot be downloaded from the Hugging Face Hub",
}
ROWS = [
    Bad(
        f"description: {kind['kind']} {key} = {value!r}",
        both(setting("candidate.model", "model.yaml"), writing("model.yaml", yaml.safe_dump(kind | {key: value}))),
        ("candidate.model: ", said),
    )
    for kind, key, value, said in KEYS
]
ROWS += [
    Bad(f"candidate.model = {name[:30]}", setting("candidate.model", name), ("candidate.model: ", said))
    for name, said in NAMES.items()
]
ROWS += [
    Bad(
        f"{key} = planted",
        both(setting("verifier.kind", "vlm"), setting(key, "p.yaml"), writing("p.yaml", text)),
        said,
    )
    for text in [yaml.safe_dump(PLANTED)]
    for key, said in {
        "verifier.model": ("verifier.model: ", "has kind planted, which only a candidate can have"),
        "train.base_model": ("train.base_model: ", "has kind planted, which cannot ask questions"),
    }.items()
]
