"""Downloads what a finished run or an analysis recorded in MLflow, as a folder that `open_run` opens."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError
from blindspot.paths import FAILURE_MODES, QUESTIONS, ROLLOUTS, VERDICTS
from blindspot.recording.experiment import EXPERIMENT
from blindspot.recording.parent import MADE_BY
from blindspot.recording.refusals import short
from blindspot.recording.server import require_answer, using
from blindspot.store import work_folder
from blindspot.tracking import store_uri

SCHEME = "runs:/"
PARENT = "mlflow.parentRunId"
CANDIDATE_TAG = "blindspot.candidate"
DIGESTS = "images.json"  # file with the SHA-256 of each test image, by id
#: What a comparison reads of a run or an analysis: each file, and the artifact folder that has it in MLflow.
ARTIFACTS = {VERDICTS: "verdicts", ROLLOUTS: "rollouts", FAILURE_MODES: "taxonomy", QUESTIONS: "taxonomy"}


def log_results(mlflow: Any, folder: Path) -> None:
    """Logs what a comparison reads of the run or the analysis in a folder."""
    for file, artifact in ARTIFACTS.items():
        if (folder / file).is_file():
            mlflow.log_artifact(str(folder / file), artifact)


def download(name: str) -> Path:
    """Downloads the results of the run runs:/ID, or of one of the stages that it is the parent of.

    The folder is deleted when the process ends. Raises BlindspotError if there is no such run, if it has no results,
    or if MLflow does not answer.
    """
    uri, run_id = store_uri(work_folder()), name.removeprefix(SCHEME).strip("/")
    folder = Path(tempfile.mkdtemp(prefix="blindspot-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with using(uri, EXPERIMENT):
        from mlflow.exceptions import MlflowException

        try:
            require_answer(uri)
            return _download(run_id, name, folder)
        except (MlflowException, OSError) as error:
            raise BlindspotError(
                f"{name} cannot be read from MLflow at {uri} ({short(error)})", "check the id and MLFLOW_TRACKING_URI"
            ) from None


def _download(run_id: str, name: str, folder: Path) -> Path:
    import mlflow

    client = mlflow.MlflowClient()
    run = next((one for one in _with_stages(client, run_id) if "verdicts" in _artifacts(client, one, None)), None)
    if run is None:
        raise BlindspotError(f"{name} has no results", "name a finished run, or the run of its stage taxonomy")
    named = run.data.tags.get(CANDIDATE_TAG) or run.data.params.get("model") or run.info.run_name or run_id
    side = folder / "sides" / named.replace("/", "-")
    for file, artifact in {**ARTIFACTS, Path(DIGESTS): None}.items():
        path = f"{artifact}/{file.name}" if artifact else file.name
        if path in _artifacts(client, run, artifact):
            (side / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(client.download_artifacts(run.info.run_id, path, str(folder)), side / file)
    return side


def _with_stages(client: Any, run_id: str) -> Iterator[Any]:
    """Yields a run, the runs of its stages, and the run that made the taxonomy if that stage was skipped."""
    run = client.get_run(run_id)
    yield run
    yield from client.search_runs([run.info.experiment_id], f"tags.`{PARENT}` = '{run.info.run_id}'")
    if maker := run.data.tags.get(f"{MADE_BY}taxonomy"):
        yield client.get_run(maker)


def _artifacts(client: Any, run: Any, folder: str | None) -> set[str]:
    return {one.path for one in client.list_artifacts(run.info.run_id, folder)}
