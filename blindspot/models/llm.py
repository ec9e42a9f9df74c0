"""Opens an LLM: a served model that is prompted with text only."""

from blindspot.errors import BlindspotError
from blindspot.models.description import Nothing, Server, describe
from blindspot.models.endpoint import EndpointVLM
from blindspot.protocols import LLM


def open_llm(model: str, max_new_tokens: int, system: str | None = None) -> LLM | None:
    """Returns the served model that a YAML file describes, or None if the file has kind none.

    `system`: its system prompt.

    Raises BlindspotError if the file describes another kind of model, or if the server cannot be reached.
    """
    description = describe(model)
    if isinstance(description, Nothing):
        return None
    if not isinstance(description, Server):
        raise BlindspotError(
            f"{model} has kind {description.kind}, but an LLM must be served",
            "name a YAML file with kind: endpoint, or configs/models/none.yaml",
        )
    return EndpointVLM(description, max_new_tokens, probe=True, system=system)
