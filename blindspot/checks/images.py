"""Rules for the metadata of an image set."""

from typing import Any

from blindspot.checks.run import Suite
from blindspot.records.image import IMAGE_ID, SPLITS

_BOXES = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "category": {"type": "string"},
            "area": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        },
        "required": ["category", "area"],
        "additionalProperties": False,
    },
}


def _image_rules() -> list[Any]:
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToNotBeNull(column="image_id"),
        gxe.ExpectColumnValuesToBeUnique(column="image_id"),
        gxe.ExpectColumnValuesToMatchRegex(column="image_id", regex=IMAGE_ID),
        gxe.ExpectColumnValuesToNotBeNull(column="file_name"),
        gxe.ExpectColumnValuesToMatchRegex(column="file_name", regex=r"^[^/\\]+\.png\Z"),
        gxe.ExpectColumnValuesToBeJsonParseable(column="scene"),
        gxe.ExpectColumnValuesToMatchJsonSchema(column="boxes", json_schema=_BOXES),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="image_id", column_B="duplicate_of", ignore_row_if="either_value_is_missing"
        ),
        gxe.ExpectColumnValuesToBeInSet(column="split", value_set=list(SPLITS)),
        gxe.ExpectColumnDistinctValuesToEqualSet(column="split", value_set=list(SPLITS)),
    ]


IMAGE = Suite("image", "image_id", ("file_name", "image_id", "scene", "boxes", "duplicate_of", "split"), _image_rules)
