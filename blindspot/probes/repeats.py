"""Repeats the questions of failures: with sampled answers, paraphrased, and with the image rescaled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from PIL.Image import Resampling

from blindspot.judges.judging import judge_all
from blindspot.metrics import PERSISTENT, share
from blindspot.models.pictures import read_picture
from blindspot.probes.paraphrase import paraphrases
from blindspot.protocols import Candidate, Verifier
from blindspot.records.answer import Sampling
from blindspot.records.image import Image
from blindspot.records.verdict import WAYS, Repeat

SCALES = (0.9, 1.1, 0.8)  # factors of the image's sides, by round


@dataclass(frozen=True)
class _Request:
    """A repeat that is to be asked."""

    rollout_id: str
    way: str
    round: int
    image: Image
    question: str


def ask_again(
    failures: pd.DataFrame,
    images: Mapping[str, Image],
    candidate: Candidate,
    verifier: Verifier,
    rounds: int,
    temperature: float,
    folder: Path,
) -> list[Repeat]:
    """Repeats the question of every failure `rounds` times in each of WAYS, and judges the answers.

    `failures`: columns rollout_id, image_id, question. `temperature`: of the sampled answers; the seed is the round. A
    question with fewer paraphrases than `rounds` is asked once in each of them. Rescaled images are written to
    `folder`; the same image gives the same bytes.
    """
    asked = [
        request
        for row in failures[["rollout_id", "image_id", "question"]].to_dict("records")
        for request in _requests(str(row["rollout_id"]), images[row["image_id"]], str(row["question"]), rounds, folder)
    ]
    found: dict[_Request, Repeat] = {}
    for turn in (None, *range(1, rounds + 1)):  # all repeats at temperature 0 in one batch, sampled ones by round
        group = [one for one in asked if (one.round if one.way == "sampled" else None) == turn]
        sampling = None if turn is None else Sampling(temperature, turn)
        found |= dict(zip(group, _ask(group, candidate, verifier, sampling), strict=True))
    return [found[one] for one in asked]


def persistence(repeats: pd.DataFrame) -> "pd.Series[float]":
    """Returns the share of repeats that failed again, by rollout_id. Unscored repeats are excluded."""
    judged = repeats[repeats["outcome"] != "unscored"]
    return (judged["outcome"] == "failure").astype(float).groupby(judged["rollout_id"]).mean()


def repeat_rates(verdicts: pd.DataFrame, repeats: pd.DataFrame) -> dict[str, float | int | None]:
    """Returns how many of one method's failures persist.

    `persistent_failures`: failures with more than half of their repeats failing again. `persistent_share` =
    persistent_failures ÷ failures with a scored repeat. `persistent_failure_rate` = persistent_failures ÷ (failures +
    correct + invalid), to compare with failure_rate. `failing_<way>`: the share of the repeats of a way that failed
    again. `repeat_errors`: unscored repeats, which are excluded from the shares.
    """
    known = verdicts["persists"].notna()
    persistent = int((verdicts["persists"] > PERSISTENT).sum())
    judged = repeats[repeats["outcome"] != "unscored"]
    ways = {way: judged.loc[judged["way"] == way, "outcome"] == "failure" for way in WAYS}
    return {
        "persistent_failures": persistent,
        "persistent_share": share(persistent, int(known.sum())),
        "persistent_failure_rate": share(persistent, int((verdicts["outcome"] != "unscored").sum())),
        **{f"failing_{way}": share(int(failed.sum()), len(failed)) for way, failed in ways.items()},
        "repeats": len(repeats),
        "repeat_errors": len(repeats) - len(judged),
    }


def _requests(name: str, image: Image, question: str, rounds: int, folder: Path) -> list[_Request]:
    turns = range(1, rounds + 1)
    others = paraphrases(question)[:rounds]
    return [
        *(_Request(name, "sampled", turn, image, question) for turn in turns),
        *(_Request(name, "paraphrased", turn, image, other) for turn, other in enumerate(others, 1)),
        *(_Request(name, "rescaled", turn, _rescale(image, SCALES[turn - 1], folder), question) for turn in turns),
    ]


def _ask(
    group: Sequence[_Request], candidate: Candidate, verifier: Verifier, sampling: Sampling | None
) -> list[Repeat]:
    images, questions = [one.image for one in group], [one.question for one in group]
    answers = candidate.answer(images, questions, sampling)
    verdicts = judge_all(verifier, images, questions, answers)
    return [
        Repeat(
            rollout_id=one.rollout_id,
            way=one.way,
            round=one.round,
            question=one.question,
            answer=answer.text,
            outcome=verdict.outcome,
            reason=verdict.reason,
            verifier=verdict.verifier,
            message=verdict.message,
        )
        for one, answer, verdict in zip(group, answers, verdicts, strict=True)
    ]


def _rescale(image: Image, scale: float, folder: Path) -> Image:
    """Writes the image with its sides multiplied by `scale` as a PNG file in `folder`, and returns it."""
    path = folder / f"{image.path.stem}-{scale:g}.png"
    if not path.exists():
        picture = read_picture(image.path)
        width, height = (max(1, round(side * scale)) for side in picture.size)
        picture.resize((width, height), Resampling.LANCZOS).save(path)
    return replace(image, path=path)
