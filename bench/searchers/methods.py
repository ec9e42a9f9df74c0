"""The methods of search that the bench compares: what each may spend, and how it asks."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from bench.searchers.baselines import Bandit, BestOf, FewShot, Fixed, Searcher, search
from bench.searchers.trained_search import Base, Training, search_by_training
from blindspot.errors import BlindspotError
from blindspot.factory import open_steerable
from blindspot.params import BudgetParams, Section
from blindspot.protocols import Questioner
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.asked import Asked
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.records.verdict import VALID
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.search.explorer import modes_in
from blindspot.search.journal import Journal

IMAGES_SEED = 50_000_000  # of scenes: far from those that the embedded models have learnt from
HELD_OUT_SEED = 60_000_000


class Methods(Section):
    """What every method may spend, and how it is measured."""

    budget: BudgetParams
    base: Base
    images: int = Field(1000, ge=1, description="that are asked about during the search")
    held_out: int = Field(600, ge=1, description="new images that a finished policy asks about, one question each")
    threshold: float = Field(0.25, gt=0, lt=1, description="a mode's error_rate must lie significantly above it")
    min_asked: int = Field(6, ge=5, description="valid questions that a mode needs")
    shots: int = Field(1, ge=1, description="of few_shot: past failures in the prompt")
    best_of: int = Field(4, ge=2, description="of best_of_n: questions of which one is asked")
    trained: dict[str, Training] = Field(description="methods that train, by name")


def searched(
    method: str,
    how: Methods,
    seed: int,
    images: Sequence[Image],
    journal: Journal,
    work: Path,
) -> tuple[list[Asked], Questioner | Searcher]:
    """What a method asked until the budget was spent, and what asks as it would from now on."""
    training = how.trained.get(method)
    if training is not None:
        mode = how.threshold, how.min_asked
        return search_by_training(training, how.base, mode, seed, images, journal, work)
    searcher = baseline(method, how)
    return search(searcher, images, journal, seed), searcher


def baseline(method: str, how: Methods) -> Searcher:
    """Who asks, untrained. Raises BlindspotError where there is no such method."""
    if method == "templates":
        return Fixed(TemplateQuestioner())
    if method == "bandit":
        return Bandit()
    base = how.base
    questioner = open_steerable(base.model, base.batch_size, base.max_new_tokens, base.temperature)
    known: dict[str, Searcher] = {
        "zero_shot": Fixed(questioner),
        "few_shot": FewShot(questioner, how.shots),
        "best_of_n": BestOf(questioner, how.best_of),
    }
    if method not in known:
        named = ", ".join(["templates", "bandit", *known, *how.trained])
        raise BlindspotError(f"there is no method {method}", f"it is one of {named}")
    return known[method]


def modes_of(asked: Sequence[Asked], how: Methods) -> list[FailureMode]:
    """The failure modes in what was asked."""
    valid = [row for row in asked if row.outcome in VALID]
    return modes_in(valid, how.threshold, how.min_asked)


def draw_images(count: int, seed: int, folder: Path) -> list[Image]:
    """Pictures of random scenes."""
    folder.mkdir()
    return pictures_of(draw_scenes(count, seed), folder)
