"""Explores a candidate: asks a few questions at a time to find failure modes with few calls."""

import random
from collections import Counter
from collections.abc import Sequence

from pydantic import Field
from tqdm import tqdm

from blindspot.budget import Meter
from blindspot.metrics import refuse_unscored
from blindspot.params import MODES, Section
from blindspot.pool.questions import Pool
from blindspot.protocols import Steerable, Target
from blindspot.questioner.proposing import counted, no_question
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.search.explorer import Explorer
from blindspot.search.journal import Journal
from blindspot.search.pool_proposals import PoolProposals
from blindspot.search.proposals import FIRST_FACTOR, Proposals

MAX_IDLE = 20  # rounds in a row without a new question, after which exploring ends
MAX_UNSCORED = 0.5  # share of unscored questions above which exploring fails


class Exploration(Section):
    """How many questions are asked, and how they are chosen."""

    calls: int = Field(400, ge=0, description="Most questions to ask; 0: no exploration, the training has no targets")
    at_least: int = Field(
        400, ge=0, description="After this many questions, exploring ends when there is no failure left to follow"
    )
    together: int = Field(10, ge=1, description="Questions per round; the next round is chosen from their outcomes")
    proposals: int = Field(32, ge=1, description="Questions that the questioner proposes per round")
    min_asked: int = Field(
        6, ge=5, description="Fewest valid questions in a failure mode, in place of modes.min_asked while exploring"
    )


def explore(
    how: Exploration,
    seed: int,
    images: Sequence[Image],
    questioner: Steerable | Pool,
    journal: Journal,
    given: Sequence[Target] = (),
    examples: int = 0,
    threshold: float = MODES.threshold,
    served: bool = False,
    show_progress: bool = False,
) -> tuple[list[Asked], list[FailureMode]]:
    """Asks until no failure is left to follow, no new question is proposed, or the calls or the budget are spent.

    `questioner`: proposes the questions; a pool has them already, and its modes may have features of the wording.
    `given`: the first targets. `examples`: past failures that the questioner is shown with a target, at most.
    `threshold`: of the error_rate of a failure mode. `served`: whether the replies of the questioner cost calls.
    Returns the questions with their outcomes, and the failure modes in them. Raises BlindspotError if most questions
    are unscored, or if no reply of the questioner has a question.
    """
    dice, asked, idle = random.Random(seed), list[Asked](), 0
    explorer = Explorer(threshold, how.min_asked, seed, given, isinstance(questioner, Pool))
    proposals = (
        PoolProposals(questioner.about(images), images, dice, explorer)
        if isinstance(questioner, Pool)
        else Proposals(questioner, images, dice, explorer, examples)
    )
    bar = tqdm(total=how.calls, desc="explore", unit="question", disable=not show_progress)
    while idle < MAX_IDLE and (room := journal.meter.room(min(how.together, how.calls - len(asked)))):
        if most := _most_proposed(how, journal.meter, served):
            proposals.add(explorer.targets(how.proposals), most)
        if proposals.is_mute:
            break
        chosen = explorer.choose(proposals.features(), room)
        idle = 0 if chosen else idle + 1
        found = journal.ask(*proposals.take(chosen))
        explorer.add(found)
        asked += found
        bar.update(len(found))
        journal.meter.show(tqdm.write)
        refuse_unscored(asked, MAX_UNSCORED, "questions")
        if len(asked) >= how.at_least and explorer.is_done:
            break
    bar.close()
    _report_without(proposals.without, proposals.message, bool(asked))
    return asked, explorer.modes


def _most_proposed(how: Exploration, meter: Meter, served: bool) -> int:
    """Returns how many questions can be proposed in a round, of which a part is then asked."""
    most, part = how.proposals * FIRST_FACTOR, how.together / how.proposals
    return meter.room(most, {"questioner": 1.0, "candidate": part, "judge": part}) if served else most


def _report_without(without: Counter[str], message: str, asked: bool) -> None:
    """Prints how many replies had no question. Raises BlindspotError if therefore no question was asked."""
    if without and not asked:
        raise no_question("the questioner", without, message)
    if without:
        reasons = counted(without)
        print(f"explore: {without.total()} replies of the questioner have no question: {reasons}", flush=True)
