"""Reads cues.yaml: words that by themselves show which ability a question requires."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

LIST = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Cue:
    """A normalised question that matches `pattern` requires `ability`, which is of these `kinds`.

    The cue is skipped if an ability of a kind in `unless` was already found, or if the question matches `without`.
    `last`: it is only for questions of which no other cue shows a kind.
    """

    ability: str
    kinds: tuple[str, ...]
    unless: frozenset[str]
    without: re.Pattern[str] | None
    last: bool
    pattern: re.Pattern[str]


@cache
def cues() -> tuple[Cue, ...]:
    """Returns all cues, in the order in which they are tried."""
    table = yaml.safe_load((files("blindspot.taxonomy.reading") / "cues.yaml").read_text(encoding="utf-8"))
    return tuple(
        Cue(
            row["ability"],
            tuple(row["kinds"]),
            frozenset(row.get("unless", ())),
            _whole(row["without"], table["lists"]) if "without" in row else None,
            row.get("last", False),
            _whole(row["words"], table["lists"]),
        )
        for row in table["cues"]
    )


def _whole(parts: list[str], lists: dict[str, list[str]]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'-])(?:{words(parts, lists)})(?![\w'-])")


def words(parts: list[str], lists: dict[str, list[str]]) -> str:
    """Returns the alternatives as one regular expression, with <name> replaced by the list of that name."""
    return LIST.sub(lambda match: f"(?:{words(lists[match[1]], lists)})", "|".join(parts))
