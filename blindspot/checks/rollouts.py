"""Rules for tables of questions: what explore, harvest, verify and audit write."""

from dataclasses import fields
from typing import Any

from blindspot.checks.run import Suite
from blindspot.records.rollout import METHODS, QUOTA, Asked, Rollout
from blindspot.records.verdict import OUTCOMES, VALID, WAYS, Audited, Repeat

ASKERS = (*METHODS, QUOTA)
_VERDICT_COLUMNS = (
    *("rollout_id", "method", "image_id", "question", "answer"),
    *("outcome", "reason", "message", "reference", "family", "verifier", "persists", "mode_id"),
)


def _columns(record: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record) if field.name != "raw")


def _asked_rules() -> list[Any]:
    import great_expectations.expectations as gxe

    judged, unjudged = _conditions()
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in ("image_id", "question", "answer", "outcome")),
        gxe.ExpectColumnValuesToBeInSet(column="outcome", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValuesToNotBeNull(column="reference", row_condition=judged),
        gxe.ExpectColumnValuesToBeNull(column="reason", row_condition=judged),
        gxe.ExpectColumnValuesToNotBeNull(column="reason", row_condition=unjudged),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["image_id", "question"]),
    ]


def _discovered_rules() -> list[Any]:
    import great_expectations.expectations as gxe

    return [
        *_asked_rules(),
        gxe.ExpectColumnValuesToNotBeNull(column="stage"),
        gxe.ExpectColumnValuesToBeInSet(column="stage", value_set=["explore", "train"]),
    ]


def _rollout_rules() -> list[Any]:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    answered = Column("error").is_null()  # a rollout with an error may have no question and no answer
    required = [name for name in ROLLOUT.columns if name not in ("error", "message", "mode_id")]
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in required),
        gxe.ExpectColumnValuesToBeUnique(column="rollout_id"),
        gxe.ExpectColumnValuesToBeInSet(column="method", value_set=list(ASKERS)),
        gxe.ExpectColumnValuesToNotBeNull(column="mode_id", row_condition=Column("method") == QUOTA),
        gxe.ExpectColumnValueLengthsToBeBetween(column="image_id", min_value=1),
        gxe.ExpectColumnValueLengthsToBeBetween(column="error", min_value=1),
        gxe.ExpectColumnValueLengthsToBeBetween(column="questioner", min_value=1, row_condition=answered),
        gxe.ExpectColumnValueLengthsToBeBetween(column="candidate", min_value=1, row_condition=answered),
    ]


def _verdict_rules() -> list[Any]:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    judged, unjudged = _conditions()
    not_failed = Column("outcome").is_in(["correct", "invalid", "unscored"])
    optional = ("reason", "message", "reference", "family", "persists", "mode_id")
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in VERDICT.columns if name not in optional),
        gxe.ExpectColumnValuesToBeUnique(column="rollout_id"),
        gxe.ExpectColumnValuesToBeInSet(column="method", value_set=list(ASKERS)),
        gxe.ExpectColumnValuesToBeInSet(column="outcome", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValueLengthsToBeBetween(column="verifier", min_value=1),
        gxe.ExpectColumnValuesToNotBeNull(column="reference", row_condition=judged),
        gxe.ExpectColumnValuesToBeNull(column="reason", row_condition=judged),
        gxe.ExpectColumnValuesToNotBeNull(column="reason", row_condition=unjudged),
        gxe.ExpectColumnValuesToBeBetween(column="persists", min_value=0, max_value=1),
        gxe.ExpectColumnValuesToBeNull(column="persists", row_condition=not_failed),
    ]


def _repeat_rules() -> list[Any]:
    import great_expectations.expectations as gxe

    judged, unjudged = _conditions()
    required = [name for name in REPEAT.columns if name not in ("reason", "message")]
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in required),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["rollout_id", "way", "round"]),
        gxe.ExpectColumnValuesToBeInSet(column="way", value_set=list(WAYS)),
        gxe.ExpectColumnValuesToBeInSet(column="outcome", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValuesToBeNull(column="reason", row_condition=judged),
        gxe.ExpectColumnValuesToNotBeNull(column="reason", row_condition=unjudged),
    ]


def _audited_rules() -> list[Any]:
    import great_expectations.expectations as gxe
    from great_expectations.expectations.row_conditions import Column

    required = [name for name in AUDITED.columns if name not in ("audited", "mode_id")]
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in required),
        gxe.ExpectColumnValuesToNotBeNull(column="mode_id", row_condition=Column("method") == QUOTA),
        gxe.ExpectColumnValuesToBeUnique(column="rollout_id"),
        gxe.ExpectColumnValuesToBeInSet(column="method", value_set=list(ASKERS)),
        gxe.ExpectColumnValuesToBeInSet(column="judged", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValuesToBeInSet(column="audited", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValueLengthsToBeBetween(column="auditor", min_value=1),
    ]


def _conditions() -> tuple[Any, Any]:
    """Returns the row conditions "the question is valid" and "the question is invalid or unscored"."""
    from great_expectations.expectations.row_conditions import Column

    return Column("outcome").is_in([*VALID]), Column("outcome").is_in(["invalid", "unscored"])


ASKED = Suite("asked", "image_id", _columns(Asked), _asked_rules)
DISCOVERED = Suite("discovered", "image_id", ("stage", *_columns(Asked)), _discovered_rules)
ROLLOUT = Suite("rollout", "rollout_id", _columns(Rollout), _rollout_rules)
VERDICT = Suite("verdict", "rollout_id", _VERDICT_COLUMNS, _verdict_rules)
REPEAT = Suite("repeat", "rollout_id", _columns(Repeat), _repeat_rules)
AUDITED = Suite("audited", "rollout_id", _columns(Audited), _audited_rules)
