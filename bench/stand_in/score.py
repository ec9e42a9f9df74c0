"""Compares the failure modes of an analysis with the weaknesses of the stand-in candidate."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from bench.stand_in.models import WEAKNESSES
from blindspot.paths import FAILURE_MODES, VERDICTS
from blindspot.scenes.gaps import Gap, facts_of
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene
from blindspot.store import read_json

OWN = 0.8  # share of a mode's failures that must lie in a weakness for the mode to be of this weakness
COVERED = 0.5  # share of a weakness's failures that its confirmed modes must contain


def score(analysis: Path, scenes: Mapping[str, Scene]) -> dict[str, Any]:
    """Compares the modes in the folder of an analysis with the planted weaknesses. `scenes`: by image_id.

    A weakness is found if the confirmed modes of which at least OWN of the failures lie in it contain at least COVERED
    of its failures. A confirmed mode is another one if less than OWN of its failures lie in planted weaknesses.
    """
    rows = pd.read_parquet(analysis / VERDICTS)
    failures = rows[rows["outcome"] == "failure"]
    inside = pd.DataFrame(
        [_weaknesses(*pair, scenes) for pair in zip(failures["question"], failures["image_id"], strict=True)],
        index=failures.index,
        columns=[*WEAKNESSES],
    )
    modes = [_mode(mode, failures, inside) for mode in read_json(analysis / FAILURE_MODES)]
    confirmed = [mode for mode in modes if mode["status"] == "confirmed"]
    covered = {name: _covered(name, confirmed, failures, inside) for name in WEAKNESSES}
    return {
        "failures": {name: int(inside[name].sum()) for name in WEAKNESSES}
        | {"none": int((~inside.any(axis=1)).sum())},
        "covered": covered,
        "found": sum(share >= COVERED for share in covered.values()),
        "other": [mode["name"] for mode in confirmed if mode["any"] < OWN],
        "modes": modes,
    }


def _weaknesses(question: str, image: str, scenes: Mapping[str, Scene]) -> list[bool]:
    """Returns in which weaknesses a question about an image lies."""
    scene = scenes[image.removeprefix("image ")]  # an analysis puts "image" before the id
    ruling = rule(question, scene)
    return [ruling.valid and Gap(text).holds(facts_of(ruling, scene)) for text in WEAKNESSES.values()]


def _mode(mode: dict[str, Any], failures: pd.DataFrame, inside: pd.DataFrame) -> dict[str, Any]:
    """Returns a mode with the share of its failures in each weakness, and in any."""
    own = inside.loc[_of_mode(mode["mode_id"], failures)]
    kept = {name: mode[name] for name in ("mode_id", "name", "status", "asked", "failures")}
    shares = {name: round(float(own[name].mean()), 3) for name in WEAKNESSES}
    return kept | {"shares": shares, "any": round(float(own.any(axis=1).mean()), 3)}


def _covered(name: str, confirmed: Sequence[Any], failures: pd.DataFrame, inside: pd.DataFrame) -> float:
    """Returns the share of a weakness's failures that its confirmed modes contain."""
    of_weakness = inside.index[inside[name]]
    modes = [mode for mode in confirmed if mode["shares"][name] >= OWN]
    found = {place for mode in modes for place in of_weakness.intersection(_of_mode(mode["mode_id"], failures))}
    return round(len(found) / max(1, len(of_weakness)), 2)


def _of_mode(mode_id: str, failures: pd.DataFrame) -> "pd.Index[Any]":
    return failures.index[[mode_id in modes for modes in failures["modes"]]]
