"""Describes a model and where it runs: a folder of weights, or the contents of a YAML file."""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from blindspot.errors import BlindspotError, naming
from blindspot.kinds import SUFFIX, is_extension, unknown
from blindspot.params import LARGEST_SEED, Section
from blindspot.replies import THOUGHT_MARKS
from blindspot.yaml_files import odd_values, read_yaml

MODELS = "models"  # the seam
LIMIT = 10**12  # of calls or tokens
Mark = Annotated[str, Field(pattern=r"\S")]
Marks = tuple[tuple[Mark, Mark], ...]
_THOUGHT_MARKS = Field(
    tuple(THOUGHT_MARKS), description="pairs of marks; text between them is reasoning text and is removed"
)


class Server(Section):
    """A model behind a server, and limits on its use."""

    kind: Literal["endpoint"]
    base_url: str = Field(description="URL of the API, such as http://127.0.0.1:8000/v1")
    model: str = Field(description="name of the model on the server")
    revision: str | None = Field(
        None, description="version of the weights; with a new value, no stored answer is reused"
    )
    query: dict[str, str] = Field({}, description="query parameters of every request, such as api-version")
    api_key_env: str | None = Field(None, description="environment variable that holds the API key; null: no key")
    concurrency: int = Field(8, ge=1, le=10_000, description="concurrent calls of each rank")
    calls_per_minute: float | None = Field(
        None, ge=0.01, description="of each rank; null: limited by concurrency only"
    )
    timeout: float = Field(60.0, ge=0.001, le=86_400, description="seconds, of one attempt")
    retries: int = Field(
        5,
        ge=0,
        le=1000,
        description="further attempts after HTTP 408, 409, 425, 429 or 5xx, a timeout or a lost connection",
    )
    max_calls: int | None = Field(
        None, ge=1, le=LIMIT, description="attempts of one candidate, judge or questioner, after which its stage stops"
    )
    max_tokens: int | None = Field(None, ge=1, le=LIMIT, description="the same for tokens, as counted by the server")
    token_limit: Literal["max_tokens", "max_completion_tokens"] = Field(
        "max_tokens", description="name of the field that limits the tokens of an answer"
    )
    json_schema: bool = Field(True, description="whether the server can enforce a JSON schema for a reply")
    log_probs: bool = Field(
        False, description="for a questioner: whether to request the log-probabilities of its replies"
    )
    input_price: float | None = Field(
        None, ge=0, description="USD per million input tokens, for `blindspot estimate` and budget.usd"
    )
    output_price: float | None = Field(None, ge=0, description="the same for output tokens")
    max_image_bytes: int = Field(
        4_500_000,
        ge=1000,
        le=1_000_000_000,
        description="a larger image file is converted to JPEG and scaled down until it fits",
    )
    thought_marks: Marks = _THOUGHT_MARKS
    extra: dict[str, Any] = Field(
        {},
        description="fields to add to every request; a field replaces Blindspot's own, null removes it",
    )

    @field_validator("api_key_env")
    @classmethod
    def _is_a_name(cls, name: str | None) -> str | None:
        """Keeps a key that was written here out of messages."""
        if name is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise ValueError(
                "is not the name of an environment variable, such as OPENAI_API_KEY, which then has the key"
            )
        return name

    @field_validator("extra")
    @classmethod
    def _is_json(cls, extra: dict[str, Any]) -> dict[str, Any]:
        if extra.get("stream"):
            raise ValueError("stream is not supported: remove it")
        _refuse_without_json(extra)
        return extra


class Local(Section):
    """Weights that Blindspot loads itself, and how it loads them."""

    kind: Literal["local"] = "local"
    model: str = Field(description="folder of weights and processor or of a LoRA adapter, or a Hugging Face Hub id")
    revision: str | None = Field(None, description="commit of the model on the Hub; pins the weights")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "auto", description="auto: that of the saved weights"
    )
    device_map: str | None = Field(None, description="auto: use all devices for one rank; null: one device per rank")
    attention: str | None = Field(
        None, description="kernel: sdpa, eager, flash_attention_2, …; null: the best available"
    )
    quantization: Literal["4bit", "8bit"] | None = Field(None, description="bits of a weight; requires bitsandbytes")
    trust_remote_code: bool = Field(False, description="whether to run Python code from the model repository")
    chat_template_kwargs: dict[str, Any] = Field(
        {}, description="variables of the chat template, such as enable_thinking: false"
    )
    thought_marks: Marks = _THOUGHT_MARKS

    @field_validator("chat_template_kwargs")
    @classmethod
    def _is_json(cls, variables: dict[str, Any]) -> dict[str, Any]:
        _refuse_without_json(variables)
        return variables


class Planted(Section):
    """A candidate that answers questions about scenes correctly, except under planted conditions and at random."""

    kind: Literal["planted"]
    gaps: list[str] = Field(description="conditions under which answers are wrong; docs/planted.md")
    rate: float = Field(1.0, gt=0, le=1, description="probability of a wrong answer under a condition")
    mistakes: float = Field(0.0, ge=0, le=1, description="probability of a wrong answer to any other question")
    seed: int = Field(0, ge=0, le=LARGEST_SEED, description="seed of the wrong answers")


