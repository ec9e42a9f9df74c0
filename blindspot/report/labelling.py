"""Renders the page on which a person labels the audited rollouts: one HTML file that works offline and saves a CSV."""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from blindspot.report.page import templates
from blindspot.report.pictures import data_uri

SHOWN = ["rollout_id", "image_id", "question", "answer"]  # who asked and the verdict would bias the labels
LONGEST_SIDE = 640  # px; larger than in the report, so that a person sees what the candidate saw


def render_labelling(sample: pd.DataFrame, pictures: Mapping[str, Path]) -> str:
    """Renders the page for the rows of data/audit, in their order. Texts of models are JSON in it, never HTML.

    `pictures`: the file of each image id. The same rows and pictures give the same bytes.
    """
    rows = sample[SHOWN].astype(str).to_dict("records")
    images = {name: data_uri(pictures[name], LONGEST_SIDE) for name in sorted({row["image_id"] for row in rows})}
    key = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:16]
    environment = templates()
    script = environment.get_template("label.js").render()
    return (
        environment.get_template("label.html").render(
            data={"key": f"blindspot-labels-{key}", "rows": rows, "images": images},
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            style=Markup(environment.get_template("label.css").render()),
        )
        + "\n"
    )
