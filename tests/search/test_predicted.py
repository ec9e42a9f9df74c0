"""Failure modes in predicted outcomes, of a candidate with known weaknesses."""

from collections.abc import Sequence
from pathlib import Path

from blindspot.images.scenes import SceneSource
from blindspot.pool.questions import Pool, PoolQuestion
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.search.predicted import LEVEL, Unasked, predicted_modes
from blindspot.search.unasked import uniform_unasked
from blindspot.taxonomy.reading.question_features import all_features
from tests.search.planted import judged

GAP = ("family == relation and answer == yes",)
NAME = ("judging positions", "answer yes")
FEW, FEWEST = 6, 20


def unasked(count: int, seed: int) -> list[Unasked]:
    return [Unasked(row.image_id, row.question, str(row.reference)) for row in judged((), 0.0, count, seed)]


def names(asked: Sequence[Asked], seed: int) -> list[tuple[str, ...]]:
    return [mode.features for mode in predicted_modes(asked, unasked(1500, seed), 0.25, FEWEST, FEW)]


def test_a_weakness_is_found_with_the_figures_of_the_answers() -> None:
    """Seed fixed; no rate is known, because a model predicts. It is found with seven other seeds."""
    rows = judged(GAP, 0.05, 1200, 3)
    found = predicted_modes(rows, unasked(1500, 4), 0.25, FEWEST, FEW)
    assert NAME in [mode.features for mode in found]
    for mode in found:  # the figures are those of the answers
        inside = [row for row in rows if mode.contains(all_features(row.question, row.reference))]
        failures = sum(row.outcome == "failure" for row in inside)
        assert (mode.asked, mode.failures) == (len(inside), failures) and mode.asked >= FEW
        assert mode.q_value <= LEVEL and mode.error_rate == failures / len(inside)


def test_random_mistakes_are_rarely_a_mode() -> None:
    """Each is confirmed later, so that a few false ones cost calls only.

    Fails for correct code with probability 6e-4 over seeds (Poisson: 1 mode in 12 runs with other seeds).
    """
    found = [names(judged((), 0.15, 300, 50 + seed), seed) for seed in range(8)]
    assert sum(map(len, found)) <= 4


def test_nothing_is_predicted_from_too_few_failures_or_without_questions() -> None:
    rows = judged((), 0.0, 100, 7)
    assert names(rows, 8) == [] and predicted_modes(judged(GAP, 0.0, 300, 9), [], 0.25, FEWEST, FEW) == []


def test_unasked_questions_are_those_of_a_pool_or_of_the_templates() -> None:
    scenes = [Image(one.image_id, Path("none"), "train", one.scene) for one in SceneSource(30, 0, 48).images()]
    drawn = uniform_unasked(scenes, None, 5, most=200)
    assert len(drawn) == 200 and drawn == uniform_unasked(scenes, None, 5, most=200)
    assert {one.image_id for one in drawn} <= {image.image_id for image in scenes}
    photographs = [Image("a", Path("none"), "train"), Image("b", Path("none"), "train")]
    assert uniform_unasked(photographs, None, 5) == []
    pool = Pool(PoolQuestion(str(n), "b", f"is it {n} ?", ("yes",)) for n in range(9))
    some = {one.question for one in uniform_unasked(photographs, pool, 5, most=4)}
    assert len(some) == 4 and some < {f"is it {n} ?" for n in range(9)}
    assert uniform_unasked(photographs[:1], pool, 5) == []
