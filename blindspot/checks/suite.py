"""What a record's rows must be, before a stage may hand them over."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Suite:
    """The rules of one kind of row.

    `key` is the column that names a row in an error. `columns` are all columns, in their order. `rules` makes the
    Great Expectations expectations; a function, since importing that library takes seconds.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    rules: Callable[[], list[Any]]
