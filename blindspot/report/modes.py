"""Gathers what the report shows of each failure mode: figures, who asked, answers, examples, related modes."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from blindspot.metrics import Mask
from blindspot.records.failure_mode import FailureMode, in_report_order
from blindspot.records.rollout import METHODS
from blindspot.report.rates import Rate, discovered_rate, error_rate, rate, tested_rate

LONGEST_NAME = 80  # characters of a file name
SHOWN_INSTEAD = 6  # wrong answers that are listed beside the true ones
SHOWN_REPLY = 2000  # characters of a raw reply; data/verdicts/replies.parquet has all of it
SHOWN_RIGHT = 6  # correctly answered questions of a mode


@dataclass(frozen=True)
class Example:
    """A question about an image, the candidate's answer and the true one (None where it is unknown).

    `replies`: who replied, and the raw reply, of candidate and judge, where replies are kept. `address`: its place on
    the pages of questions.
    """

    rollout_id: str
    image_id: str
    question: str
    answer: str
    reference: str | None
    outcome: str
    asked_by: str
    address: str
    replies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Instead:
    """How often the candidate answered `answer` where `reference` is true."""

    reference: str
    answer: str
    times: int


@dataclass(frozen=True)
class Related:
    """A mode that shares `features` or questions with another. `common`: share of its questions that are in both."""

    page: str
    name: str
    features: tuple[str, ...]
    common: float | None


@dataclass(frozen=True)
class Part:
    """What a mode is a mix of: a mode, with its page if the report shows it, or a documented weakness."""

    name: str
    page: str | None = None
    documented: bool = False


@dataclass(frozen=True)
class Documented:
    """A weakness of VLMs on the list of documented ones: what was found, by whom, where to read it."""

    name: str
    says: str = ""
    source: str = ""
    url: str = ""


@dataclass(frozen=True)
class Mode:
    """A failure mode with what the report shows of it.

    `page`: the name of its file, without the ending. `rate`: of the questions that it was tested on, None if there are
    none. `discovered`: of those that it was discovered in. `share`: its share of all failures of the compared methods,
    None if there are none. `questions`: the number of its questions of all methods.
    `documented`: the weaknesses that it matches; empty if there is none, None without a list. `mix`: what it is a mix
    of; empty if it is no mix. `asked_by`: method, name and error rate of each compared method that asked its
    questions. `failed` and `right`: examples of failures and of correct answers.
    """

    record: FailureMode
    page: str
    rate: Rate | None
    discovered: Rate
    share: Rate | None
    questions: int
    documented: tuple[Documented, ...] | None
    mix: tuple[Part, ...]
    asked_by: tuple[tuple[str, str, Rate], ...]
    failed: tuple[Example, ...]
    right: tuple[Example, ...]
    instead: tuple[Instead, ...]
    related: tuple[Related, ...]

    @property
    def as_trained(self) -> Rate | None:
        """Its error rate on the questions of the method trained; None if that asked none."""
        return next((rate for method, _, rate in self.asked_by if method == "trained"), None)


def modes(
    found: Sequence[FailureMode], rows: pd.DataFrame, documented: Sequence[Mapping[str, Any]] = (), most: int = 20
) -> tuple[Mode, ...]:
    """Returns the first `most` failure modes in the order of the report.

    `found`: all of them. `rows`: rollouts with their verdicts and the `names` of the features of each valid question,
    as `blindspot.report.questions.place` adds them. `documented`: the weaknesses that some of the modes match.
    """
    by_id, names = rows.set_index("rollout_id"), {mode.mode_id: mode.name for mode in found}
    found = in_report_order(found)[:most]
    pages = {mode.mode_id: page_name(mode.mode_id) for mode in found}
    masks = [contained(mode, rows) for mode in found]
    listed = {
        str(one["name"]): Documented(**{key: one[key] for key in ("name", "says", "source", "url")})
        for one in documented
    }
    failed = ((rows["outcome"] == "failure") & rows["method"].isin(METHODS)).to_numpy(bool)
    return tuple(
        _mode(
            mode,
            rows[mask],
            by_id,
            _related(index, found, masks),
            listed,
            _mix(mode, names, pages),
            rate(int((mask & failed).sum()), int(failed.sum())) if failed.any() else None,
        )
        for index, (mode, mask) in enumerate(zip(found, masks, strict=True))
    )


def contained(mode: FailureMode, rows: pd.DataFrame) -> Mask:
    """Returns which rows are questions of the mode."""
    return np.array([names is not None and mode.contains(names) for names in rows["names"]], dtype=bool)


def page_name(mode_id: str) -> str:
    """Returns a file name that every file system accepts, different for each mode id."""
    plain = re.sub(r"[^a-z0-9]+", "-", mode_id.lower()).strip("-")
    kept = re.sub(r"-{2,}", "--", re.sub(r"[^a-z0-9-]", "", mode_id))
    if kept == mode_id and 0 < len(mode_id) <= LONGEST_NAME:
        return mode_id
    return f"{plain[:LONGEST_NAME]}-{hashlib.sha256(mode_id.encode()).hexdigest()[:8]}".strip("-")


def example(row: "pd.Series[Any]") -> Example:
    """Returns the example for a row of rollouts with their verdicts, which is named by its rollout id."""
    reference = row["reference"] if isinstance(row["reference"], str) else None
    return Example(
        rollout_id=str(row.name),
        image_id=row["image_id"],
        question=row["question"],
        answer=row["answer"],
        reference=reference,
        outcome=row["outcome"],
        asked_by=row["asked_by"],
        address=row["address"],
        replies=replies_of(row),
    )


def replies_of(row: "pd.Series[Any] | Mapping[Any, Any]") -> tuple[tuple[str, str], ...]:
    """Returns who replied, and the start of the raw reply, of candidate and judge; empty if replies are not kept."""
    candidate, judge = row.get("candidate_reply"), row.get("judge_replies")
    said = [("Candidate", candidate)] if isinstance(candidate, str) and candidate else []
    said += [("Judge", text) for text in judge] if judge is not None and not isinstance(judge, float) else []
    return tuple((who, text if len(text) <= SHOWN_REPLY else f"{text[:SHOWN_REPLY]}…") for who, text in said)


def _mode(
    mode: FailureMode,
    own: pd.DataFrame,
    by_id: pd.DataFrame,
    related: tuple[Related, ...],
    listed: Mapping[str, Documented],
    mix: tuple[Part, ...],
    share: Rate | None,
) -> Mode:
    names, right = mode.documented, own[own["outcome"] == "correct"]
    right = right.drop_duplicates("question").drop_duplicates("image_id")
    return Mode(
        record=mode,
        page=page_name(mode.mode_id),
        rate=tested_rate(mode),
        discovered=discovered_rate(mode),
        share=share,
        questions=len(own),
        documented=None if names is None else tuple(listed.get(name) or Documented(name) for name in names),
        mix=mix,
        asked_by=_asked_by(own),
        failed=_examples(by_id, [*mode.examples]),
        right=_examples(by_id, right["rollout_id"].head(SHOWN_RIGHT).tolist()),
        instead=_instead(own),
        related=related,
    )


def _mix(mode: FailureMode, names: Mapping[str, str], pages: Mapping[str, str]) -> tuple[Part, ...]:
    modes = (Part(names.get(one, one), pages.get(one)) for one in mode.mix_of)
    return (*modes, *(Part(name, documented=True) for name in mode.mix_documented))


def _examples(by_id: pd.DataFrame, names: list[str]) -> tuple[Example, ...]:
    return tuple(example(row) for _, row in by_id.loc[names].iterrows())


def _asked_by(own: pd.DataFrame) -> tuple[tuple[str, str, Rate], ...]:
    parts = ((method, own[own["method"] == method]) for method in METHODS)
    rates = ((method, part["asked_by"].iloc[0], error_rate(part)) for method, part in parts if len(part))
    return tuple(one for one in rates if one[2].whole)


def _instead(own: pd.DataFrame) -> tuple[Instead, ...]:
    """Returns the most frequent pairs of true answer and wrong answer, spelt as they are."""
    failed = own[own["outcome"] == "failure"].dropna(subset=["reference"])
    pairs = Counter(zip(failed["reference"], failed["answer"], strict=True))
    ordered = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Instead(reference, answer, times) for (reference, answer), times in ordered[:SHOWN_INSTEAD])


def _related(index: int, found: Sequence[FailureMode], masks: Sequence[Mask]) -> tuple[Related, ...]:
    """Returns the modes that share a feature or a question with the one at `index`."""
    mode, own = found[index], masks[index]
    related = []
    for other, others in zip(found, masks, strict=True):
        shared = tuple(feature for feature in mode.features if feature in other.features)
        both, all_ = int((own & others).sum()), int(others.sum())
        if other is not mode and (shared or both):
            near = Related(page_name(other.mode_id), other.name, shared, both / all_ if all_ else None)
            related.append((other.features, near))
    related.sort(key=lambda one: (not one[1].features, -(one[1].common or 0), one[0]))
    return tuple(near for _, near in related)
