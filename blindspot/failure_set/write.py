"""Writes the failure set: a folder that `datasets`, lmms-eval and VLMEvalKit read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blindspot.failure_set.card import render_card
from blindspot.failure_set.lmms_eval import write_task
from blindspot.failure_set.select import FailureSet
from blindspot.failure_set.table import write_table
from blindspot.failure_set.vlmevalkit import write_tsv
from blindspot.records.asker import Askers


def write_failure_set(found: FailureSet, audit: Mapping[str, Any], folder: Path, askers: Askers) -> None:
    """Writes `folder`, which must not exist. The same input gives the same bytes.

    `audit`: the content of metrics/audit.json. `askers`: the names of the methods.
    """
    (folder / "data").mkdir(parents=True)
    write_table(found.failures, folder / "data" / "test.parquet")
    write_task(folder / "lmms_eval")
    write_tsv(found.failures, folder / "vlmevalkit")
    (folder / "README.md").write_text(render_card(found, audit, askers), encoding="utf-8")
