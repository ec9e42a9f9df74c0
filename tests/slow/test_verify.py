"""verify with all that it can do beyond judging once: bytes, and what a kill costs."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml

from blindspot import store
from tests.models.serving import Server, serving
from tests.project import REPOSITORY, environment, files, make_project, run_stage
from tests.slow.test_endpoint import judged
from tests.test_bad_input import make_rollouts

pytestmark = pytest.mark.slow
CALLS = 60


def project(folder: Path, **sections: object) -> Path:
    """A project with rollouts, different questions of one image, which the embedded candidate is asked again."""
    candidate = {"model": str(REPOSITORY / "models/scenes-candidate")}
    made = make_project(folder, candidate=candidate, **sections)
    (made / "configs").symlink_to(REPOSITORY / "configs")
    make_rollouts(made)
    path = made / "data/rollouts/rollouts.parquet"
    row = store.read_frame(path).iloc[:1]
    colours = ("red", "green", "blue", "yellow", "purple", "orange")
    rows = [
        row.assign(
            rollout_id=f"trained-{number}", question=f"how many {colours[number % 6]} things are there in {number} ?"
        )
        for number in range(CALLS)
    ]
    store.write_frame(path, pd.concat(rows, ignore_index=True))
    return made
