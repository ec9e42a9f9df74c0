"""Splits questions into a part in which failure modes are discovered, and a part that is held out to confirm them."""

import hashlib
from collections.abc import Sequence

DISCOVERY, HELD_OUT = "discovery", "held_out"
DISCOVERY_SHARE = 0.7


def split(units: Sequence[str]) -> list[str]:
    """Returns the part of each question, by its unit: the image, or what else questions have in common.

    All questions of a unit are in the same part, in every run and for every model.
    """
    parts = {unit: DISCOVERY if _place(unit) < DISCOVERY_SHARE else HELD_OUT for unit in {*units}}
    return [parts[unit] for unit in units]


def _place(unit: str) -> float:
    """Returns a number from 0 to 1 that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(f"discovery of {unit}".encode("utf-8", "replace")).digest()[:8]) / 2**64
