"""The reward's components: failure + semantic diversity + lexical diversity − penalty for an invalid question.

Each is a function of one batch; their weights are parameters. None means that a component does not apply: a question
whose outcome is an error earns nothing, neither good nor bad.
"""

from collections.abc import Sequence

from blindspot.protocols import Hint
from blindspot.records.verdict import Verdict
from blindspot.rewards.archive import Archive
from blindspot.skills.plain import all_traits

ELSEWHERE = 0.3  # what a failure is worth that lacks a trait of its hint

DIVERSITIES = ("semantic_diversity", "lexical_diversity")
COMPONENTS = ("failure", "semantic_diversity", "lexical_diversity", "invalid")


def components(
    questions: Sequence[str], verdicts: Sequence[Verdict], hints: Sequence[Hint], archive: Archive
) -> dict[str, list[float | None]]:
    """Every component for every question of a batch.

    failure: 1 where the candidate fails a valid question with all traits of its hint, ELSEWHERE for another failure:
    what is loud does not drown the rest. semantic_diversity: how novel, to the archive, what a valid
    question asks is. lexical_diversity: 1 − how common its word pairs are there. invalid: −1 for an invalid question,
    whose diversity is the mean of the valid ones: what is hard to ask validly costs its penalty and no more, and
    babble's novelty earns nothing.
    """
    rows = [_one(*row, archive) for row in zip(questions, verdicts, hints, strict=True)]
    for name in DIVERSITIES:
        known = [value for row in rows if (value := row[name]) is not None]
        mean = sum(known) / len(known) if known else 0.0
        for row, verdict in zip(rows, verdicts, strict=True):
            if verdict.outcome == "invalid":
                row[name] = mean
    return {name: [row[name] for row in rows] for name in COMPONENTS}


def _one(question: str, verdict: Verdict, hint: Hint, archive: Archive) -> dict[str, float | None]:
    if verdict.outcome == "error":
        return dict.fromkeys(COMPONENTS)
    if verdict.outcome == "invalid":
        return {"failure": 0.0, "invalid": -1.0} | dict.fromkeys(DIVERSITIES)
    failed = 1.0 if all_traits(question, verdict.reference).issuperset(hint) else ELSEWHERE
    return {
        "failure": failed if verdict.outcome == "failure" else 0.0,
        "semantic_diversity": archive.novelty(question),
        "lexical_diversity": 1.0 - archive.overlap(question),
        "invalid": 0.0,
    }
