"""Where a model is served: an OpenAI-compatible server, described in a YAML file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import Field, ValidationError

from blindspot.errors import BlindspotError
from blindspot.params import Section

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class Server(Section):
    """Where a model is served, and what asking it may cost: a file of its own, which a parameter names."""

    kind: Literal["endpoint"]
    base_url: str = Field(description="of the API, such as http://127.0.0.1:8000/v1")
    model: str = Field(description="the name it is served under")
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
    extra: dict[str, Any] = Field({}, description="further fields of every request")


def read_server(path: Path) -> Server | None:
    """The description in a YAML file, None where it names nobody. Raises BlindspotError naming every wrong key."""
    mend = "its keys are those of configs/models/endpoint.yaml"
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
        return None if values == {"kind": "none"} else Server.model_validate(values)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BlindspotError(f"{path} cannot be read ({error})", mend) from None
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in error.errors()]
        raise BlindspotError(f"{path}: {'; '.join(faults)}", mend) from None


def open_client(server: Server) -> "AsyncOpenAI":
    """A client that tries each call once. Raises BlindspotError where the key is missing."""
    from openai import AsyncOpenAI

    key = os.environ.get(server.api_key_env, "").strip() if server.api_key_env else "none"
    if not key or not key.isascii():
        what = "is missing" if not key else "has letters that no key has"
        raise BlindspotError(f"the key for {server.base_url} {what}", f"export {server.api_key_env}=…")
    return AsyncOpenAI(base_url=server.base_url, api_key=key, timeout=server.timeout, max_retries=0)
