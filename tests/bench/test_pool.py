"""The bench of the choice of pool questions, on a made-up log."""

import random
from pathlib import Path

import pandas as pd
import pytest

from bench.pool import RATIOS, Logged, measure
from blindspot.logs.columns import Columns
from blindspot.logs.read import read_logs
from blindspot.records.image import Image
from blindspot.records.rollout import Asked

KINDS = (("what color is the {} ?", "red"), ("is the {} left of the door ?", "no"), ("is there a {} ?", "yes"))
THINGS = ("car", "dog", "cup", "bag", "cat", "hat", "bus", "boat")
ARMS = {"adaptive", "adaptive_half", "uniform", "uniform_half", "all", "seen"}


def log(folder: Path, fails: dict[str, float], images: int = 200) -> pd.DataFrame:
    """Returns the answers to three questions about each image; an answer fails with the probability of its reference.

    Two models have the same probabilities.
    """
    dice, rows = random.Random(3), list[dict[str, object]]()
    for model in ("first", "second"):
        for image in range(images):
            for question, reference in KINDS:
                row = {"model": model, "image_id": f"{image}.jpg", "question": question.format(dice.choice(THINGS))}
                wrong = int(dice.random() < fails.get(reference, 0.0))
                rows.append(row | {"reference": reference, "answer": "?", "wrong": wrong})
    pd.DataFrame(rows).to_csv(folder / "log.csv", index=False)
    return read_logs([folder / "log.csv"], Columns())


def test_a_kind_that_always_fails_is_all_of_the_excess(tmp_path: Path) -> None:
    figures = measure(log(tmp_path, {"no": 1.0}), range(1), calls=160)
    assert figures["pairs"] == 2 and {*figures["excess"]} == ARMS
    for arm in ARMS:  # a third of the questions fails, and these are the mode
        assert figures["excess"][arm] == pytest.approx(100 / 3 * 2 / 3)
        assert figures["coverage"][arm] == pytest.approx(1 / 3) and figures["modes"][arm] == 1
    assert figures["ratios"] == {f"{arm} / {other}": pytest.approx([1, 1, 1]) for arm, other in RATIOS}


def test_failures_by_chance_have_no_excess(tmp_path: Path) -> None:
    """Seed fixed; no rate is known, because modes are searched. In 11 other runs, it is at most 1.03."""
    figures = measure(log(tmp_path, dict.fromkeys(("red", "no", "yes"), 0.3)), range(1), calls=160, predicted=False)
    assert {*figures["excess"]} == ARMS and all(abs(excess) < 2 for excess in figures["excess"].values())
    assert sum(figures["modes"].values()) <= 2


def test_with_few_calls_less_is_found_than_with_all(tmp_path: Path) -> None:
    """Fails for correct code with probability 5e-3 over seeds (normal: 18 runs have a standard deviation of 0.87)."""
    excess = measure(log(tmp_path, {"no": 0.6, "red": 0.2, "yes": 0.2}), range(1), calls=50, predicted=False)["excess"]
    assert excess["uniform_half"] < excess["all"] and excess["all"] == pytest.approx(100 / 3 * 2 / 3 * 0.4, abs=2.5)


def test_the_log_answers_only_what_it_has() -> None:
    logged = Logged([Asked("a", "is it red ?", "no", "yes", "failure", None)])
    image = Image("a", Path("a"), "train")
    assert [one.text for one in logged.answer([image], ["is it red ?"])] == ["no"]
    assert [one.outcome for one in logged.judge([image], ["is it red ?"], ["no"])] == ["failure"]
    with pytest.raises(KeyError):
        logged.answer([image], ["is it blue ?"])
