"""Opens a client for an OpenAI-compatible server."""

import os
from typing import TYPE_CHECKING

from blindspot.errors import BlindspotError
from blindspot.models.description import Server

if TYPE_CHECKING:
    from openai import AsyncOpenAI


def open_client(server: Server) -> "AsyncOpenAI":
    """A client that tries each call once. Raises BlindspotError where the key is missing."""
    from openai import AsyncOpenAI

    key = os.environ.get(server.api_key_env, "").strip() if server.api_key_env else "none"
    if not key or not key.isascii():
        what = "is missing" if not key else "has letters that no key has"
        raise BlindspotError(f"the key for {server.base_url} {what}", f"export {server.api_key_env}=…")
    return AsyncOpenAI(base_url=server.base_url, api_key=key, timeout=server.timeout, max_retries=0)
