"""The rows of a table of repeats."""

from dataclasses import fields
from typing import Any

from blindspot.checks.suite import Suite
from blindspot.records.repeat import WAYS, Repeat
from blindspot.records.verdict import OUTCOMES, VALID

COLUMNS = tuple(field.name for field in fields(Repeat))


def _rules() -> list[Any]:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    judged = Column("outcome").is_in([*VALID])
    unjudged = Column("outcome").is_in(["invalid", "unscored"])
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in COLUMNS if name not in ("reason", "message")),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["rollout_id", "way", "round"]),
        gxe.ExpectColumnValuesToBeInSet(column="way", value_set=list(WAYS)),
        gxe.ExpectColumnValuesToBeInSet(column="outcome", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValuesToBeNull(column="reason", row_condition=judged),
        gxe.ExpectColumnValuesToNotBeNull(column="reason", row_condition=unjudged),
    ]


REPEAT = Suite("repeat", "rollout_id", COLUMNS, _rules)
