"""Records the execution of stages in MLflow. It never changes an output, so no stage in dvc.yaml depends on it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from blindspot.recording import outbox
from blindspot.recording.delivery import send_missed
from blindspot.recording.experiment import EXPERIMENT
from blindspot.recording.local_store import ARTIFACTS, local_uri
from blindspot.recording.operations import registered_name
from blindspot.recording.parent import RUN_TAG
from blindspot.recording.recorder import Recorder, Unrecorded, now
from blindspot.recording.refusals import short, warn
from blindspot.recording.server import using
from blindspot.replies import clean
from blindspot.runs import joining
from blindspot.runs.facts import RATES, candidate_name, read_parameters
from blindspot.runs.facts import flatten as flatten
from blindspot.runs.kept import keep
from blindspot.runs.outputs import md5_of_output, read_lock
from blindspot.runs.record import FINISHED, LAST, STAGES
from blindspot.store import is_main_process

STAGE_TAG = "blindspot.stage"
_open: list[Recorder] = []


def store_uri(work: Path) -> str:
    """Returns MLflow's tracking URI: MLFLOW_TRACKING_URI, else a database in the work folder."""
    return os.environ.get("MLFLOW_TRACKING_URI") or local_uri(work)


@contextmanager
def stage_run(
    stage: str, work: Path, params: dict[str, Any], prompts: Sequence[str] = (), postpone: bool = True
) -> Iterator[Any]:
    """Opens an MLflow run for one execution of a stage and yields its recorder.

    The run of a stage of the pipeline is a child of the run of its pipeline run, which the first stage opens.

    `prompts`: the prompts files of the stage, which are logged as artifacts. The run ends as FINISHED, or as FAILED if
    the block raises. What MLflow does not take is kept in the work folder and sent by the next stage, after a warning;
    without `postpone`, MLflow's error is raised. Only the first rank logs; other ranks get None.
    """
    if not is_main_process():
        yield None
        return
    uri, status = store_uri(work), "FAILED"
    recorder = _recorder(stage, uri, work, postpone)
    with using(uri, EXPERIMENT):
        _open.append(recorder)
        try:
            recorder.open()
            recorder.log_params(flatten(params))
            for file in dict.fromkeys(prompts):
                recorder.log_artifact(file, "prompts")
            yield recorder
            status = "FINISHED"
        finally:
            _open.remove(recorder)
            recorder.close(status)
            _end_stage(work, stage, recorder, status)


def current_recorder() -> Recorder | None:
    """Returns the recorder of the stage that this process runs; None in other ranks and outside of stages."""
    return _open[-1] if _open else None


def _recorder(stage: str, uri: str, work: Path, postpone: bool) -> Recorder:
    """Sends what MLflow missed of earlier stages, and returns a recorder for this one."""
    artifacts = None if os.environ.get("MLFLOW_TRACKING_URI") else (work / ARTIFACTS).as_uri()
    with using(uri, EXPERIMENT):  # before the first import of mlflow
        from mlflow.tracking.context.registry import resolve_tags

        tags = resolve_tags({STAGE_TAG: stage})
    try:
        send_missed(work)
        run = {"name": stage, "uri": uri, "artifacts": artifacts, "tags": tags, "time": now()}
        if stage in STAGES:
            run["pipeline"] = joining.join(joining.Place(work, Path.cwd(), uri, artifacts))
            joining.stage_started(work, run["pipeline"], stage)
            tags[RUN_TAG] = run["pipeline"]
        return Recorder(outbox.create(work, run), postpone)
    except OSError as error:
        if not postpone:
            raise
        warn(f"the stage {stage} is not recorded in MLflow: {work} cannot be written ({short(error)})")
        return Unrecorded()


def _end_stage(work: Path, stage: str, recorder: Recorder, status: str) -> None:
    """Notes the end of a stage in the record of its pipeline run, and brings the parent run in MLflow up to date."""
    if not (pipeline := recorder.pipeline):
        return
    try:
        joining.stage_ended(work, pipeline, stage, status)
        if stage == LAST and status == FINISHED:
            keep(work, pipeline, again=True)
    except (OSError, LookupError) as error:  # a full disk, a deleted record: recording never ends a stage
        warn(f"the end of the stage {stage} is not recorded in {work} ({short(error)})")
        return
    recorder.update_parent()


def log_checkpoint(
    mlflow: Recorder,
    step: int,
    files: Sequence[Path],
    rates: dict[str, float | int | None],
    samples: dict[str, list[Any]],
) -> str:
    """Logs a checkpoint of the questioner as a model with metrics, and sample questions with their images.

    `samples`: a list for each column; those in "image" are paths. Returns a reference to the logged model.
    """
    model = mlflow.log_model(f"questioner-{step:05d}", files, "questioner")
    names = dict.fromkeys((*RATES, *rates))  # MLflow shows charts in this order
    known = {name: float(value) for name in names if (value := rates.get(name)) is not None}
    mlflow.log_metrics(known, step=step, model_id=model)
    mlflow.log_metrics({f"validation/{key}": value for key, value in known.items()}, step=step)
    log_samples(mlflow, samples | {"step": [step] * len(samples["image"])}, "sample_questions.json")
    return model


def log_model(mlflow: Recorder, files: Sequence[Path]) -> str:
    """Logs a whole questioner whose checkpoints are adapters only. Returns a reference to the logged model."""
    return mlflow.log_model("questioner-merged", files, "questioner")


def log_samples(mlflow: Recorder, samples: dict[str, list[Any]], name: str) -> None:
    """Logs a table with an image in each row; `samples["image"]` has paths. Later calls append rows."""
    texts = {
        column: [clean(value) if isinstance(value, str) else value for value in values]
        for column, values in samples.items()
    }
    mlflow.log_table(texts | {"image": [mlflow.Image(path) for path in samples["image"]]}, name)


def register(mlflow: Recorder, model: str, failure_rate: float) -> None:
    """Registers a logged model, by its reference, as a new version of the questioners of this candidate.

    The alias "best" moves to it if its validation failure_rate exceeds that of the present best version, or if the
    rate of that version was measured on other images.
    """
    candidate = candidate_name(read_parameters(Path.cwd()))
    mlflow.register(model, failure_rate, registered_name(candidate), md5_of_output(read_lock(Path.cwd()), "prepare"))
