"""The rows of a verdict table."""

from typing import Any

from blindspot.checks.suite import Suite
from blindspot.records.rollout import METHODS
from blindspot.records.verdict import OUTCOMES, VALID

COLUMNS = (
    "rollout_id",
    "method",
    "image_id",
    "question",
    "answer",
    "outcome",
    "reason",
    "message",
    "reference",
    "family",
    "verifier",
    "persists",
)


def _rules() -> list[Any]:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    judged = Column("outcome").is_in([*VALID])
    unjudged = Column("outcome").is_in(["invalid", "unscored"])
    not_failed = Column("outcome").is_in(["correct", "invalid", "unscored"])
    required = [name for name in COLUMNS if name not in ("reason", "message", "reference", "family", "persists")]
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in required),
        gxe.ExpectColumnValuesToBeUnique(column="rollout_id"),
        gxe.ExpectColumnValuesToBeInSet(column="method", value_set=list(METHODS)),
        gxe.ExpectColumnValuesToBeInSet(column="outcome", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValueLengthsToBeBetween(column="verifier", min_value=1),
        gxe.ExpectColumnValuesToNotBeNull(column="reference", row_condition=judged),
        gxe.ExpectColumnValuesToBeNull(column="reason", row_condition=judged),
        gxe.ExpectColumnValuesToNotBeNull(column="reason", row_condition=unjudged),
        gxe.ExpectColumnValuesToBeBetween(column="persists", min_value=0, max_value=1),
        gxe.ExpectColumnValuesToBeNull(column="persists", row_condition=not_failed),
    ]


VERDICT = Suite("verdict", "rollout_id", COLUMNS, _rules)
