"""What a model is and where: a folder of weights, or what a YAML file says of it."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, TypeAdapter, ValidationError, field_validator

from blindspot.errors import BlindspotError
from blindspot.params import Section
from blindspot.replies import THOUGHT_MARKS

Marks = tuple[tuple[str, str], ...]
_THOUGHT_MARKS = Field(tuple(THOUGHT_MARKS), description="pairs of marks around a thought, which is removed")


class Server(Section):
    """Where a model is served, and what asking it may cost."""

    kind: Literal["endpoint"]
    base_url: str = Field(description="URL of the API, such as http://127.0.0.1:8000/v1")
    model: str = Field(description="name that the model is served under")
    revision: str | None = Field(
        None, description="version of the weights; a new value asks every question again, under the same model name"
    )
    query: dict[str, str] = Field({}, description="query parameters of every request, such as api-version")
    api_key_env: str | None = Field(None, description="environment variable with the key; null: none is asked for")
    concurrency: int = Field(8, ge=1, description="calls of each rank under way at once")
    calls_per_minute: float | None = Field(None, gt=0, description="of each rank; null: as fast as concurrency allows")
    timeout: float = Field(60.0, gt=0, description="s, of one attempt")
    retries: int = Field(5, ge=0, description="further attempts after 408, 409, 429, 5xx, timeouts, lost connections")
    max_calls: int | None = Field(None, ge=1, description="attempts of a stage's candidate, or judge; it stops there")
    max_tokens: int | None = Field(None, ge=1, description="the same for tokens, as the server counts them")
    token_limit: Literal["max_tokens", "max_completion_tokens"] = Field(
        "max_tokens", description="the request's word for the longest answer"
    )
    json_schema: bool = Field(True, description="the server can hold a reply to a JSON schema, as judging wants")
    max_image_bytes: int = Field(
        4_500_000, ge=1000, description="a larger image file is sent as JPEG, then scaled down, until it fits"
    )
    thought_marks: Marks = _THOUGHT_MARKS
    extra: dict[str, Any] = Field(
        {},
        description="further fields of every request; they replace Blindspot's own, and null removes one",
    )

    @field_validator("extra")
    @classmethod
    def _can_be_sent(cls, extra: dict[str, Any]) -> dict[str, Any]:
        if extra.get("stream"):
            raise ValueError("stream: replies are read as a whole")
        try:
            json.dumps(extra, allow_nan=False)
        except (TypeError, ValueError) as error:  # a date of YAML, .nan
            raise ValueError(f"not JSON ({error})") from None
        return extra


class Local(Section):
    """Weights that are loaded here, and how."""

    kind: Literal["local"] = "local"
    model: str = Field(description="folder of weights and processor, or of a LoRA adapter, or an id on the hub")
    revision: str | None = Field(None, description="of a hub id: the commit, so that the weights never change")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field("auto", description="auto: as they were saved")
    device_map: str | None = Field(None, description="auto: over all devices of one rank; null: one device a rank")
    attention: str | None = Field(None, description="kernel, such as sdpa, eager, flash_attention_2; null: the best")
    quantization: Literal["4bit", "8bit"] | None = Field(None, description="by bitsandbytes")
    trust_remote_code: bool = Field(False, description="run Python code that comes with the weights")
    chat_template_kwargs: dict[str, Any] = Field(
        {}, description="variables of the chat template, such as enable_thinking: false"
    )
    thought_marks: Marks = _THOUGHT_MARKS


class Planted(Section):
    """A candidate that is right about scenes except where it is told to fail."""

    kind: Literal["planted"]
    gaps: list[str] = Field(description="conditions under which it is always wrong: docs/planted.md")
    mistakes: float = Field(0.0, ge=0, le=1, description="probability of a wrong answer to any other question")
    seed: int = Field(0, ge=0, description="of the wrong answers")


class Nothing(Section):
    """No model, where a parameter may name one and need not."""

    kind: Literal["none"]


Description = Server | Local | Planted | Nothing
_FILE: TypeAdapter[Description] = TypeAdapter(Annotated[Description, Field(discriminator="kind")])


def describe(model: str) -> Description:
    """What `model` names: a YAML file's description, else a folder with all defaults.

    Raises BlindspotError naming every wrong key of the file.
    """
    path = Path(model)
    return read_description(path) if path.suffix in (".yaml", ".yml") else Local.model_validate({"model": model})


def describe_local(model: str, use: str) -> Local:
    """The same where weights are wanted. Raises BlindspotError, naming the `use`, for any other kind."""
    found = describe(model)
    if not isinstance(found, Local):
        raise BlindspotError(
            f"{use} {model} is of kind {found.kind}, and must be of weights here",
            "name a folder, or a file such as configs/models/local.yaml",
        )
    return found


def read_description(path: Path) -> Description:
    """The description in a YAML file. Raises BlindspotError naming every wrong key."""
    mend = "its keys are those of configs/models/endpoint.yaml, local.yaml, planted.yaml or none.yaml"
    try:
        return _FILE.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BlindspotError(f"{path} cannot be read ({error})", mend) from None
    except ValidationError as error:
        faults = [f"{_key(one['loc'])}: {one['msg']}" for one in error.errors()]
        raise BlindspotError(f"{path}: {'; '.join(faults)}", mend) from None


def _key(place: tuple[int | str, ...]) -> str:
    """Its dotted name; the union's tag comes first, where it is known."""
    return ".".join(map(str, place[1:])) or "the file"
