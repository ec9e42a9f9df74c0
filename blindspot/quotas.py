"""Asks a quota of questions for each discovered failure mode, to confirm it on images that no search has seen."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from blindspot.budget import Meter
from blindspot.distributed import BLOCK, process_state
from blindspot.harvest import to_rollouts
from blindspot.judges.judging import answer_all, spent_on
from blindspot.params import BudgetParams
from blindspot.protocols import Candidate, ProposedQuestion, Steerable
from blindspot.questioner.proposing import counted
from blindspot.questioner.steering import is_answer_feature, meets
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.records.rollout import QUOTA, Rollout
from blindspot.records.verdict import VALID
from blindspot.taxonomy.modes.quota import MOST, quota_of
from blindspot.taxonomy.reading.question_features import has_all

MOST_PER_VALID = 3  # questions asked for each question of a quota, at most
MOST_PROPOSED = 4  # proposals for each question asked, at most
FEWEST_PROPOSED = 8  # proposals at once
OTHER, REPEATED = "another kind of question", "repeated question"  # why a reply with a question is left out
MOST_DRAWN = 20_480  # uniform questions, for all quotas together


class Proposals(NamedTuple):
    """The questions of a quota, and the image of each. `left_out`: how many replies were not asked, by the reason."""

    images: list[Image]
    questions: list[ProposedQuestion]
    left_out: Counter[str]


@dataclass(frozen=True)
class Quota:
    """The questions to ask for a mode. `asked`: more than `valid`, because some will be invalid or not in the mode."""

    mode: FailureMode
    valid: int
    asked: int


def quotas_of(
    modes: Sequence[FailureMode], discovered: pd.DataFrame, threshold: float, most: int = MOST
) -> list[Quota]:
    """Returns the quota of each mode, of at most `most` valid questions.

    `discovered`: the questions of the search (`search.discovered`).
    """
    return [_quota(mode, min(quota_of(mode, len(modes), threshold), most), discovered) for mode in modes]


def _quota(mode: FailureMode, valid: int, discovered: pd.DataFrame) -> Quota:
    """Returns a quota with the number to ask: `valid` ÷ the yield, at most MOST_PER_VALID times `valid`.

    The yield is the share of valid questions in the mode, among the discovered questions whose words have the features
    of the mode.
    """
    shown = {feature for feature in mode.features if not is_answer_feature(feature)}
    rows = zip(discovered["question"], discovered["reference"], discovered["outcome"], strict=True)
    alike = [row for row in rows if has_all(shown, row[0], None)]
    inside = sum(
        outcome in VALID and has_all({*mode.features}, question, reference) for question, reference, outcome in alike
    )
    least = 1 / MOST_PER_VALID
    return Quota(mode, valid, math.ceil(valid / max(inside / len(alike) if alike else 0.0, least)))


def ask_quotas(
    quotas: Sequence[Quota],
    asker: Steerable | TemplateQuestioner,
    candidate: Candidate,
    images: Sequence[Image],
    seed: int,
    meter: Meter | None = None,
) -> list[Rollout]:
    """Asks the questions of all quotas about random images. Every rank returns all rollouts, in order.

    A questioner is steered by the features of the mode. Templates draw uniform questions until enough are in the mode,
    so that the rate is that of uniform questions. Ranks share the modes, so the number of ranks does not change the
    results. `meter`: counts the calls. Questions for which its budget has nothing left are left out.
    """
    from accelerate.utils import gather_object

    state, meter = process_state(), meter or Meter(BudgetParams.model_validate({}))
    own = range(state.process_index, len(quotas), state.num_processes)
    mine = [quotas[place] for place in own]
    meter.take_part(sum(one.asked for one in mine), sum(one.asked for one in quotas))
    if isinstance(asker, TemplateQuestioner):
        proposals = _draw(mine, asker, images, seed)
    else:
        proposals = [_propose(quotas[place], asker, images, np.random.default_rng([seed, place])) for place in own]
    found = list[Rollout]()
    for place, quota, chosen in zip(own, mine, proposals, strict=True):
        answers = answer_all(candidate, chosen.images, chosen.questions)
        meter.spend(spent_on(chosen.questions, answers)[0], 0)
        asked = [*zip(chosen.images, chosen.questions, answers, strict=True)]
        name = f"{QUOTA}-{place:03d}"
        found += to_rollouts(name, QUOTA, asker.identity, candidate.identity, asked, quota.mode.mode_id)
    meter.sync()
    rollouts: list[Rollout] = sorted(gather_object(found), key=lambda rollout: rollout.rollout_id)
    return rollouts


def _draw(
    quotas: Sequence[Quota], templates: TemplateQuestioner, images: Sequence[Image], seed: int
) -> list[Proposals]:
    """Returns the first of MOST_DRAWN uniform questions that are in each mode, as many as the quota has valid ones.

    A question that is in several modes is in each of their quotas; a repeated question about an image is left out.
    """
    dice, found = np.random.default_rng(seed), [Proposals([], [], Counter()) for _ in quotas]
    drawn = set[tuple[str, str]]()
    for _ in range(0, MOST_DRAWN, BLOCK):
        missing = [pair for pair in zip(quotas, found, strict=True) if len(pair[1].images) < pair[0].valid]
        if not missing:
            break
        about = [images[place] for place in dice.integers(len(images), size=BLOCK).tolist()]
        for image, one in zip(about, templates.ask(about, int(dice.integers(2**31))), strict=True):
            if (image.image_id, one.question) in drawn:
                continue
            drawn.add((image.image_id, one.question))
            for quota, into in missing:
                lacking = len(into.images) < quota.valid
                if lacking and has_all({*quota.mode.features}, one.question, one.answer):
                    into.images.append(image)
                    into.questions.append(one._replace(target=quota.mode.features))
    return found


def _propose(quota: Quota, questioner: Steerable, images: Sequence[Image], dice: np.random.Generator) -> Proposals:
    """Returns questions whose words have the features of the mode, and their images, which are used in turn.

    A repeated question about an image is left out.

    The expected answer and the probability of the reply are not considered: a choice by these would select easier
    questions.
    """
    found, order = Proposals([], [], Counter()), dice.permutation(len(images)).tolist()
    used, most, features = 0, quota.asked * MOST_PROPOSED, quota.mode.features
    known = set[tuple[str, str]]()
    while (lacking := quota.asked - len(found.images)) > 0 and used < most:
        count = min(max(lacking, FEWEST_PROPOSED), most - used)
        about = [images[order[(used + place) % len(images)]] for place in range(count)]
        replies = questioner.ask_for([features] * count, about, int(dice.integers(2**31)))
        used += count
        for image, one in zip(about, replies, strict=True):
            if not meets(one._replace(answer=None), features):
                found.left_out[one.reason or OTHER] += 1
            elif (image.image_id, one.question) in known:
                found.left_out[REPEATED] += 1
            elif len(found.images) < quota.asked:
                known.add((image.image_id, one.question))
                found.images.append(image)
                found.questions.append(one._replace(target=features))
    if found.left_out and len(found.images) < quota.asked:
        asked = f"{len(found.images)} of {quota.asked} questions are asked"
        print(f"harvest: {quota.mode.mode_id}: {asked}; other replies: {counted(found.left_out)}", flush=True)
    return found
