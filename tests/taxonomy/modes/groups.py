"""Groups of questions about the same abilities, with known numbers of failures."""

from typing import Any

import pandas as pd


def questions(*groups: tuple[tuple[str, ...], int, int]) -> pd.DataFrame:
    """Returns rows for (abilities, asked, failures) each; the group is the first word of an ability."""
    rows = list[dict[str, Any]]()
    for abilities, asked, failures in groups:
        for index in range(asked):
            name = f"{len(rows):05d}"
            rows.append(
                {
                    "rollout_id": name,
                    "image_id": f"image-{index % 7}",
                    "question": f"question {index % 11} of {abilities}",
                    "outcome": "failure" if index < failures else "correct",
                    "abilities": list(abilities),
                    "groups": sorted({ability.split()[0] for ability in abilities}),
                    "features": [],
                }
            )
    return pd.DataFrame(rows)
