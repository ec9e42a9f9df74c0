"""Harvests questions: a questioner asks about images, and the candidate answers."""

from collections import Counter
from collections.abc import Sequence

from tqdm import tqdm

from blindspot.budget import Meter
from blindspot.distributed import BLOCK, block_seed, process_state
from blindspot.judges.judging import answer_all, spent_on
from blindspot.params import BudgetParams
from blindspot.protocols import Candidate, ProposedQuestion, Questioner
from blindspot.questioner.proposing import no_question
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.rollout import NOT_ASKED, Rollout
from blindspot.records.unscored import Unscored
from blindspot.store import is_main_process


def harvest(
    method: str,
    questioner: Questioner,
    candidate: Candidate,
    images: Sequence[Image],
    calls: int,
    seed: int,
    meter: Meter | None = None,
) -> list[Rollout]:
    """Asks `calls` questions about the images in turn; every rank returns all rollouts of the method, in order.

    Ranks share the work in blocks. Each block has its own seed, so the number of ranks does not change the results.
    `meter`: counts the calls. Questions for which its budget has nothing left are left out. Raises BlindspotError if
    no reply of the questioner has a question.
    """
    from accelerate.utils import gather_object

    state, meter = process_state(), meter or Meter(BudgetParams.model_validate({}))
    asked, found = [images[call % len(images)] for call in range(calls)], list[Rollout]()
    turns = range(state.process_index * BLOCK, calls + state.process_index * BLOCK, state.num_processes * BLOCK)
    for start in tqdm(turns, f"harvest: {method}", disable=not state.is_main_process):
        block = asked[start : start + BLOCK]
        meter.take_part(len(block), len(asked[start - turns.start :][: turns.step]))
        proposed = questioner.ask(block, seed=block_seed(seed, start)) if block else []
        answers = answer_all(candidate, block, proposed)
        meter.spend(spent_on(proposed, answers)[0], 0)
        asked_here = [*zip(block, proposed, answers, strict=True)]
        found += to_rollouts(method, method, questioner.identity, candidate.identity, asked_here, first=start)
        meter.sync()
        if is_main_process():
            meter.show(tqdm.write)
        if meter.agreed(meter.hard_limit()):
            break
    rollouts: list[Rollout] = sorted(gather_object(found), key=lambda rollout: rollout.rollout_id)
    if rollouts and all(rollout.candidate == NOT_ASKED for rollout in rollouts):
        reasons = Counter(str(rollout.error) for rollout in rollouts)
        message = next((rollout.message for rollout in rollouts if rollout.message), "")
        who = "the questioner" if method == "trained" else f"the {method} questioner"  # it may be steered instead
        raise no_question(who, reasons, message)
    return rollouts


def to_rollouts(
    name: str,
    method: str,
    questioner: str,
    candidate: str,
    asked: Sequence[tuple[Image, ProposedQuestion, Answer]],
    mode_id: str | None = None,
    first: int = 0,
) -> list[Rollout]:
    """Returns the rollouts of questions and their answers. Their ids are `name` and a number, from `first` on.

    Questions for which the budget had nothing left are left out.
    """
    return [
        Rollout(
            rollout_id=f"{name}-{number:06d}",
            method=method,
            image_id=image.image_id,
            question=one.question,
            answer=answer.text,
            questioner=questioner,
            candidate=NOT_ASKED if one.reason else candidate,
            error=one.reason or answer.error,
            message=one.message or answer.message or None,
            mode_id=mode_id,
            target=one.target,
            raw=answer.raw,
        )
        for number, (image, one, answer) in enumerate(asked, first)
        if Unscored.BUDGET not in (one.reason, answer.error)
    ]
