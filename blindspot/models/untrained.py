"""Stores the description of a questioner that is not trained in place of weights."""

import re
from pathlib import Path

import yaml

from blindspot.errors import BlindspotError
from blindspot.models.description import UNTRAINED, UNTRAINED_EXTENSION, Extension, Server, Untrained

_SECRET = re.compile(r"key$|secret|password|signature|^sig$|(?<!max_)token$", re.IGNORECASE)


def write_untrained(questioner: Untrained, folder: Path) -> None:
    """Writes the description of a questioner that is not trained, from which `describe` reads the same description."""
    values = questioner.model_dump(mode="json", exclude_defaults=True)
    values = {"kind": questioner.kind, **values.pop("options", {}), **values}
    path = folder / UNTRAINED.get(questioner.kind, UNTRAINED_EXTENSION)
    path.write_text(yaml.safe_dump(values, sort_keys=False, allow_unicode=True), encoding="utf-8")


def refuse_secrets(questioner: Untrained, name: str) -> None:
    """Raises BlindspotError if the description, which is stored with the questioner, seems to hold a secret."""
    fields = list[str]()
    if isinstance(questioner, Extension):
        fields = [key for key in questioner.options if _SECRET.search(key)]
    if isinstance(questioner, Server):
        parts = {"query": questioner.query, "extra": questioner.extra}
        fields = [f"{part}.{key}" for part, values in parts.items() for key in values if _SECRET.search(key)]
        fields = ["base_url"] * ("@" in questioner.base_url) + fields
    if fields:
        raise BlindspotError(
            f"{name}: {fields[0]} seems to hold a password or a key, which would be stored in models/questioner",
            "remove it, and name an environment variable in api_key_env",
        )
