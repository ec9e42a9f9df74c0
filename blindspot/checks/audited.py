"""The rows of an audit table."""

from dataclasses import fields
from typing import Any

from blindspot.checks.suite import Suite
from blindspot.records.audited import Audited
from blindspot.records.rollout import METHODS
from blindspot.records.verdict import OUTCOMES

COLUMNS = tuple(field.name for field in fields(Audited))


def _rules() -> list[Any]:
    import great_expectations.expectations as gxe

    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in COLUMNS if name != "audited"),
        gxe.ExpectColumnValuesToBeUnique(column="rollout_id"),
        gxe.ExpectColumnValuesToBeInSet(column="method", value_set=list(METHODS)),
        gxe.ExpectColumnValuesToBeInSet(column="judged", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValuesToBeInSet(column="audited", value_set=list(OUTCOMES)),
        gxe.ExpectColumnValueLengthsToBeBetween(column="auditor", min_value=1),
    ]


AUDITED = Suite("audited", "rollout_id", COLUMNS, _rules)
