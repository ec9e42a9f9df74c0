"""The rows of a table of what a search asked."""

from dataclasses import fields
from typing import Any

from blindspot.checks.suite import Suite
from blindspot.records.asked import Asked
from blindspot.records.verdict import OUTCOMES, VALID

COLUMNS = tuple(field.name for field in fields(Asked))


def _rules() -> list[Any]:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    judged = Column("outcome").is_in([*VALID])
    unjudged = Column("outcome").is_in(["invalid", "unscored"])
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in ("image_id", "question", "answer", "outcome")),
        gxe.ExpectColumnValuesToBeInSet(column="outcome", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValuesToNotBeNull(column="reference", row_condition=judged),
        gxe.ExpectColumnValuesToBeNull(column="reason", row_condition=judged),
        gxe.ExpectColumnValuesToNotBeNull(column="reason", row_condition=unjudged),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["image_id", "question"]),
    ]


ASKED = Suite("asked", "image_id", COLUMNS, _rules)
