"""The rows of a rollout table."""

from dataclasses import fields
from typing import Any

from blindspot.checks.suite import Suite
from blindspot.records.rollout import METHODS, Rollout

COLUMNS = tuple(field.name for field in fields(Rollout) if field.name != "raw")


def _rules() -> list[Any]:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    required = [name for name in COLUMNS if name not in ("error", "message")]
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in required),
        gxe.ExpectColumnValuesToBeUnique(column="rollout_id"),
        gxe.ExpectColumnValuesToBeInSet(column="method", value_set=list(METHODS)),
        gxe.ExpectColumnValueLengthsToBeBetween(column="image_id", min_value=1),
        gxe.ExpectColumnValueLengthsToBeBetween(column="error", min_value=1),
        # No question at all is an error, never a rollout to be judged.
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="questioner", min_value=1, row_condition=Column("error").is_null()
        ),
        gxe.ExpectColumnValueLengthsToBeBetween(
            column="candidate", min_value=1, row_condition=Column("error").is_null()
        ),
    ]


ROLLOUT = Suite("rollout", "rollout_id", COLUMNS, _rules)
