"""The rows of a table of primitives: what each valid question needs."""

from typing import Any

from blindspot.checks.suite import Suite

COLUMNS = ("rollout_id", "primitives")


def _rules() -> list[Any]:
    import great_expectations.expectations as gxe

    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in COLUMNS),
        gxe.ExpectColumnValuesToBeUnique(column="rollout_id"),
    ]


PRIMITIVE = Suite("primitive", "rollout_id", COLUMNS, _rules)
