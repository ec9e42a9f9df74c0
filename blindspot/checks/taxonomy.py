"""Rules for the tables of the taxonomy: primitives and failure modes."""

from dataclasses import fields
from typing import Any

from blindspot.checks.run import Suite
from blindspot.records.failure_mode import STATUSES, FailureMode

#: None without a list of documented weaknesses, without a test on other questions, if none of these was asked, and if
#: the mode is no mix; `found_in` without a search; `recurrence` of a mode that was found in predicted outcomes.
OPTIONAL = (
    *("documented", "status", "p_value", "discovered_asked", "discovered_failures", "error_rate", "mix_share"),
    *("found_in", "recurrence"),
)


def _primitive_rules() -> list[Any]:
    import great_expectations.expectations as gxe

    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in PRIMITIVE.columns),
        gxe.ExpectColumnValuesToBeUnique(column="rollout_id"),
    ]


def _failure_mode_rules() -> list[Any]:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    required = [name for name in FAILURE_MODE.columns if name not in OPTIONAL]
    shares = ("low", "high", "q_value", "recurrence", "mix_share")
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in required),
        gxe.ExpectColumnValuesToBeUnique(column="mode_id"),
        gxe.ExpectColumnValueLengthsToBeBetween(column="name", min_value=1),
        *(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=0) for name in ("asked", "failures")),
        *(
            gxe.ExpectColumnValuesToBeBetween(column=f"discovered_{name}", min_value=1)
            for name in ("asked", "failures")
        ),
        gxe.ExpectColumnValuesToNotBeNull(column="error_rate", row_condition=Column("asked") > 0),
        gxe.ExpectColumnValuesToNotBeNull(column="recurrence", row_condition=Column("found_in") != "predicted"),
        gxe.ExpectColumnValuesToBeInSet(column="status", value_set=list(STATUSES)),
        *(gxe.ExpectColumnValuesToBeBetween(column=name, min_value=0, max_value=1) for name in shares),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="asked", column_B="failures", or_equal=True),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="error_rate", column_B="low", or_equal=True, ignore_row_if="either_value_is_missing"
        ),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="high", column_B="error_rate", or_equal=True, ignore_row_if="either_value_is_missing"
        ),
    ]


PRIMITIVE = Suite("primitive", "rollout_id", ("rollout_id", "primitives"), _primitive_rules, fewest=0)
FAILURE_MODE = Suite(
    "failure_mode", "mode_id", tuple(field.name for field in fields(FailureMode)), _failure_mode_rules
)
