"""The pipeline as Prefect flows: `discover`, and in it a flow a stage, which runs it with DVC.

DVC alone decides what is up to date: there is no caching here, and no retry of a stage that failed.
"""

import logging
from contextlib import chdir
from pathlib import Path
from typing import Any

from prefect import State, flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.logging.handlers import APILogHandler
from prefect.runtime import flow_run
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Completed, Failed

from blindspot.errors import BlindspotError
from blindspot.params import check
from blindspot.store import work_folder
from blindspot.tracking import group
from flows.environment import WORK
from flows.params import Params
from flows.repro import leading_unchanged, reproduce, stages
from flows.summary import links, summary
from flows.workspace import prepare_place


@flow(
    name="discover",
    flow_run_name="seed {params.seed}, {params.train.steps} steps",
    description="Finds where the candidate fails. Stages in which nothing changed are skipped.",
)
def discover(params: Params) -> State[Any]:
    """Runs every stage that is not frozen, in order: here, or in a clone where `params` are not params.yaml's.

    Returns the folder it ran in.
    """
    return _run(params, None)


@flow(name="ask", description="Has a questioner's questions asked and verified, and no more.")
def ask(params: Params) -> State[Any]:
    """The same up to the stage verify."""
    return _run(params, "verify")


def _run(params: Params, last: str | None) -> State[Any]:
    """Runs the stages up to the `last`, all where there is none of that name."""
    values = params.model_dump(mode="json")
    try:
        check(values, "the parameters")
        root = prepare_place(values, work_folder(), str(flow_run.id).replace("-", "")[:12], get_run_logger().info)
        names = stages(root)
        names = names[: names.index(last) + 1] if last in names else names
        unchanged = leading_unchanged(names, root)
    except (BlindspotError, OSError) as error:
        return Failed(message=str(error))
    # The heartbeat of the whole is enough: that of a stage costs a second at its end, where its thread is joined.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        for name in names:
            state = stage.with_options(name=name, flow_run_name=name)(
                name, str(root), name in unchanged, return_state=True
            )
            if not state.is_completed():
                return Failed(message=state.message)
    with chdir(root):
        found, where = summary(root), links(root, work_folder(), group())
    create_markdown_artifact(
        key="found",
        markdown="\n\n".join([*found, *(link.markdown() for link in where)]),
        description="What was found, and where it is.",
    )
    return Completed(message="\n".join([*found, *(link.line() for link in where)]), data=str(root))


@flow(name="stage")
def stage(name: str, root: str, unchanged: bool) -> State[Any]:
    """Runs one stage with DVC. The state's name says whether it ran, was restored, or was up to date."""
    env = {WORK: str(work_folder()), "PYTHONUNBUFFERED": "1"}
    try:
        did = "up to date" if unchanged else reproduce(name, Path(root), env, _api_logger().info)
    except (BlindspotError, OSError) as error:
        return Failed(message=str(error))
    return Completed(name=did.capitalize(), message=f"{name}: {did}")


def _api_logger() -> logging.Logger:
    """Reaches the run's page alone: the terminal has the stage's output already, byte by byte."""
    logger = logging.getLogger("blindspot.dvc")
    if not logger.handlers:
        logger.addHandler(APILogHandler())
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return logger
