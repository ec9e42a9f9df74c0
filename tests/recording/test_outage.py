"""MLflow is away before, during or after a stage: the stage ends well, and MLflow has everything afterwards."""

import socket
import time
from pathlib import Path

import pytest

from tests.recording.served import Stage, recorded, serving

WHOLE = {
    "status": "FINISHED",
    "metrics": {"reward": 0.25, "failure_rate": 0.5, "validation/failure_rate": 0.5},
    "params": {"steps": "7"},
    "models": [("questioner-00001", "READY")],
}
FILES = {"files", "files/text.txt", "table.json", "table_images", "sample_questions.json"}


def assert_whole(run: dict[str, object]) -> None:
    assert {key: run[key] for key in WHOLE} == WHOLE
    assert run["files"] == FILES


def versions(uri: str) -> int:
    from mlflow import MlflowClient

    return len(MlflowClient(uri, uri).search_model_versions("name = 'blindspot-questioner-unknown-candidate'"))


@pytest.mark.slow
def test_stages_end_well_and_mlflow_is_complete_after_each_kind_of_outage(tmp_path: Path) -> None:
    project = tmp_path / "project"
    with serving(tmp_path / "mlflow") as server:
        during, after = Stage(project, "during", server.uri), Stage(project, "after", server.uri)
        killed = Stage(project, "killed", server.uri)
        for stage in (during, after, killed):
            stage.wait_for("started")
        after.go_on()
        after.wait_for("logged")
        server.stop()
        killed.process.kill()
        began = time.monotonic()
        warnings = during.end()
        assert time.monotonic() - began < 60
        assert f"warning: MLflow at {server.uri} (MLFLOW_TRACKING_URI) does not answer" in warnings
        assert "the records of the stage during are kept in" in warnings
        after.end()
        Stage(project, "before", server.uri).end()
        server.start()
        Stage(project, "next", server.uri).end()
        found = recorded(server.uri)
        assert found.keys() == {"before", "during", "after", "killed", "next"}
        assert found.pop("killed")["status"] == "KILLED"
        for run in found.values():
            assert_whole(run)
        assert versions(server.uri) == 4
        assert [*(project / ".work" / "mlflow" / "outbox").glob("*-*")] == []


@pytest.mark.slow
def test_a_server_that_accepts_connections_and_never_answers_costs_seconds(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        stage = Stage(tmp_path, "stage", f"http://127.0.0.1:{silent.getsockname()[1]}")
        stage.wait_for("started")
        began = time.monotonic()
        assert "does not answer" in stage.end()
        assert time.monotonic() - began < 25
