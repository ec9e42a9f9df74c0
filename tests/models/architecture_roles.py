"""Checks of one architecture as it is loaded, without training: as a candidate, and as a judge."""

from collections.abc import Sequence
from pathlib import Path

from blindspot.judges.vlm import VLMVerifier
from blindspot.models.candidate import VLMCandidate
from blindspot.models.local import GreedyVLM, LocalVLM
from blindspot.prompts.files import default_prompts, embedded_prompts
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored

#: Questions of unequal length, and answers to them.
ASKED = {"is there a red star ?": "yes", "how many small blue circles are left of the green square ?": "2"}
NOISE = {Unscored.CUT_OFF, Unscored.EMPTY}  # random weights write noise, or nothing


def answers(start: Path, images: Sequence[Image]) -> bool:
    """Returns whether the candidate replies to a batch about `images`, with embedded and with instruct prompts.

    A reply that is cut off or empty counts: the weights are random. The reply must depend on the image.
    """
    questions = [*ASKED] * (len(images) // 2)
    for prompts in (embedded_prompts("candidate"), default_prompts("candidate")):
        candidate = VLMCandidate(GreedyVLM(start, len(images), 4, prompts.system), prompts)
        found = candidate.answer(images, questions)
        if not {one.error for one in found} - {None} <= NOISE:
            return False
    return sees(start, images)


def sees(start: Path, images: Sequence[Image]) -> bool:
    """Returns whether the log-probability of a reply depends on the image. The last two `images` have one size."""
    vlm, question = LocalVLM(start), next(iter(ASKED))
    [one], [other] = (vlm.complete([image], [question], 1, 2, temperature=1.0) for image in images[-2:])
    return one.log_prob != other.log_prob


def judges(start: Path, images: Sequence[Image]) -> bool:
    """Returns whether the judge gives each answer a verdict, with the instruct prompts.

    Unscored counts if the reply is cut off, empty or not in the form of a verdict: the weights are random.
    """
    verifier = VLMVerifier(GreedyVLM(start, len(images), max_new_tokens=16))
    asked = [*ASKED] * (len(images) // 2)
    verdicts = verifier.judge(images, asked, [ASKED[question] for question in asked])
    reasons = {verdict.reason for verdict in verdicts if verdict.outcome == "unscored"}
    return len(verdicts) == len(images) and reasons <= NOISE | {Unscored.JUDGEMENT_NOT_UNDERSTOOD}
