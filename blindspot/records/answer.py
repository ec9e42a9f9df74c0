"""What a candidate says to one question."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """The text, or in `error` why there is none (then `text` is empty)."""

    text: str
    error: str | None = None
