"""Harvests questions: a questioner asks about images, and the candidate answers."""

from collections import Counter
from collections.abc import Sequence

from tqdm import tqdm

from blindspot.distributed import BLOCK, block_seed, process_state
from blindspot.judges.judging import answer_all
from blindspot.protocols import Candidate, ProposedQuestion, Questioner
from blindspot.questioner.proposing import no_question
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.rollout import NOT_ASKED, Rollout


def harvest(
    method: str, questioner: Questioner, candidate: Candidate, images: Sequence[Image], calls: int, seed: int
) -> list[Rollout]:
    """Asks `calls` questions about the images in turn; every rank returns all rollouts of the method, in order.

    Ranks share the work in blocks. Each block has its own seed, so the number of ranks does not change the results.
    Raises BlindspotError if no reply of the questioner has a question.
    """
    from accelerate.utils import gather_object

    state = process_state()
    asked = [images[call % len(images)] for call in range(calls)]
    starts = range(0, calls, BLOCK)[state.process_index :: state.num_processes]
    found = []
    for start in tqdm(starts, f"harvest: {method}", disable=not state.is_main_process):
        block = asked[start : start + BLOCK]
        proposed = questioner.ask(block, seed=block_seed(seed, start))
        answers = answer_all(candidate, block, proposed)
        asked_here = [*zip(block, proposed, answers, strict=True)]
        found += to_rollouts(method, method, questioner.identity, candidate.identity, asked_here, first=start)
    rollouts: list[Rollout] = sorted(gather_object(found), key=lambda rollout: rollout.rollout_id)
    if all(rollout.candidate == NOT_ASKED for rollout in rollouts):
        reasons = Counter(str(rollout.error) for rollout in rollouts)
        message = next((rollout.message for rollout in rollouts if rollout.message), "")
        raise no_question(f"the {method} questioner", reasons, message)
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
    """Returns the rollouts of questions and their answers. Their ids are `name` and a number, from `first` on."""
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
            raw=answer.raw,
        )
        for number, (image, one, answer) in enumerate(asked, first)
    ]
