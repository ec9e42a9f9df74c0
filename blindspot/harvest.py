"""Harvests questions: a questioner asks about images, and the candidate answers."""

from collections import Counter
from collections.abc import Sequence

from tqdm import tqdm

from blindspot.distributed import BLOCK, process_state
from blindspot.judges.judging import answer_all
from blindspot.protocols import Candidate, Questioner
from blindspot.questioner.proposing import no_question
from blindspot.records.image import Image
from blindspot.records.rollout import NOT_ASKED, Rollout

SEED_STRIDE = 1_000_003  # distance between the seeds of two runs; larger than any number of calls


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
        proposed = questioner.ask(block, seed=seed * SEED_STRIDE + start)
        answers = answer_all(candidate, block, proposed)
        found += [
            Rollout(
                rollout_id=f"{method}-{start + index:06d}",
                method=method,
                image_id=image.image_id,
                question=one.question,
                answer=answer.text,
                questioner=questioner.identity,
                candidate=NOT_ASKED if one.reason else candidate.identity,
                error=one.reason or answer.error,
                message=one.message or answer.message or None,
                raw=answer.raw,
            )
            for index, (image, one, answer) in enumerate(zip(block, proposed, answers, strict=True))
        ]
    rollouts: list[Rollout] = sorted(gather_object(found), key=lambda rollout: rollout.rollout_id)
    if all(rollout.candidate == NOT_ASKED for rollout in rollouts):
        reasons = Counter(str(rollout.error) for rollout in rollouts)
        message = next((rollout.message for rollout in rollouts if rollout.message), "")
        raise no_question(f"the {method} questioner", reasons, message)
    return rollouts
