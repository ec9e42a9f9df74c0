"""Asks the candidate again where it failed: with another seed, in other words, about the image rescaled."""

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
from blindspot.records.image import Image
from blindspot.records.repeat import WAYS, Repeat
from blindspot.records.sampling import Sampling

SCALES = (0.9, 1.1, 0.8)  # of the image's sides, in each round


@dataclass(frozen=True)
class _Again:
    """What is asked again of one rollout, in one way and round."""

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
    """Every failure asked about again in each of WAYS, `rounds` times, and the answers judged as any.

    `failures`: columns rollout_id, image_id, question. A question that has fewer paraphrases than `rounds` is asked in
    those there are. Rescaled images are written to `folder`; the same image gives the same bytes.
    """
    asked = [
        again
        for row in failures[["rollout_id", "image_id", "question"]].to_dict("records")
        for again in _again(str(row["rollout_id"]), images[row["image_id"]], str(row["question"]), rounds, folder)
    ]
    found: dict[_Again, Repeat] = {}
    for turn in (None, *range(1, rounds + 1)):  # greedy ones together, those drawn by a seed round by round
        group = [one for one in asked if (one.round if one.way == "sampled" else None) == turn]
        sampling = None if turn is None else Sampling(temperature, turn)
        found |= dict(zip(group, _put(group, candidate, verifier, sampling), strict=True))
    return [found[one] for one in asked]


def persistence(repeats: pd.DataFrame) -> "pd.Series[float]":
    """By rollout_id, the share of its repeats that fail again. Errors are left out, a rollout with no other too."""
    judged = repeats[repeats["outcome"] != "unscored"]
    return (judged["outcome"] == "failure").astype(float).groupby(judged["rollout_id"]).mean()


def repeat_rates(verdicts: pd.DataFrame, repeats: pd.DataFrame) -> dict[str, float | int | None]:
    """What of one method's failures is left when they are asked about again.

    `persistent_failures`: those of which more than half of the repeats fail again. `persistent_share` = these ÷
    failures with a repeat that was judged; `persistent_failure_rate` = these ÷ (failures + correct + invalid), to be
    held against failure_rate. `failing_<way>`: the share of a way's repeats that fail again; `repeat_errors` are in
    none of these.
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


def _again(name: str, image: Image, question: str, rounds: int, folder: Path) -> list[_Again]:
    turns = range(1, rounds + 1)
    others = paraphrases(question)[:rounds]
    return [
        *(_Again(name, "sampled", turn, image, question) for turn in turns),
        *(_Again(name, "paraphrased", turn, image, other) for turn, other in enumerate(others, 1)),
        *(_Again(name, "rescaled", turn, _rescale(image, SCALES[turn - 1], folder), question) for turn in turns),
    ]


def _put(group: Sequence[_Again], candidate: Candidate, verifier: Verifier, sampling: Sampling | None) -> list[Repeat]:
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
    """The image with sides `scale` times as long, antialiased, as a PNG in `folder`."""
    path = folder / f"{image.path.stem}-{scale:g}.png"
    if not path.exists():
        picture = read_picture(image.path)
        width, height = (max(1, round(side * scale)) for side in picture.size)
        picture.resize((width, height), Resampling.LANCZOS).save(path)
    return replace(image, path=path)
