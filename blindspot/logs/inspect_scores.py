"""The scores of Inspect samples: which scorer is used, and what its values mean."""

from collections import Counter
from math import isnan
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.logs.json_files import Object
from blindspot.logs.rows import Log, counted
from blindspot.logs.values import number_of

#: Values with a meaning: correct, incorrect, partially correct, no answer (which Inspect counts as incorrect).
LETTERS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}
WORDS = {"yes": 1.0, "true": 1.0, "correct": 1.0, "no": 0.0, "false": 0.0, "incorrect": 0.0}


class Scores:
    """Reads the scores of one scorer: the first of the log, or `named` (SCORER, or SCORER.KEY for several values).

    `are_verdicts`: whether all values say correct or incorrect, so that they are verdicts and not scores. Raises
    BlindspotError if the log does not have the scorer that the user names.
    """

    def __init__(self, samples: list[Object], named: str | None, log: Log) -> None:
        found = Counter(name for one in samples for name in (one.get("scores") or {}))
        self.scorer, self.key = self._chosen(found, named, log.source)
        log.notes += self._notes(found, named, samples, log.source)
        values = [value for one in samples if (value := self.value(one)) is not None]
        self.are_verdicts = not any(isinstance(one, float | int) or one == "P" for one in values)
        numbers = [number for one in values if (number := self._number(one)) is not None]
        self.usable = named is not None or not numbers or max(numbers) <= 1
        if not self.usable:
            log.notes.append(
                f"{log.source}: the scorer {self.scorer} is not used, because its values go up to {max(numbers):g}; "
                f"give --score {self.scorer} and --wrong-below S to use it"
            )
        partial = sum(number == 0.5 for number in numbers)
        if partial:
            log.notes.append(f"{log.source}: {counted(partial)} the score 0.5, such as P (partially correct)")

    @staticmethod
    def _chosen(found: Counter[str], named: str | None, source: str) -> tuple[str | None, str | None]:
        if named is None:
            return next(iter(found), None), None
        if named in found:
            return named, None
        scorer, _, key = named.rpartition(".")
        if scorer not in found:
            raise BlindspotError(
                f"{source} has no scorer {named}", f"give --score one of: {', '.join(found) or 'none is there'}"
            )
        return scorer, key

    def _notes(self, found: Counter[str], named: str | None, samples: list[Object], source: str) -> list[str]:
        """Names the scorer and the value where there are several of them."""
        notes = []
        if named is None and len(found) > 1:
            others = ", ".join(name for name in found if name != self.scorer)
            notes.append(f"{source}: the verdicts are those of the scorer {self.scorer}; give --score for {others}")
        several = next((value for one in samples if isinstance(value := self._whole(one), dict)), {})
        if self.key is None and len(several) > 1:
            self.key, *rest = several
            others = ", ".join(f"{self.scorer}.{key}" for key in rest)
            notes.append(f"{source}: of the scorer {self.scorer}, {self.key} is read; give --score for {others}")
        return notes

    def of(self, sample: Object) -> Object:
        """Returns the scorer's result for a sample; {} if there is none."""
        result = (sample.get("scores") or {}).get(self.scorer)
        return result if isinstance(result, dict) else {}

    def _whole(self, sample: Object) -> Any:
        return self.of(sample).get("value")

    def value(self, sample: Object) -> Any:
        """Returns the value for a sample: a number, or a text such as C; None if there is none."""
        value = self._whole(sample)
        if isinstance(value, dict):
            value = value.get(next(iter(value), None) if self.key is None else self.key)
        if isinstance(value, list):
            value = value[0] if value else None
        return None if self._number(value) is None else value

    def number(self, sample: Object) -> float | None:
        """Returns the score of a sample, None if there is none or if it is not usable."""
        return self._number(self.value(sample)) if self.usable else None

    @staticmethod
    def _number(value: Any) -> float | None:
        if isinstance(value, str):
            known = LETTERS.get(value, WORDS.get(value.lower()))
            if known is not None:
                return known
        number = None if value is None else number_of(value)
        return None if number is None or isnan(number) else number
