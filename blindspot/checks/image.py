"""The rows of an image set's metadata."""

from typing import Any

from blindspot.checks.suite import Suite
from blindspot.records.image import SPLITS

COLUMNS = ("file_name", "image_id", "scene", "split")


def _rules() -> list[Any]:
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToNotBeNull(column="image_id"),
        gxe.ExpectColumnValuesToBeUnique(column="image_id"),
        # It becomes a file name, so it may lead nowhere else.
        gxe.ExpectColumnValuesToMatchRegex(column="image_id", regex=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z"),
        gxe.ExpectColumnValuesToNotBeNull(column="file_name"),
        gxe.ExpectColumnValuesToMatchRegex(column="file_name", regex=r"^[^/\\]+\.png\Z"),
        gxe.ExpectColumnValuesToBeJsonParseable(column="scene"),
        gxe.ExpectColumnValuesToBeInSet(column="split", value_set=list(SPLITS)),
        gxe.ExpectColumnDistinctValuesToEqualSet(column="split", value_set=list(SPLITS)),
    ]


IMAGE = Suite("image", "image_id", COLUMNS, _rules)
