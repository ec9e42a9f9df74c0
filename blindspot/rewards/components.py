"""The components of the reward: failure + semantic diversity + lexical diversity − penalty for an invalid question.

The components are computed for one batch; their weights are parameters (train.weights). A component is None if it
does not apply: an unscored question has no reward and no penalty.
"""

from collections.abc import Sequence

from blindspot.protocols import Target
from blindspot.records.verdict import Verdict
from blindspot.rewards.archive import Archive
from blindspot.taxonomy.reading.question_features import all_features

OFF_TARGET = 0.3  # reward of a failure whose question lacks a feature of its target

DIVERSITIES = ("semantic_diversity", "lexical_diversity")
COMPONENTS = ("failure", "semantic_diversity", "lexical_diversity", "invalid")


def components(
    questions: Sequence[str], verdicts: Sequence[Verdict], targets: Sequence[Target], archive: Archive
) -> dict[str, list[float | None]]:
    """Returns every component for every question of a batch.

    failure: 1 if the candidate fails a valid question that has all features of its target, OFF_TARGET for any other
    failure, so that frequent failures do not dominate the reward. semantic_diversity: the novelty of a valid question
    with respect to the archive. lexical_diversity: 1 − the frequency of its word pairs in the archive. invalid: −1
    for an invalid question. The diversity of an invalid question is the mean over the valid questions: it costs only
    the penalty, and nonsense is not rewarded for being novel.
    """
    rows = [_one(*row, archive) for row in zip(questions, verdicts, targets, strict=True)]
    for name in DIVERSITIES:
        known = [value for row in rows if (value := row[name]) is not None]
        mean = sum(known) / len(known) if known else 0.0
        for row, verdict in zip(rows, verdicts, strict=True):
            if verdict.outcome == "invalid":
                row[name] = mean
    return {name: [row[name] for row in rows] for name in COMPONENTS}


def _one(question: str, verdict: Verdict, target: Target, archive: Archive) -> dict[str, float | None]:
    if verdict.outcome == "unscored":
        return dict.fromkeys(COMPONENTS)
    if verdict.outcome == "invalid":
        return {"failure": 0.0, "invalid": -1.0} | dict.fromkeys(DIVERSITIES)
    failed = 1.0 if all_features(question, verdict.reference).issuperset(target) else OFF_TARGET
    return {
        "failure": failed if verdict.outcome == "failure" else 0.0,
        "semantic_diversity": archive.novelty(question),
        "lexical_diversity": 1.0 - archive.overlap(question),
        "invalid": 0.0,
    }
