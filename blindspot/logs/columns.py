"""Finds the columns of a table: those that the user names, and those with usual names."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from string import ascii_uppercase

import pandas as pd

from blindspot.errors import BlindspotError
from blindspot.logs import names
from blindspot.logs.candidates import no_answer, no_column, no_question
from blindspot.logs.names import plain
from blindspot.logs.roles import Model, Roles
from blindspot.logs.values import is_missing, mapped, number_of, text_of, verdict_of


@dataclass(frozen=True)
class Columns:
    """The columns that the user names; those that are None are recognised by their usual names.

    `wrong`: 1 means a wrong answer. `correct`: 1 means a right answer. `score`: an answer with a score below
    `wrong_below` is wrong; in logs of lmms-eval and Inspect it names a metric or a scorer. `image_folder`: where
    relative paths of images are looked for first.
    `questions_only`: read questions and references; a column `answer` is the reference.
    """

    question: str | None = None
    reference: str | None = None
    answer: str | None = None
    wrong: str | None = None
    correct: str | None = None
    score: str | None = None
    wrong_below: float = 0.5
    image: str | None = None
    image_id: str | None = None
    row_id: str | None = None
    model: str | None = None
    image_folder: Path | str | None = None
    questions_only: bool = False

    def __post_init__(self) -> None:
        named = [f"--{name}" for name in ("wrong", "correct", "score") if getattr(self, name) is not None]
        if len(named) > 1:
            raise BlindspotError(f"{' and '.join(named)} each name a verdict", "give one of them")
        if not math.isfinite(self.wrong_below):
            raise BlindspotError(f"--wrong-below is {self.wrong_below}", "give a number, such as 0.5")


def find_roles(table: pd.DataFrame, columns: Columns, source: str) -> Roles:
    """Returns the roles of the columns of a table.

    Raises BlindspotError, with the nearest candidates, if a named column does not exist or if the table has no
    question, or neither an answer nor a verdict.
    """
    return _Finder(table, columns, source).find()


class _Finder:
    def __init__(self, table: pd.DataFrame, columns: Columns, source: str) -> None:
        self.table, self.columns, self.source = table, columns, source
        self.by_name: dict[str, str] = {}
        for name in table.columns:
            self.by_name.setdefault(plain(name), name)
        self.used: set[str] = set()
        self.notes: list[str] = []
        for one in fields(columns):
            name = getattr(columns, one.name)
            if isinstance(name, str) and name not in table.columns:
                raise no_column([*table.columns], one.name, name, source)
            if isinstance(name, str):
                self.used.add(name)

    def find(self) -> Roles:
        letters = self.letters()
        options = self.first(names.OPTIONS)
        question = self.columns.question or self.first(names.QUESTION)
        if question is None:
            raise no_question(self.table, self.source)
        if self.columns.questions_only:
            return self.roles(question, [Model()], self.reference(), options, letters)
        models = self.per_model()
        reference, answer = self.texts(bool(models))
        error = self.error()
        if not models:
            models = [self.single(answer)]
        if all(one.answer is None and one.wrong is None and one.score is None for one in models):
            raise no_answer(self.table, self.source, question)
        return self.roles(question, models, reference, options, letters, error)

    def roles(
        self,
        question: str,
        models: list[Model],
        reference: str | None,
        options: str | None,
        letters: dict[str, str],
        error: str | None = None,
    ) -> Roles:
        """Returns the roles of these columns, and of those that say which row and which image it is."""
        return Roles(
            question,
            models,
            reference,
            options,
            letters,
            error,
            image=self.columns.image or self.first(names.IMAGE),
            image_id=self.columns.image_id or self.first(names.IMAGE_ID),
            row_id=self.columns.row_id or self.first(names.ROW_ID),
            model=self.columns.model or (self.first(names.MODEL) if len(models) == 1 else None),
            notes=self.notes,
        )

    def first(self, usual: Iterable[str], fits: Callable[[str], bool] = lambda name: True) -> str | None:
        """Returns the first column with one of the usual names that has no role yet, and gives it its role."""
        for name in usual:
            column = self.by_name.get(name)
            if column is not None and column not in self.used and fits(column):
                self.used.add(column)
                return column
        return None

    def letters(self) -> dict[str, str]:
        """Returns the columns A, B, C … or option_a, option_b … of the options."""
        exact = {letter: letter for letter in ascii_uppercase if letter in self.table.columns}
        for form in ("", "option_{}", "choice_{}", "opt_{}", "option{}", "choice{}"):
            found: dict[str, str] = {}
            for letter in ascii_uppercase:
                column = self.by_name.get(form.format(letter.lower())) if form else exact.get(letter)
                if column is None or column in self.used:
                    break
                found[letter] = column
            if len(found) > 1:
                self.used |= set(found.values())
                return found
        return {}

    def texts(self, has_models: bool) -> tuple[str | None, str | None]:
        """Returns the columns of the reference and of the answer. What a column `answer` is depends on the others."""
        reference = self.reference()
        if has_models:
            return reference or self.first([names.ANSWER]), None
        answer = self.columns.answer or self.first([*names.EXTRACTED, *names.REPLIES])
        if answer is not None:
            return reference or self.first([names.ANSWER]), answer
        answer = self.first([names.ANSWER])
        if answer is not None and reference is None:
            self.notes.append(
                f"{self.source}: the column {answer} is read as the model's answer; "
                f"give --reference {answer} if it is the true answer"
            )
        return reference, answer or self.first([names.TEXT])

    def reference(self) -> str | None:
        """Returns the column of the reference; without an answer of a model, a column `answer` is one."""
        usual = [*names.REFERENCE, names.ANSWER] if self.columns.questions_only else names.REFERENCE
        return self.columns.reference or self.first(usual, self.is_reference)

    def is_reference(self, column: str) -> bool:
        """Returns whether a column with the name of a reference is one; a `label` that is 0 or 1 may be a verdict."""
        if plain(column) not in ("label", "labels") or not set(map(text_of, self.table[column])) <= {"0", "1", None}:
            return True
        self.notes.append(
            f"{self.source}: the column {column} is not used, because it may be a verdict; give --reference {column}, "
            f"--wrong {column} (1: wrong) or --correct {column} (1: right) to use it"
        )
        return False

    def single(self, answer: str | None) -> Model:
        raw = self.first(names.RAW) if answer else None
        if raw is None and answer is not None and plain(answer) in names.EXTRACTED:
            raw = self.first(names.REPLIES)
        named = self.columns.wrong or self.columns.correct
        model = Model(None, answer, raw, named, self.columns.correct is None, self.columns.score)
        if model.wrong is None and model.score is None:
            self.verdict(model)
        return model

    def verdict(self, model: Model) -> None:
        """Finds the column of the verdict by its name, if its values are verdicts or scores between 0 and 1."""
        model.wrong = self.first(names.WRONG, lambda name: self.is_verdict(name, True))
        if model.wrong is None:
            model.wrong = self.first(names.ERROR, lambda name: self.is_verdict(name, True))
        if model.wrong is None:
            model.wrong = self.first(names.CORRECT, lambda name: self.is_verdict(name, False))
            model.one_is_wrong = model.wrong is None
        if model.wrong is None:
            model.score = self.first([*names.SCORE, *names.CORRECT], self.is_share)

    def error(self) -> str | None:
        """Returns a column with the texts of errors, which says which rows have no answer."""
        return self.first(names.ERROR, lambda name: not self.is_verdict(name, True) and not self.is_number(name))

    def is_verdict(self, column: str, one_is_wrong: bool) -> bool:
        """Returns whether nearly all values are verdicts; a few others are reported as errors when they are read."""
        read = [value for value in self.table[column] if not is_missing(value)]
        verdicts = mapped(read, lambda value: verdict_of(value, one_is_wrong))
        return bool(read) and sum(one is not None for one in verdicts) >= 0.9 * len(read)

    def is_number(self, column: str) -> bool:
        return all(mapped(list(self.table[column]), lambda value: number_of(value) is not None))

    def is_share(self, column: str) -> bool:
        """Returns whether all values are numbers from 0 to 1; notes a column of other numbers, which needs a limit."""
        numbers = mapped(list(self.table[column]), number_of)
        known = [one for one in numbers if one is not None and one == one]
        if not known or None in numbers:
            return False
        if min(known) >= 0 and max(known) <= 1:
            return True
        self.notes.append(
            f"{self.source}: the column {column} is not used, because its values go from {min(known):g} to "
            f"{max(known):g}; give --score {column} and --wrong-below S to use it"
        )
        return False

    def per_model(self) -> list[Model]:
        """Returns the models of columns answer_NAME, wrong_NAME …, [] if the table has none or --answer is given."""
        if self.columns.answer or self.columns.wrong or self.columns.score:
            return []
        found: dict[str, dict[str, str]] = {}
        for column in map(str, self.table.columns):
            for role, prefixes in names.PER_MODEL.items():
                match = re.match(rf"(?:{'|'.join(prefixes)})_(.+)$", column, re.IGNORECASE)
                if match and column not in self.used and plain(match[1]) not in names.NOT_A_MODEL:
                    found.setdefault(match[1], {}).setdefault(role, column)
        paired = {name: roles for name, roles in found.items() if len(roles) > 1}
        replies = {name: roles for name, roles in found.items() if "answer" in roles}
        usual = any(name in self.by_name for name in [*names.EXTRACTED, *names.REPLIES])
        if not paired and (len(replies) < 2 or usual):
            return []
        chosen = {**replies, **paired} if len(replies) > 1 else paired
        for roles in chosen.values():
            self.used |= set(roles.values())
        return [self.model_of(name, roles) for name, roles in chosen.items()]

    @staticmethod
    def model_of(name: str, roles: dict[str, str]) -> Model:
        verdict = roles.get("wrong") or roles.get("correct")
        score = None if verdict else roles.get("score")
        return Model(name, roles.get("answer"), roles.get("raw"), verdict, "wrong" in roles, score)
