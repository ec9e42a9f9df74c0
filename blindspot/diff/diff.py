"""Compares two finished runs or analyses: which failure modes are new, worse, better or gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from blindspot.diff.asking import Asked, ask, can_answer, open_judge, to_ask
from blindspot.diff.compare import Change, Compared, compare
from blindspot.diff.pairs import pair
from blindspot.diff.side import Side
from blindspot.diff.verifiers import are_judged_alike, is_judged_by, names
from blindspot.errors import BlindspotError

LEVEL = 0.01  # probability of a false alarm
FAILING: tuple[Change, ...] = ("new", "worse")


@dataclass(frozen=True)
class Diff:
    """The comparison of two sides.

    `rows`: one for all common questions and one for every mode. `pairs`: the common questions. `notes`: sentences
    about what limits the comparison. `level`: the probability of a false alarm.
    """

    old: Side
    new: Side
    rows: tuple[Compared, ...]
    pairs: pd.DataFrame
    notes: tuple[str, ...]
    level: float

    def matching(self, changes: Sequence[str]) -> list[Compared]:
        """Returns the rows with one of these changes."""
        return [row for row in self.rows if row.change in changes]

    @property
    def is_compared(self) -> bool:
        """Whether at least one row could be compared on common questions."""
        return any(row.change != "not_compared" for row in self.rows)

    @property
    def obstacle(self) -> tuple[str, str]:
        """Why no row could be compared, and what to do."""
        if not are_judged_alike(self.old, self.new):
            return "their verifiers differ", "use the same verifier for both, or --ask with the folders of both runs"
        ours, theirs = ({*side.rows["image_id"].dropna()} for side in (self.old, self.new))
        few = "they have no common image" if ours and theirs.isdisjoint(ours) else "they have too few common questions"
        return few, "use the same images and seed, or --ask"


def diff(old: Side, new: Side, asking: bool, level: float = LEVEL, say: Callable[[str], None] = print) -> Diff:
    """Compares two sides. Raises BlindspotError if `level` is not between 0 and 1, and as `ask` does.

    `asking`: whether each candidate is asked the questions that confirmed the other's modes. `say`: gets a line before
    a model is asked.
    """
    if not 0 < level < 1:
        raise BlindspotError(
            f"the false alarm rate {level:g} is not between 0 and 1", "give a probability, such as 0.01"
        )
    found, alike = pair(old, new), are_judged_alike(old, new)
    rows, notes = (found.rows, [*found.notes]) if alike else (found.rows.iloc[:0], [_judges(old, new)])
    if asking:
        added, said = _ask_both(old, new, rows, say)
        rows = pd.concat([rows, added], ignore_index=True) if len(added) else rows
        notes += said
    if rows.empty and alike:
        notes.append(
            "no question is common to both: the rates side by side are weaker evidence, because each was measured on "
            "other questions" + ("" if asking else "; --ask asks each candidate the questions of the other run")
        )
    return Diff(old, new, tuple(compare(old, new, rows, level)), rows, tuple(notes), level)


def _judges(old: Side, new: Side) -> str:
    judges = f"OLD: {names(old)}. NEW: {names(new)}"
    return f"the verifiers differ, so common questions that they judged are not compared ({judges})"


def _ask_both(old: Side, new: Side, known: pd.DataFrame, say: Callable[[str], None]) -> tuple[pd.DataFrame, list[str]]:
    """Asks each candidate the other's questions. Returns the pairs and sentences about the failures."""
    parts, notes = [], []
    for side, source, name, other in ((new, old, "NEW", "OLD"), (old, new, "OLD", "NEW")):
        questions = to_ask(source)
        questions = questions[~questions["key"].isin({*known["key"]})]
        if questions.empty:
            continue
        if not can_answer(side):
            notes.append(f"{name} is not asked: {side.name} is not the folder of a run")
            continue
        home, verifier = open_judge(side, source)
        if not is_judged_by(source, verifier.identity):
            judges = f"{names(source)} judged them, and the verifier is {verifier.identity}"
            notes.append(f"{name} is not asked the questions of {other}: {judges}")
            continue
        say(f"asking {name} {len(questions):,} questions of {other}")
        asked = ask(side, source, questions, home, verifier)
        parts.append(_pairs(asked, source, source is new))
        notes.append(f"of {asked.failures:,} more failures of {other}, {name} fails {asked.again:,} again")
    added = pd.concat(parts, ignore_index=True).drop_duplicates("key", ignore_index=True) if parts else known.iloc[:0]
    return added, notes


def _pairs(asked: Asked, source: Side, source_is_new: bool) -> pd.DataFrame:
    own = source.rows.loc[asked.rows["place"]].reset_index(drop=True)
    here, there = ("new", "old") if source_is_new else ("old", "new")
    return pd.DataFrame({
        "key": own["key"],
        "image_id": own["image_id"],
        "question": own["question"],
        "reference": own["reference"],
        f"{here}_answer": own["answer"],
        f"{there}_answer": asked.rows["answer"],
        f"{here}_failed": own["outcome"].eq("failure"),
        f"{there}_failed": asked.rows["failed"],
        f"{here}_features": own["features"],
        f"{there}_features": None,
        f"{here}_discovered": ~own["held_out"].astype(bool),
        f"{there}_discovered": False,
        "disputed": False,
    })  # fmt: skip
