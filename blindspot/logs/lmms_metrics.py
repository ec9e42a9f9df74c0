"""The metrics of lmms-eval samples: which of them is the score."""

from collections import Counter
from math import isnan
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.logs.json_files import Object
from blindspot.logs.names import plain
from blindspot.logs.rows import Log
from blindspot.logs.values import number_of, text_of

#: Keys of a sample that are not metrics.
KEYS = {
    *("doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "doc_hash", "prompt_hash", "target_hash"),
    *("token_counts", "input", "input_media", "filter", "metrics", "submission", "id", "task", "version"),
}
#: Metrics that are taken before others, and keys with the score of a metric that is an object.
PREFERRED = ("exact_match", "acc", "accuracy", "relaxed_overall", "anls", "average", "score")
INNER = ("score", "correct", "is_correct", "acc", "accuracy", "hit", "true_false", "exact_match", "match")
#: What a metric that is an object calls the answer that the task extracted.
PARSED = ("parsed_pred", "parsed_answer", "extraction", "pred", "prediction", "pred_answer")
#: Words in the names of metrics that are better when they are lower.
LOWER = {"wer", "cer", "mer", "mae", "rmse", "mse", "loss", "perplexity", "edit", "failure", "failures", "latency"}


class Metrics:
    """Reads the score of samples.

    It is the first metric that a sample has a score of: metrics that more samples have come first, then those that are
    usual for accuracy. `named` is the metric that the user names. Metrics that are better when they are lower, and
    metrics with values above 1, are used only if they are named.
    """

    def __init__(self, rows: list[Object], results: Object, log: Log, named: str | None) -> None:
        self.log = log
        self.used: Counter[str] = Counter()
        self.too_high: dict[str, float] = {}
        if named is not None and not any(score_of(row.get(named)) is not None for row in rows):
            there = ", ".join(sorted({key for row in rows for key in row} - KEYS))
            raise BlindspotError(
                f"{log.source} has no metric {named} with a score", f"give --score one of: {there[:300] or 'none'}"
            )
        self.names = self._ordered(rows, results) if named is None else [named]

    def _ordered(self, rows: list[Object], results: Object) -> list[str]:
        counts: Counter[str] = Counter()
        better = _higher_is_better(results, self.log.name)
        for row in rows:
            for key, value in row.items():
                if key in KEYS or not better.get(key, LOWER.isdisjoint(plain(key).split("_"))):
                    continue
                score = score_of(value)
                if score is not None or isinstance(value, dict):
                    counts[key] += score is not None
                if score is not None and score > max(1.0, self.too_high.get(key, 1.0)):
                    self.too_high[key] = score
        for key in self.too_high:
            del counts[key]
        usual = {name: place for place, name in enumerate(PREFERRED)}
        return sorted(counts, key=lambda key: (-counts[key], usual.get(key, len(usual))))

    def of(self, row: Object) -> tuple[str | None, float | None]:
        """Returns the answer that the task extracted and the score of a sample, None where there is none."""
        answer = None
        for name in self.names:
            value = row.get(name)
            if answer is None and isinstance(value, dict):
                answer = text_of(next((value[key] for key in PARSED if value.get(key) is not None), None))
            score = score_of(value)
            if score is not None:
                self.used[name] += 1
                return answer, score
        return answer, None

    def notes(self) -> list[str]:
        """Returns sentences about the metrics that are used, and about those that need a limit."""
        source = self.log.source
        used = [f"{source}: the scores are those of the metric {', '.join(self.used)}"] if self.used else []
        return used + [
            f"{source}: the metric {key} is not used, because its values go up to {highest:g}; give --score {key} and "
            f"--wrong-below S to use it"
            for key, highest in self.too_high.items()
        ]


def score_of(value: Any) -> float | None:
    """Returns the score that a metric has for a sample, None for none."""
    if isinstance(value, dict):
        return next((score for key in INNER if (score := score_of(value.get(key))) is not None), None)
    if isinstance(value, list):
        return score_of(value[0]) if len(value) == 1 else None
    score = number_of(value) if isinstance(value, int | float) else None
    return None if score is None or isnan(score) else score


def _higher_is_better(results: Object, task: str) -> dict[str, bool]:
    """Returns whether higher values are better, for each metric of the task that the aggregated results name."""
    tasks = results.get("higher_is_better")
    of_task = tasks.get(task) if isinstance(tasks, dict) else None
    return {key: bool(value) for key, value in of_task.items()} if isinstance(of_task, dict) else {}
