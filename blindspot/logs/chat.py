"""The question and the image of a prompt that is a list of chat messages."""

from collections.abc import Iterator
from typing import Any

from blindspot.logs.values import literal, plain_value


def is_chat(value: Any) -> bool:
    """Returns whether a value is a list of messages with roles."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and "role" in one for one in value)


def prompt_of(value: Any) -> tuple[Any, Any]:
    """Returns the text of the last message of the user, and its first image or that of the messages before it.

    A value that is not a list of messages is returned as it is, without an image.
    """
    value = plain_value(value)
    if isinstance(value, str) and value.lstrip().startswith("[") and '"role"' in value.replace("'", '"'):
        value = literal(value)
    if not is_chat(value):
        return value, None
    asked = [message for message in value if message["role"] in ("user", "human")] or value[-1:]
    texts = [text for kind, text in _parts(asked[-1].get("content")) if kind == "text"]
    images = [
        image for message in [asked[-1], *value] for kind, image in _parts(message.get("content")) if kind == "image"
    ]
    return "\n".join(texts), next(iter(images), None)


def _parts(content: Any) -> Iterator[tuple[str, Any]]:
    """Yields ("text", …) and ("image", …) of a message, which is a text or a list of parts."""
    if isinstance(content, str):
        yield "text", content
    for part in content if isinstance(content, list) else []:
        if isinstance(part, str):
            yield "text", part
        elif isinstance(part, dict) and part.get("type") in ("text", "input_text", None) and "text" in part:
            yield "text", str(part["text"])
        elif isinstance(part, dict):
            for key in ("image_url", "image", "url", "path", "source"):
                if part.get(key):
                    yield "image", part[key]
                    break
