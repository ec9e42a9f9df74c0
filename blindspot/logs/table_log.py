"""Makes rows of the answers frame from a table with any columns."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan, nan
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.errors import BlindspotError
from blindspot.logs.chat import prompt_of
from blindspot.logs.choices import counts_from, options_of, references_of, split_question
from blindspot.logs.columns import Columns, find_roles
from blindspot.logs.pictures import Pictures
from blindspot.logs.roles import Model, Roles
from blindspot.logs.rows import Log, Row
from blindspot.logs.values import is_missing, mapped, number_of, text_of, verdict_of

#: Characters of a text that a message quotes.
LONGEST = 200
#: A column in which the readers of known logs write why a row is unscored.
UNSCORED = "unscored"


@dataclass(slots=True)
class Asked:
    """What is the same for all models of a row."""

    question: str
    options: dict[str, str]
    references: list[str]
    unscored: str | None
    image_id: str | None
    image: str | bytes | None
    row_id: str


def add_table(log: Log, table: pd.DataFrame, columns: Columns, model: str, folder: Path) -> Roles:
    """Adds the rows of a table to the log, those of its first model first.

    Returns the roles of its columns. `model` is the model of rows that state none, and relative paths of images are
    looked for in `folder`. Raises BlindspotError if a column is missing or a verdict cannot be read.
    """
    source = log.source
    roles = find_roles(table, columns, source)
    log.notes += roles.notes
    pictures = Pictures([folder] if columns.image_folder is None else [Path(columns.image_folder), folder])
    asked = _asked(table, roles, pictures, log)
    log.states_model |= roles.model is not None or roles.models[0].name is not None
    names = [model] * len(table) if roles.model is None else [text_of(one) or model for one in table[roles.model]]
    for one in roles.models:
        log.rows += _of_model(table, one, asked, [one.name] * len(table) if one.name else names, columns, source)
    log.notes += [f"{source}: {note}" for note in pictures.notes()]
    return roles


def _asked(table: pd.DataFrame, roles: Roles, pictures: Pictures, log: Log) -> list[Asked]:
    prompts = [prompt_of(value) for value in table[roles.question]]
    split = _without_instructions(mapped([text_of(text) or "" for text, _ in prompts], split_question), log)
    options = [own or within for own, (_, within) in zip(_options(table, roles), split, strict=True)]
    references = _values(table, roles.reference)
    base = counts_from(references, options)
    if base is not None:
        log.notes.append(f"{log.source}: the references are read as positions of options, counted from {base}")
    read = [pictures.read(one) for one in _values(table, roles.image)]
    for position, (_, within) in enumerate(prompts):
        if within is not None and read[position][0] is None:
            read[position] = pictures.read(within)
    return [
        Asked(question, chosen, references_of(reference, chosen, base), error, named or derived, image, row_id)
        for (question, _), chosen, reference, error, named, (image, derived), row_id in zip(
            split,
            options,
            references,
            mapped(_values(table, roles.error), text_of if roles.error == UNSCORED else _error),
            mapped(_values(table, roles.image_id), text_of),
            read,
            _ids(table, roles),
            strict=True,
        )
    ]


def _values(table: pd.DataFrame, column: str | None) -> list[Any]:
    return [None] * len(table) if column is None else table[column].tolist()


def _options(table: pd.DataFrame, roles: Roles) -> list[dict[str, str]]:
    if not roles.letters:
        return mapped(_values(table, roles.options), options_of)
    cells = zip(*(mapped(table[column].tolist(), text_of) for column in roles.letters.values()), strict=True)
    found = [
        {letter: text for letter, text in zip(roles.letters, row, strict=True) if text is not None} for row in cells
    ]
    return [one if len(one) > 1 else {} for one in found]


def _ids(table: pd.DataFrame, roles: Roles) -> list[str]:
    """Returns the log's ids; a row without one has its number, counted from 1."""
    ids = mapped(_values(table, roles.row_id), text_of)
    return [one or str(number) for number, one in enumerate(ids, 1)]


def _error(value: Any) -> str | None:
    """Returns why a row has no answer, from a column with the texts of errors."""
    text = text_of(value)
    if text is None or text.lower() in {"none", "null", "nan", "false", "0", "[]", "{}"}:
        return None
    return f"error: {' '.join(text.split())[:LONGEST]}"


def _without_instructions(split: list[tuple[str, dict[str, str], str]], log: Log) -> list[tuple[str, dict[str, str]]]:
    """Returns questions and options. An instruction is removed if it follows different questions or their options."""
    questions: defaultdict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for question, options, instruction in split:
        questions[instruction].add(question if not options else f"{question} {options}")
        counts[instruction] += 1
    kept = {one for one, before in questions.items() if one and len(before) == 1 and counts[one] > 1}
    for one, count in counts.most_common(4):
        if one and one not in kept:
            log.notes.append(f"{log.source}: “{' '.join(one.split())[:LONGEST]}” was removed from {_questions(count)}")
    return [
        (f"{question}\n{instruction}" if instruction in kept and not options else question, options)
        for question, options, instruction in split
    ]


def _questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count:,} questions"


def _of_model(
    table: pd.DataFrame, model: Model, asked: Sequence[Asked], names: Sequence[str], columns: Columns, source: str
) -> list[Row]:
    answers = mapped(_values(table, model.answer), text_of)
    raw = mapped(_values(table, model.raw), text_of)
    scores = [nan] * len(table)
    if model.score is not None:
        scores = _read(table[model.score].tolist(), number_of, model.score, source, "a number")
        wrong = [nan if isnan(score) else float(score < columns.wrong_below) for score in scores]
    elif model.wrong is not None:
        meaning = "a verdict (1 or 0, true or false, yes or no, wrong or correct, I or C)"
        cells = table[model.wrong].tolist()
        wrong = _read(cells, lambda one: verdict_of(one, model.one_is_wrong), model.wrong, source, meaning)
    else:
        wrong = scores
    return [
        Row(
            name,
            one.row_id,
            one.question,
            one.options,
            one.references,
            answer,
            None if reply == answer else reply,
            is_wrong,
            score,
            one.unscored,
            one.image_id,
            one.image,
        )
        for name, one, answer, reply, is_wrong, score in zip(names, asked, answers, raw, wrong, scores, strict=True)
    ]


def _read(
    values: list[Any], parse: Callable[[Any], float | None], column: str, source: str, meaning: str
) -> list[float]:
    """Returns the parsed values. Raises BlindspotError for the first that cannot be parsed."""
    numbers = []
    for row, (value, number) in enumerate(zip(values, mapped(values, parse), strict=True), 1):
        if number is None:
            shown = str(value) if is_missing(value) else (text_of(value) or "")[:80]
            raise BlindspotError(
                f"{source}, row {row}: the column {column} has the value “{shown}”, which is not {meaning}",
                "correct it, leave it empty, or name another column",
            )
        numbers.append(number)
    return numbers
