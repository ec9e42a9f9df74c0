"""The rows of a table of failure modes."""

from dataclasses import fields
from typing import Any

from blindspot.checks.suite import Suite
from blindspot.records.failure_mode import FailureMode

COLUMNS = tuple(field.name for field in fields(FailureMode))
MAY_LACK = ("documented",)  # where there was none to match
SHARES = ("low", "high", "q_value", "recurrence")


def _rules() -> list[Any]:
    import great_expectations.expectations as gxe

    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in COLUMNS if name not in MAY_LACK),
        gxe.ExpectColumnValuesToBeUnique(column="mode_id"),
        gxe.ExpectColumnValueLengthsToBeBetween(column="name", min_value=1),
        gxe.ExpectColumnValuesToBeBetween(column="asked", min_value=1),
        gxe.ExpectColumnValuesToBeBetween(column="failures", min_value=1),
        *(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=0, max_value=1) for name in SHARES),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="asked", column_B="failures", or_equal=True),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="error_rate", column_B="low", or_equal=True),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="high", column_B="error_rate", or_equal=True),
    ]


FAILURE_MODE = Suite("failure_mode", "mode_id", COLUMNS, _rules)
