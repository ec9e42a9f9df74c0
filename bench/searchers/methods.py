"""The search methods that the bench compares."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from bench.searchers.baselines import Bandit, BestOf, FewShot, Fixed, Searcher, search
from bench.searchers.trained_search import Base, Training, search_by_training
from blindspot.errors import BlindspotError
from blindspot.factory import open_steerable
from blindspot.models.endpoint_questioner import EndpointQuestioner
from blindspot.models.local import LocalQuestioner
from blindspot.params import BudgetParams, Section
from blindspot.prompts.files import embedded_prompts
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.records.verdict import VALID
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.search.discovered import discover, questions_of
from blindspot.search.explorer import modes_in
from blindspot.search.journal import Journal
from blindspot.search.predicted import Unasked
from blindspot.search.unasked import uniform_unasked

IMAGES_SEED = 50_000_000  # of scenes; far from the seeds of the scenes on which the embedded models were trained
HELD_OUT_SEED = 60_000_000


class Methods(Section):
    """The budget of every method, its settings, and how it is measured."""

    budget: BudgetParams
    base: Base
    images: int = Field(1000, ge=1, description="images of the search")
    held_out: int = Field(600, ge=1, description="new images for the final policy, one question each")
    threshold: float = Field(0.25, gt=0, lt=1, description="a mode's error_rate must be significantly above it")
    min_asked: int = Field(6, ge=5, description="minimum of valid questions in a mode, while exploring")
    discovery_min_asked: int = Field(20, ge=5, description="the same in the questions after the exploration")
    shots: int = Field(1, ge=1, description="few_shot: past failures in the prompt")
    best_of: int = Field(4, ge=2, description="best_of_n: proposed questions, of which one is asked")
    trained: dict[str, Training] = Field(description="methods that train, by name")


@dataclass(frozen=True)
class Searched:
    """The questions of a search in order, of which exploration asked the first `explored`, and its final policy.

    `unasked`: uniform questions about the images of the search.
    """

    asked: list[Asked]
    explored: int
    policy: Searcher
    unasked: list[Unasked]

    def modes(self, how: Methods, calls: int | None = None) -> list[FailureMode]:
        """Returns the failure modes in all questions, or in the first `calls`, discovered as the pipeline does."""
        asked = self.asked[:calls]
        first, rest = asked[: self.explored], asked[self.explored :]
        modes = modes_in([row for row in first if row.outcome in VALID], how.threshold, how.min_asked)
        few, most = how.min_asked, how.discovery_min_asked
        return discover(questions_of(first, rest), modes, how.threshold, few, most, unasked=self.unasked)


def run_search(
    method: str,
    how: Methods,
    seed: int,
    images: Sequence[Image],
    journal: Journal,
    work: Path,
) -> Searched:
    """Runs a method until its budget is spent."""
    training = how.trained.get(method)
    if training is not None:
        mode = how.threshold, how.min_asked
        explored, trained, questioner = search_by_training(training, how.base, mode, seed, images, journal, work)
        return Searched([*explored, *trained], len(explored), Fixed(questioner), uniform_unasked(images, None, seed))
    searcher = baseline(method, how)
    asked = search(searcher, images, journal, seed)
    return Searched(asked, len(asked), searcher, uniform_unasked(images, None, seed))


def baseline(method: str, how: Methods) -> Searcher:
    """Returns the searcher of a method that does not train. Raises BlindspotError if there is no such method."""
    if method == "templates":
        return Fixed(TemplateQuestioner())
    if method == "bandit":
        return Bandit()
    base = how.base
    prompts = embedded_prompts("questioner")
    questioner = open_steerable(base.model, base.batch_size, base.max_new_tokens, base.temperature, prompts)
    if not isinstance(questioner, LocalQuestioner | EndpointQuestioner):
        raise BlindspotError(f"{method} needs a model, and {base.model} names none", "choose the method templates")
    known: dict[str, Searcher] = {
        "zero_shot": Fixed(questioner),
        "few_shot": FewShot(questioner, how.shots),
        "best_of_n": BestOf(questioner, how.best_of),
    }
    if method not in known:
        names = ", ".join(["templates", "bandit", *known, *how.trained])
        raise BlindspotError(f"there is no method {method}", f"choose one of {names}")
    return known[method]


def draw_images(count: int, seed: int, folder: Path) -> list[Image]:
    """Draws images of random scenes and writes them to a new folder."""
    folder.mkdir()
    return pictures_of(draw_scenes(count, seed), folder)
