"""Matches failure modes with a list of documented weaknesses of VLMs; a mode that matches none is novel."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import AfterValidator, Field, ValidationError

from blindspot.errors import BlindspotError
from blindspot.params import Section
from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy.modes.significance import COLUMNS
from blindspot.taxonomy.reading.ability_kinds import KINDS, kinds_of
from blindspot.taxonomy.reading.language import normalise
from blindspot.taxonomy.reading.primitive import Primitive
from blindspot.yaml_files import read_yaml

MOST = 0.9  # share of a mode's questions that must agree for the mode to match
Features = frozenset[str]
FIX = "docs/novelty.md describes the entries, configs/documented_weaknesses.yaml has examples"


def _kind(name: str) -> str:
    if name not in KINDS:
        near = get_close_matches(name, KINDS, n=1)
        raise ValueError(
            f"{name!r} is no kind" + (f", did you mean {near[0]}?" if near else f", use one of {', '.join(KINDS)}")
        )
    return name


class Weakness(Section):
    """One documented weakness, described by kinds of questions and answers. Keys: docs/novelty.md."""

    name: str = Field(min_length=1)
    kinds: tuple[Annotated[str, AfterValidator(_kind)], ...] = Field(min_length=1)
    answer: str | None = Field(None, min_length=1)
    features: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    example: str | None = None
    says: str = Field(min_length=1)
    source: str = Field(min_length=1)
    url: str = Field(pattern="^https?://")

    def matches(self, kinds: Sequence[str], features: Sequence[Features], answers: Sequence[str]) -> bool:
        """Returns whether a mode of these kinds matches. `features`, `answers`: those of each of its questions."""
        same = {*self.kinds} == {*kinds} and all(_most([name in of for of in features]) for name in self.features)
        return same and (self.answer is None or _most([normalise(text) == normalise(self.answer) for text in answers]))


def read_documented(path: Path) -> list[Weakness]:
    """Reads the list in a YAML file, which may be empty. Raises BlindspotError that names every faulty entry."""
    rows = read_yaml(path, f"taxonomy.documented: {path}", FIX)
    if not isinstance(rows, list):
        raise BlindspotError(f"taxonomy.documented: {path} is no list", FIX)
    faults = [*_faults(rows)]
    if faults:
        raise BlindspotError(f"taxonomy.documented: {path}: {'; '.join(faults)}", FIX)
    return [Weakness.model_validate(row) for row in rows]


def _faults(rows: list[Any]) -> Iterator[str]:
    """Yields what is wrong with each faulty entry."""
    uses = Counter(_name(row) for row in rows)
    for number, row in enumerate(rows, start=1):
        name = _name(row)
        entry = f"entry {number}" + (f" ({name})" if name else "")
        try:
            Weakness.model_validate(row)
        except ValidationError as error:
            said = (f"{'.'.join(map(str, one['loc']))} {one['msg']}".strip() for one in error.errors())
            yield f"{entry}: {', '.join(said)}"
        if name and uses[name] > 1:
            yield f"{entry}: another has the same name"
            uses[name] = 0


def _name(row: Any) -> str:
    return str(row.get("name") or "") if isinstance(row, dict) else ""


def kinds_asked_for(primitives: Sequence[Primitive]) -> list[str]:
    """Returns the kinds of what a question with these primitives asks for, without those of its details."""
    asked = {kind for one in primitives if not one.detail for kind in kinds_of(one.ability)}
    return [kind for kind in KINDS if kind in asked]


def with_documented(
    modes: Sequence[FailureMode], questions: pd.DataFrame, documented: Sequence[Weakness]
) -> list[FailureMode]:
    """Returns the modes with their kinds and the names of the weaknesses that they match.

    `questions`: all valid ones, with the column reference and lists of names in kinds (as from `kinds_asked_for`) and
    COLUMNS. The kinds of a mode are those that MOST of its questions ask for, and those of the details among its
    features. `documented` of a mode is None where there is no list.
    """
    lists = zip(*(questions[name] for name in COLUMNS), strict=True)
    features: list[Features] = [frozenset().union(*three) for three in lists]
    rows = [*zip(features, questions["kinds"], questions["reference"].fillna("").astype(str), strict=True)]
    found = []
    for mode in modes:
        own = [row for row in rows if mode.contains(row[0])]
        kinds = _kinds(mode, [asked for _, asked, _ in own])
        has, answers = [has for has, _, _ in own], [answer for _, _, answer in own]
        names = [one.name for one in documented if one.matches(kinds, has, answers)]
        found.append(replace(mode, kinds=kinds, documented=tuple(names) if documented else None))
    return found


def kinds_of_details(mode: FailureMode) -> set[str]:
    """Returns the kinds of the attributes and objects that the features of a mode mention."""
    return {kind for feature in mode.features if Primitive(feature).detail for kind in kinds_of(feature)}


def matched(modes: Sequence[FailureMode], documented: Sequence[Weakness]) -> list[dict[str, Any]]:
    """Returns the entries that some mode matches, as in the file and in its order."""
    names = {name for mode in modes for name in mode.documented or ()}
    return [one.model_dump(mode="json") for one in documented if one.name in names]


def _kinds(mode: FailureMode, asked: Sequence[Sequence[str]]) -> tuple[str, ...]:
    details = kinds_of_details(mode)
    return tuple(kind for kind in KINDS if kind in details or _most([kind in kinds for kinds in asked]))


def _most(have: Sequence[bool]) -> bool:
    return len(have) > 0 and sum(have) >= MOST * len(have)
