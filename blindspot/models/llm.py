"""Opens an LLM: a model that is prompted with text only."""

from typing import Any

from blindspot.budget import Meter
from blindspot.errors import BlindspotError
from blindspot.models.account import Account
from blindspot.models.description import Extension, Nothing, Server, describe
from blindspot.models.endpoint import EndpointVLM
from blindspot.models.extension import open_extension
from blindspot.protocols import LLM


def open_llm(
    model: str, max_new_tokens: int, system: str | None = None, meter: Meter | None = None, role: str = "judge"
) -> LLM | None:
    """Returns the LLM that `model` describes, or None if it has kind none.

    `system`: the system prompt of a served model. `meter`: counts its tokens, for `role`. Raises BlindspotError if it
    describes another kind of model, or if the server cannot be reached.
    """
    llm: LLM | None = open_step(model, max_new_tokens, system, LLM, meter, role)
    return llm


def open_step(
    model: str,
    max_new_tokens: int,
    system: str | None,
    protocol: type,
    meter: Meter | None = None,
    role: str = "taxonomy",
) -> Any:
    """Returns as `open_llm`, or an extension with the methods of the protocol, which takes the place of an LLM."""
    description = describe(model)
    if isinstance(description, Nothing):
        return None
    if isinstance(description, Extension):
        return open_extension(description, tuple(dict.fromkeys((protocol, LLM))))
    if not isinstance(description, Server):
        raise BlindspotError(
            f"{model} has kind {description.kind}, but an LLM must be served, or an extension",
            "name a YAML file with kind: endpoint, or configs/models/none.yaml",
        )
    account = Account(meter, role, description)
    return EndpointVLM(description, max_new_tokens, probe=True, system=system, account=account)
