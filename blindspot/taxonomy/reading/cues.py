"""Words that by themselves say what a question needs: the table in cues.yaml."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

LIST = re.compile(r"<(\w+)>")


@dataclass(frozen=True)
class Cue:
    """Where `pattern` is found in a normalised question it needs `ability`, which is of these `kinds`.

    Not where something of a kind in `unless` was found before.
    """

    ability: str
    kinds: tuple[str, ...]
    unless: frozenset[str]
    pattern: re.Pattern[str]


@cache
def cues() -> tuple[Cue, ...]:
    """All of them, in the order in which they are tried."""
    table = yaml.safe_load((files("blindspot.taxonomy.reading") / "cues.yaml").read_text(encoding="utf-8"))
    return tuple(
        Cue(
            row["ability"],
            tuple(row["kinds"]),
            frozenset(row.get("unless", ())),
            re.compile(rf"(?<![\w'-])(?:{words(row['words'], table['lists'])})(?![\w'-])"),
        )
        for row in table["cues"]
    )


def words(parts: list[str], lists: dict[str, list[str]]) -> str:
    """Alternatives as one expression, the lists they name filled in."""
    return LIST.sub(lambda named: f"(?:{words(lists[named[1]], lists)})", "|".join(parts))
