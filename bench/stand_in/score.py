"""Compares the failure modes of an analysis with the weaknesses of the stand-in candidate."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.stand_in.models import WEAKNESSES
from blindspot.metrics import Mask
from blindspot.paths import FAILURE_MODES, VERDICTS
from blindspot.scenes.gaps import Gap, holding
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene
from blindspot.store import read_json
from blindspot.taxonomy.modes.coverage import COVERED, coverage

GAPS = [Gap(text) for text in WEAKNESSES.values()]


def score(analysis: Path, scenes: Mapping[str, Scene]) -> dict[str, Any]:
    """Compares the modes in the folder of an analysis with the planted weaknesses. `scenes`: by image_id.

    A weakness is found if the confirmed modes of this weakness contain at least COVERED of its failures.
    """
    rows = pd.read_parquet(analysis / VERDICTS)
    failures = rows[rows["outcome"] == "failure"]
    pairs = zip(failures["question"], failures["image_id"], strict=True)
    inside = np.array([_weaknesses(*pair, scenes) for pair in pairs], dtype=bool).reshape(len(failures), len(GAPS))
    modes = read_json(analysis / FAILURE_MODES)
    confirmed = [mode for mode in modes if mode["status"] == "confirmed"]
    every, tested = coverage(_within(modes, failures), inside), coverage(_within(confirmed, failures), inside)
    covered = {name: round(share or 0.0, 2) for name, share in zip(WEAKNESSES, tested.covered, strict=True)}
    return {
        "failures": dict(zip(WEAKNESSES, inside.sum(axis=0).tolist(), strict=True))
        | {"none": int((~inside.any(axis=1)).sum())},
        "covered": covered,
        "found": sum(share >= COVERED for share in covered.values()),
        "other": [confirmed[place]["name"] for place in tested.others()],
        "modes": [
            _mode(mode, shares, anywhere)
            for mode, shares, anywhere in zip(modes, every.shares.tolist(), every.anywhere.tolist(), strict=True)
        ],
    }


def _weaknesses(question: str, image: str, scenes: Mapping[str, Scene]) -> list[bool]:
    """Returns in which weaknesses a question about an image lies."""
    scene = scenes[image.removeprefix("image ")]  # an analysis puts "image" before the id
    return holding(GAPS, rule(question, scene), scene)


def _within(modes: Sequence[Mapping[str, Any]], failures: pd.DataFrame) -> Mask:
    """Returns which failure is in which mode, shape (failures, modes)."""
    rows = [[mode["mode_id"] in own for mode in modes] for own in failures["modes"]]
    return np.array(rows, dtype=bool).reshape(len(failures), len(modes))


def _mode(mode: Mapping[str, Any], shares: Sequence[float], anywhere: float) -> dict[str, Any]:
    """Returns a mode with the share of its failures in each weakness, and in any."""
    kept = {name: mode[name] for name in ("mode_id", "name", "status", "asked", "failures")}
    return kept | {
        "shares": {name: round(share, 3) for name, share in zip(WEAKNESSES, shares, strict=True)},
        "any": round(anywhere, 3),
    }
