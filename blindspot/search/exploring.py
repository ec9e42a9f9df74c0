"""Exploring: a questioner's own questions, a few at a time, show in what the candidate is weak."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from blindspot.metrics import refuse_unscored
from blindspot.protocols import Steerable
from blindspot.records.asked import Asked
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.search.explorer import Explorer
from blindspot.search.journal import Journal
from blindspot.search.proposals import Proposals

IDLE = 20  # times in a row that nothing new is proposed, after which the questioner has no more to ask
MOST = 0.5  # share of the questions that may have no score


@dataclass(frozen=True)
class Exploration:
    """How much is asked, and how it is chosen: `together` questions at a time, of so many `proposals`.

    At most `calls`, and no more after `at_least` of them where no failure is left to follow. A failure mode needs
    `min_asked` valid questions, and an error_rate significantly above `threshold`.
    """

    calls: int
    at_least: int
    together: int
    proposals: int
    threshold: float
    min_asked: int


def explore(
    how: Exploration, seed: int, images: Sequence[Image], questioner: Steerable, journal: Journal
) -> tuple[list[Asked], list[FailureMode]]:
    """Asks until no failure is left to follow, no new question, no call, or no room in the journal.

    Returns all, and the modes.

    Raises BlindspotError where most questions end in an error.
    """
    explorer, asked = Explorer(how.threshold, how.min_asked, seed), list[Asked]()
    proposals, idle = Proposals(questioner, images, random.Random(seed)), 0
    while idle < IDLE and (room := journal.meter.room(min(how.together, how.calls - len(asked)))):
        proposals.add(explorer.targets(how.proposals))
        chosen = explorer.choose(proposals.features(), room)
        idle = 0 if chosen else idle + 1
        found = journal.ask(*proposals.take(chosen))
        explorer.add(found)
        asked += found
        refuse_unscored(asked, MOST, "questions")
        if len(asked) >= how.at_least and not explorer.suspicious:
            break
    return asked, explorer.modes
