"""Verifies rollouts: gives each a verdict, and measures the outcomes of each method."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, cast

import pandas as pd

from blindspot.budget import Meter
from blindspot.checks.rollouts import VERDICT
from blindspot.distributed import BLOCK
from blindspot.errors import BlindspotError
from blindspot.judges.judging import judge_asked
from blindspot.metrics import Scored, rates, refuse_unscored, unscored
from blindspot.params import BudgetParams
from blindspot.protocols import ProposedQuestion, Verifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.rollout import METHODS, NOT_ASKED
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Verdict
from blindspot.store import to_frame

FIRST = 3  # messages of each reason that are printed


def verify(
    rollouts: pd.DataFrame, images: Sequence[Image], verifier: Verifier, meter: Meter | None = None
) -> pd.DataFrame:
    """Returns a verdict for each rollout, in order: the columns of VERDICT, and the judge's replies as `raw`.

    A rollout without an answer is unscored, and one without a question is invalid. `meter`: counts what is judged.
    Rollouts for which its budget has nothing left are unscored, about equally many of each method and mode. Raises
    BlindspotError if the image of a rollout is not among `images`.
    """
    known = {image.image_id: image for image in images}
    if unknown := sorted(set(rollouts["image_id"]) - known.keys()):
        raise BlindspotError(
            f"rollouts ask about image {unknown[0]}, which is not in the test split", "run harvest again"
        )
    errors = rollouts["error"].astype(object).where(rollouts["error"].notna(), None)
    messages = rollouts["message"].fillna("") if "message" in rollouts else [""] * len(rollouts)
    unasked = rollouts["candidate"].eq(NOT_ASKED) if "candidate" in rollouts else [False] * len(rollouts)
    asked, answers = list[ProposedQuestion](), list[Answer]()
    for *texts, error, message, no_question in zip(
        rollouts["question"], rollouts["answer"], errors, messages, unasked, strict=True
    ):
        asked.append(ProposedQuestion(texts[0], reason=error if no_question else None, message=message))
        answers.append(Answer(texts[1], Unscored(error) if error and not no_question else None, message))
    mode_ids = rollouts["mode_id"].tolist() if "mode_id" in rollouts else None
    groups = [*zip(rollouts["method"], mode_ids or [None] * len(rollouts), strict=True)]
    pictures = [known[name] for name in rollouts["image_id"]]
    meter = meter or Meter(BudgetParams.model_validate({}))
    verdicts = _judge_within(meter, groups, verifier, pictures, asked, answers)
    columns = ["rollout_id", "method", "image_id", "question", "answer"]
    frame = pd.concat([rollouts[columns].reset_index(drop=True), to_frame(verdicts)], axis=1)
    return frame.assign(persists=float("nan"), mode_id=mode_ids)[[*VERDICT.columns, "raw"]]


def _judge_within(
    meter: Meter,
    groups: Sequence[Hashable],
    verifier: Verifier,
    images: Sequence[Image],
    asked: Sequence[ProposedQuestion],
    answers: Sequence[Answer],
) -> list[Verdict]:
    """Returns a verdict for each answer. Under a budget, blocks are judged one after the other."""
    answered = [place for place, answer in enumerate(answers) if answer.error is None and asked[place].reason is None]
    fits = evenly([groups[place] for place in answered], meter.room(len(answered), {"judge": 1.0}))
    left = {answered[place] for place in fits}
    found, size = list[Verdict](), BLOCK if meter.is_limited else max(len(answers), 1)
    for start in range(0, len(answers), size):
        rows = slice(start, start + size)
        left = set() if meter.is_over() else left
        part = [
            Answer("", Unscored.BUDGET) if answer.error is None and place not in left else answer
            for place, answer in enumerate(answers[rows], start)
        ]
        verdicts = judge_asked(verifier, images[rows], asked[rows], part)
        judged = [one.reason for place, one in enumerate(verdicts, start) if place in left]
        meter.spend(0, len(judged) - judged.count(Unscored.BUDGET))
        meter.show()
        found += verdicts
    return found


def evenly(groups: Sequence[Hashable], count: int) -> list[int]:
    """Returns `count` places in order, with about the same share of each group, the first ones of each."""
    sizes, seen = Counter(groups), Counter[Hashable]()
    shares = list[tuple[float, int]]()
    for place, group in enumerate(groups):
        seen[group] += 1
        shares.append((seen[group] / sizes[group], place))
    return sorted(place for _, place in sorted(shares)[:count])


def measure(verdicts: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Returns the counts and rates of each method; "unscored" has the reasons over all methods."""
    families = verdicts["family"].astype(object).where(verdicts["family"].notna(), None)
    of = {method: verdicts["method"] == method for method in METHODS}
    found = {method: dict(rates([*verdicts["outcome"][rows]], [*families[rows]])) for method, rows in of.items()}
    return found | {"unscored": unscored([*verdicts["outcome"]], [*verdicts["reason"]])}


def unscored_by_method(verdicts: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Returns for each method the number of unscored rollouts by reason."""
    of = {str(method): rows for method, rows in verdicts.groupby("method")}
    return {method: unscored([*rows["outcome"]], [*rows["reason"]]) for method, rows in of.items()}


def show_unscored(verdicts: pd.DataFrame) -> None:
    """Prints the number of unscored rollouts, the reasons, and the first messages of each reason."""
    rows = verdicts[verdicts["outcome"] == "unscored"]
    if rows.empty:
        return
    reasons = unscored([*rows["outcome"]], [*rows["reason"]])
    counts = ", ".join(f"{reason} × {count}" for reason, count in reasons.items())
    print(f"verify: {len(rows)} of {len(verdicts)} rollouts are unscored: {counts}", flush=True)
    explained = rows[rows["message"].notna()]
    for reason in reasons:
        own = explained[explained["reason"] == reason].head(FIRST)
        for rollout_id, message in zip(own["rollout_id"], own["message"], strict=True):
            print(f"  {reason}, {rollout_id}: {message}", flush=True)


def refuse_unscored_rollouts(verdicts: pd.DataFrame, limit: float) -> None:
    """Raises BlindspotError if more than a share of `limit` of a method's rollouts is unscored."""
    fix = f"then `dvc repro -f harvest` to ask again, or raise verify.max_unscored_rate (now {limit:g})"
    for method, rows in verdicts.groupby("method", sort=False):
        refuse_unscored(scored_rows(rows), limit, f"rollouts of {method}", fix)


def scored_rows(frame: pd.DataFrame) -> list[Scored]:
    """Returns the rows of a frame with the columns outcome, reason and message."""
    return cast(list[Scored], [*frame.itertuples()])
