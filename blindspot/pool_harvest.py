"""Harvests questions of a pool: random ones, ones that meet the targets of the search, and a quota for each mode."""

from collections.abc import Sequence

import numpy as np
from tqdm import tqdm

from blindspot.budget import Meter
from blindspot.distributed import BLOCK, process_state
from blindspot.harvest import to_rollouts
from blindspot.harvest_budget import HarvestBudget, Planned, cut, cut_quotas
from blindspot.judges.judging import answer_all, spent_on
from blindspot.params import BudgetParams
from blindspot.pool.questions import PoolQuestion
from blindspot.protocols import Candidate, ProposedQuestion, Target
from blindspot.quotas import Quota
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.rollout import QUOTA, Rollout
from blindspot.store import is_main_process
from blindspot.taxonomy.reading.question_features import has_all

IDENTITY = "pool/1"
Chosen = tuple[PoolQuestion, Target]  # a question, and the target for which it was chosen; empty for a random one


def harvest_pool(
    questions: Sequence[PoolQuestion],
    targets: Sequence[Target],
    quotas: Sequence[Quota],
    candidate: Candidate,
    images: Sequence[Image],
    calls: int,
    seed: int,
    budget: HarvestBudget | None = None,
) -> list[Rollout]:
    """Asks questions of the pool about images; every rank returns all rollouts, in order.

    The method base asks `calls` random questions. The method trained asks as many that meet a target, about equally
    many for each target; without targets, the same as base. Each quota has random questions of its mode. Where the
    pool has fewer questions, all of them are asked. A question that is chosen several times is asked once.
    `budget`: cuts all of them by the same share.
    """
    if budget:
        share = budget.plan(Planned(2 * calls), *(Planned(one.valid) for one in quotas))
        calls, quotas = cut(calls, share), cut_quotas(quotas, share)
    dice = np.random.default_rng(seed)
    base = _sample(questions, calls, dice)
    chosen: list[tuple[str, str, str | None, list[Chosen]]] = [
        ("trained", "trained", None, _by_target(questions, targets, calls, dice) if targets else _for((), base)),
        ("base", "base", None, _for((), base)),
    ]
    for place, quota in enumerate(quotas):
        inside = _meeting(questions, quota.mode.features)
        some = _for(quota.mode.features, _sample(inside, quota.valid, dice))
        chosen.append((f"{QUOTA}-{place:03d}", QUOTA, quota.mode.mode_id, some))
        if len(inside) < quota.valid:
            has = f"the pool has {len(inside)} of {quota.valid} questions about test images"
            print(f"harvest: {quota.mode.mode_id}: {has}", flush=True)
    known = {image.image_id: image for image in images}
    meter = budget.meter if budget else Meter(BudgetParams.model_validate({}))
    answers = _answer([*dict.fromkeys(one for *_, drawn in chosen for one, _ in drawn)], candidate, known, meter)
    rollouts = list[Rollout]()
    for name, method, mode_id, drawn in chosen:
        asked = [
            (known[one.image_id], ProposedQuestion(one.question, one.reference, target=target), answers[one.key])
            for one, target in drawn
            if one.key in answers
        ]
        rollouts += to_rollouts(name, method, IDENTITY, candidate.identity, asked, mode_id)
    return rollouts


def _sample(questions: Sequence[PoolQuestion], count: int, dice: np.random.Generator) -> list[PoolQuestion]:
    """Returns `count` random questions, or all in random order if there are fewer."""
    return [questions[place] for place in dice.permutation(len(questions))[:count].tolist()]


def _for(target: Target, questions: Sequence[PoolQuestion]) -> list[Chosen]:
    return [(one, target) for one in questions]


def _meeting(questions: Sequence[PoolQuestion], target: Target) -> list[PoolQuestion]:
    return [one for one in questions if has_all({*target}, one.question, one.reference)]


def _by_target(
    questions: Sequence[PoolQuestion], targets: Sequence[Target], count: int, dice: np.random.Generator
) -> list[Chosen]:
    """Returns `count` questions at most that meet a target: one for each target in turn, each question once."""
    queues = [iter(_for(target, _sample(_meeting(questions, target), len(questions), dice))) for target in targets]
    found = dict[tuple[str, str], Chosen]()
    while queues and len(found) < count:
        for queue in [*queues]:
            one = next((one for one in queue if one[0].key not in found), None)
            if one is None:
                queues.remove(queue)
            elif len(found) < count:
                found[one[0].key] = one
    return [*found.values()]


def _answer(
    questions: Sequence[PoolQuestion], candidate: Candidate, images: dict[str, Image], meter: Meter
) -> dict[tuple[str, str], Answer]:
    """Returns the candidate's answer to each question. Ranks share the questions in blocks."""
    from accelerate.utils import gather_object

    state, found = process_state(), list[tuple[tuple[str, str], Answer]]()
    first = state.process_index * BLOCK
    turns = range(first, len(questions) + first, state.num_processes * BLOCK)
    for start in tqdm(turns, "harvest: pool", disable=not state.is_main_process):
        block = questions[start : start + BLOCK]
        meter.take_part(len(block), len(questions[start - turns.start :][: turns.step]))
        asked = [ProposedQuestion(one.question) for one in block]
        answers = answer_all(candidate, [images[one.image_id] for one in block], asked)
        meter.spend(spent_on(asked, answers)[0], 0)
        found += zip((one.key for one in block), answers, strict=True)
        meter.sync()
        if is_main_process():
            meter.show(tqdm.write)
        if meter.agreed(meter.hard_limit()):
            break
    return dict(gather_object(found))
