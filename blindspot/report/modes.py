"""Failure modes as the report shows them: figures, pictures, who asked, what was said instead, neighbours."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from blindspot.records.rollout import METHODS
from blindspot.report.rates import ASKED_BY, Rate, error_rate

LONGEST_NAME = 80  # characters of a file's name
SHOWN_INSTEAD = 6  # answers that are listed beside the true ones
SHOWN_REPLY = 2000  # characters of a raw reply; data/verdicts/replies.parquet has more
SHOWN_RIGHT = 6  # questions of a mode that went well, for contrast


@dataclass(frozen=True)
class Example:
    """One question about an image, what the candidate said and what is true (None where nobody knows).

    `replies`: who replied and the raw reply, of candidate and judge, where they are kept.
    """

    rollout_id: str
    image_id: str
    question: str
    answer: str
    reference: str | None
    outcome: str
    asked_by: str
    replies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Instead:
    """How often the candidate said `answer` where `reference` is true."""

    reference: str
    answer: str
    times: int


@dataclass(frozen=True)
class Neighbour:
    """A mode that shares features with another. `common`: share of the other's questions that are of both."""

    page: str
    name: str
    features: tuple[str, ...]
    common: float | None


@dataclass(frozen=True)
class Documented:
    """A weakness of VLMs that somebody has written of: what they say, and where."""

    name: str
    says: str = ""
    source: str = ""
    url: str = ""


@dataclass(frozen=True)
class Mode:
    """One failure mode. `page` is the name of its file, without its ending.

    `kinds`: of what most of its questions ask for. `recurrence`: share of resamples in which it was found again; None
    where that was not tried. `documented`: weaknesses that it matches; empty if it is novel, None without a list.
    `asked_by`: wrong rates of its questions by who asked them, those alone who did. `failed` and `right`: examples.
    """

    mode_id: str
    page: str
    name: str
    features: tuple[str, ...]
    kinds: tuple[str, ...]
    rate: Rate
    log_likelihood_ratio: float | None
    q_value: float | None
    recurrence: float | None
    documented: tuple[Documented, ...] | None
    asked_by: tuple[tuple[str, str, Rate], ...]
    failed: tuple[Example, ...]
    right: tuple[Example, ...]
    instead: tuple[Instead, ...]
    neighbours: tuple[Neighbour, ...]


def modes(
    found: Sequence[Mapping[str, Any]], rows: pd.DataFrame, documented: Sequence[Mapping[str, Any]] = ()
) -> tuple[Mode, ...]:
    """Failure modes in the order given, most useful first. `documented`: the weaknesses that some of them match.

    `rows`: rollouts with their verdicts, and the `names` (skills, meta-skills, features) of each question that is in
    the rates, as `blindspot.report.questions.place` adds them.
    """
    by_id = rows.set_index("rollout_id")
    claimed = [claims(mode, rows) for mode in found]
    listed = {
        str(one["name"]): Documented(**{key: one[key] for key in ("name", "says", "source", "url")})
        for one in documented
    }
    return tuple(
        _mode(mode, rows[own], by_id, _neighbours(index, found, claimed), listed)
        for index, (mode, own) in enumerate(zip(found, claimed, strict=True))
    )


def claims(mode: Mapping[str, Any], rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows are questions of the mode."""
    features = frozenset(mode["features"])
    return rows["names"].map(lambda names: names is not None and features <= names).astype(bool)


def page_name(mode_id: str) -> str:
    """A file's name that every file system takes, another for another mode."""
    plain = re.sub(r"[^a-z0-9]+", "-", mode_id.lower()).strip("-")
    kept = re.sub(r"-{2,}", "--", re.sub(r"[^a-z0-9-]", "", mode_id))
    if kept == mode_id and 0 < len(mode_id) <= LONGEST_NAME:
        return mode_id
    return f"{plain[:LONGEST_NAME]}-{hashlib.sha256(mode_id.encode()).hexdigest()[:8]}".strip("-")


def example(row: "pd.Series[Any]") -> Example:
    """A row of rollouts with their verdicts, named by its rollout id."""
    reference = row["reference"] if isinstance(row["reference"], str) else None
    asked_by = ASKED_BY[row["method"]][0]
    return Example(
        rollout_id=str(row.name),
        image_id=row["image_id"],
        question=row["question"],
        answer=row["answer"],
        reference=reference,
        outcome=row["outcome"],
        asked_by=asked_by,
        replies=_replies(row),
    )


def _replies(row: "pd.Series[Any]") -> tuple[tuple[str, str], ...]:
    candidate, judge = row.get("candidate_reply"), row.get("judge_replies")
    said = [("Candidate", candidate)] if isinstance(candidate, str) and candidate else []
    said += [("Judge", text) for text in judge] if judge is not None and not isinstance(judge, float) else []
    return tuple((who, text if len(text) <= SHOWN_REPLY else f"{text[:SHOWN_REPLY]}…") for who, text in said)


def _mode(
    mode: Mapping[str, Any],
    own: pd.DataFrame,
    by_id: pd.DataFrame,
    neighbours: tuple[Neighbour, ...],
    listed: Mapping[str, Documented],
) -> Mode:
    documented = mode.get("documented")
    went_well = own[own["outcome"] == "correct"].drop_duplicates("question").drop_duplicates("image_id")
    return Mode(
        mode_id=mode["mode_id"],
        page=page_name(mode["mode_id"]),
        name=mode["name"],
        features=tuple(mode["features"]),
        kinds=tuple(mode.get("kinds", ())),
        rate=Rate(mode["error_rate"], mode["low"], mode["high"], mode["failures"], mode["asked"]),
        log_likelihood_ratio=mode.get("log_likelihood_ratio"),
        q_value=mode.get("q_value"),
        recurrence=mode.get("recurrence"),
        documented=None if documented is None else tuple(listed.get(name) or Documented(name) for name in documented),
        asked_by=_asked_by(own),
        failed=tuple(example(by_id.loc[name]) for name in mode["examples"]),
        right=tuple(example(by_id.loc[name]) for name in went_well["rollout_id"].head(SHOWN_RIGHT)),
        instead=_instead(own),
        neighbours=neighbours,
    )


def _asked_by(own: pd.DataFrame) -> tuple[tuple[str, str, Rate], ...]:
    rates = ((method, ASKED_BY[method][0], error_rate(own[own["method"] == method])) for method in METHODS)
    return tuple(one for one in rates if one[2].whole)


def _instead(own: pd.DataFrame) -> tuple[Instead, ...]:
    """The most frequent pairs of true and given answer, spelt as they stand."""
    failed = own[own["outcome"] == "failure"].dropna(subset=["reference"])
    pairs = Counter(zip(failed["reference"], failed["answer"], strict=True))
    ordered = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Instead(reference, answer, times) for (reference, answer), times in ordered[:SHOWN_INSTEAD])


def _neighbours(
    index: int, found: Sequence[Mapping[str, Any]], claimed: Sequence["pd.Series[bool]"]
) -> tuple[Neighbour, ...]:
    mode, own = found[index], claimed[index]
    near = []
    for other, others in zip(found, claimed, strict=True):
        shared = tuple(feature for feature in mode["features"] if feature in other["features"])
        both, all_ = int((own & others).sum()), int(others.sum())
        if other is not mode and (shared or both):
            near.append(Neighbour(page_name(other["mode_id"]), other["name"], shared, both / all_ if all_ else None))
    return tuple(sorted(near, key=lambda one: (not one.features, -(one.common or 0), one.name)))