class Templates(Section):
    """A questioner without a model: it asks questions about scenes or marks, drawn from templates."""

    kind: Literal["templates"]


class PoolOfQuestions(Section):
    """A questioner that asks the questions of the pool that `prepare` read (prepare.source: pool)."""

    kind: Literal["pool"]


class Nothing(Section):
    """No model, for a parameter whose model is optional."""

    kind: Literal["none"]


class Extension(Section):
    """A model that is a class of the user, made with the options as keyword arguments (CONTRIBUTING.md).

    `kind`: a dotted path, an entry point, or the path of a Python file with one public class.
    """

    kind: str
    options: dict[str, Any] = Field({}, description="keyword arguments of the class")

    @field_validator("options")
    @classmethod
    def _is_json(cls, options: dict[str, Any]) -> dict[str, Any]:
        _refuse_without_json(options)
        return options


BuiltIn = Server | Local | Planted | PoolOfQuestions | Templates | Nothing
Description = BuiltIn | Extension
Untrained = Server | PoolOfQuestions | Templates | Extension  # questioners
KINDS = ("endpoint", "local", "planted", "pool", "templates", "none")
FIX = "use the keys of configs/models/endpoint.yaml, local.yaml, planted.yaml, pool.yaml, templates.yaml or none.yaml"
#: Describes a questioner that is not trained in the folder that the stage train writes, by its kind.
UNTRAINED = {"endpoint": "endpoint.yaml", "pool": "pool.yaml", "templates": "templates.yaml"}
UNTRAINED_EXTENSION = "extension.yaml"  # the same for any extension
_FILE: TypeAdapter[BuiltIn] = TypeAdapter(Annotated[BuiltIn, Field(discriminator="kind")])


def describe(model: str) -> Description:
    """Returns the description in the YAML file `model`, or, if `model` is no YAML file, one with all defaults.

    A Python file is an extension. The folder of a questioner that is not trained may hold a YAML file of UNTRAINED or
    UNTRAINED_EXTENSION instead of weights. Raises BlindspotError, which names every invalid key of the file.
    """
    path, names = Path(model), (*UNTRAINED.values(), UNTRAINED_EXTENSION)
    path = next((path / name for name in names if (path / name).is_file()), path)
    if path.suffix == SUFFIX:
        return Extension.model_validate({"kind": model})
    return read_description(path) if path.suffix in (".yaml", ".yml") else Local.model_validate({"model": model})


def describe_local(model: str, use: str) -> Local:
    """Returns the description of local weights. Raises BlindspotError, which names the `use`, for any other kind."""
    with naming(use):
        description = describe(model)
    if not isinstance(description, Local):
        raise BlindspotError(
            f"{use}: {model} has kind {description.kind}, but local weights are required",
            "name a folder, or a YAML file with kind: local, such as configs/models/local.yaml",
        )
    return description


def describe_questioner(model: str, use: str = "the questioner") -> Local | Untrained:
    """Returns the description of a questioner. Raises BlindspotError, which names the `use`, for any other kind."""
    with naming(use):
        description = describe(model)
    if isinstance(description, Local | Untrained):
        return description
    raise BlindspotError(
        f"{use}: {model} has kind {description.kind}, which cannot ask questions",
        "name a folder of weights, a YAML file with kind: local, endpoint, pool or templates, or an extension",
    )


def read_description(path: Path) -> Description:
    """Returns the description in a YAML file. Raises BlindspotError, which names every invalid key."""
    values = read_yaml(path, str(path), FIX)
    kind = values.get("kind") if isinstance(values, dict) else None
    try:
        if isinstance(kind, str) and kind not in KINDS:
            if not is_extension(kind, MODELS):
                raise BlindspotError(f"{path}: kind: {unknown(kind, KINDS, MODELS)}", FIX)
            return Extension(kind=kind, options={str(key): one for key, one in values.items() if key != "kind"})
        return _FILE.validate_python(values)
    except ValidationError as error:
        problems = [f"{_key(one['loc'])}: {one['msg'].removeprefix('Value error, ')}" for one in error.errors()]
        fix = f"configs/models/{kind}.yaml has an example of each key" if kind in KINDS else FIX
        raise BlindspotError(f"{path}: {'; '.join(problems)}", fix) from None


def _refuse_without_json(values: dict[str, Any]) -> None:
    """Raises ValueError if a value, such as a YAML date, has no JSON form."""
    if odd := [*odd_values(values)]:
        raise ValueError(odd[0])
    try:
        json.dumps(values, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"a value has no JSON form ({error})") from None


def _key(location: tuple[int | str, ...]) -> str:
    """Returns the dotted name of a key. The first part of a pydantic location is the kind, not a key."""
    return ".".join(map(str, location[1:])) or "the file"
