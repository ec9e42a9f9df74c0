"""Confirms the failure modes that a search discovered, as the pipeline does on scenes."""

from collections.abc import Sequence

from blindspot.params import MODES
from blindspot.protocols import Candidate, Verifier
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.quotas import ask_quotas, quotas_of
from blindspot.records.failure_mode import FailureMode
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.records.verdict import VALID
from blindspot.search.discovered import questions_of
from blindspot.store import to_frame
from blindspot.taxonomy.discovery import with_features
from blindspot.taxonomy.modes.confirm import confirm, for_confirmation
from blindspot.verification import verify


def confirm_modes(
    modes: Sequence[FailureMode],
    asked: Sequence[Asked],
    candidate: Candidate,
    verifier: Verifier,
    images: Sequence[Image],
    seed: int,
    threshold: float = MODES.threshold,
) -> list[FailureMode]:
    """Returns the modes with their status: a quota of uniform questions about `images` is asked for each of them.

    `asked`: the questions of the search.
    """
    if not modes:
        return []
    quotas = quotas_of(modes, questions_of(asked, []), threshold)
    rollouts = ask_quotas(quotas, TemplateQuestioner(), candidate, images, seed)
    verdicts = verify(to_frame(rollouts), images, verifier)
    valid = verdicts[verdicts["outcome"].isin(VALID)].reset_index(drop=True)
    return confirm(modes, for_confirmation(with_features(valid, modes), verdicts), threshold, examples=0)
