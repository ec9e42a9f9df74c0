"""The stage audit with labels in a file: valid labels, and labels that are refused."""

from pathlib import Path

import pandas as pd
import pytest

from blindspot import store
from tests.project import error_line, files, make_project, make_rollouts, run_stage, write_discovered

pytestmark = pytest.mark.slow
HEADER = "rollout_id,image_id,question,answer,outcome\n"


def test_labels_give_the_same_audit_twice_and_labels_of_another_harvest_are_refused(tmp_path: Path) -> None:
    project = make_project(tmp_path, audit={"auditor": "labels"})
    make_rollouts(project)
    write_discovered(project, "counting")
    path = project / "data/rollouts/rollouts.parquet"
    harvest = store.read_frame(path)
    quota = harvest.head(1).assign(rollout_id="quota-000-000000", method="quota", mode_id="counting")
    store.write_frame(path, pd.concat([harvest, quota], ignore_index=True))
    assert run_stage(project, "verify").returncode == 0
    rows = store.read_frame(path).to_dict("records")
    lines = [f"{row['rollout_id']},{row['image_id']},{row['question']},{row['answer']},failure\n" for row in rows]
    (project / "data/labels.csv").write_text(HEADER + "".join(lines))
    found = []
    for _ in range(2):
        done = run_stage(project, "audit")
        assert (done.returncode, done.stderr) == (0, "")
        found.append(files(project / "data/audit") | files(project / "metrics"))
    assert found[0] == found[1] and set(found[0]) == {"audit.parquet", "verify.json", "audit.json"}
    metrics = store.read_json(project / "metrics/audit.json")
    assert metrics["auditor"] == "a person"
    assert metrics["trained"]["drawn"] == metrics["trained"]["audited"] == 1
    assert "too few audited" in metrics["trained"]["rates"]["error_rate"]["note"]
    assert metrics["modes"]["counting"]["drawn"] == metrics["modes"]["counting"]["audited"] == 1
    assert "too few audited" in metrics["modes"]["counting"]["note"]
    (project / "data/labels.csv").write_text(HEADER + lines[0].replace(",7,", ",8,"))
    error = error_line(run_stage(project, "audit"))
    assert f"rollout {rows[0]['rollout_id']} has another answer" in error and "dvc checkout data/audit" in error
    assert files(project / "data/audit") | files(project / "metrics") == found[0]
