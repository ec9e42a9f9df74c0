"""Opens an LLM: a served model that is told things, and shown nothing."""

from blindspot.errors import BlindspotError
from blindspot.models.description import Nothing, Server, describe
from blindspot.models.endpoint import EndpointVLM
from blindspot.protocols import LLM


def open_llm(model: str, max_new_tokens: int) -> LLM | None:
    """The served model that a YAML file describes; None where it names nobody.

    Raises BlindspotError where it is not served, or not there.
    """
    found = describe(model)
    if isinstance(found, Nothing):
        return None
    if not isinstance(found, Server):
        raise BlindspotError(f"{model} is not served, as an LLM must be", "name a file of kind endpoint, or none.yaml")
    return EndpointVLM(found, max_new_tokens, probe=True)
