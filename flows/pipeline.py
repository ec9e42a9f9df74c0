"""The pipeline as Prefect flows: `discover`, with one subflow per stage. Each subflow runs its stage with DVC.

DVC decides which stages are up to date. The flows themselves cache nothing, and do not retry a failed stage.
"""

import logging
from contextlib import chdir, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prefect import State, flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.logging.handlers import APILogHandler
from prefect.runtime import flow_run
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.states import Completed, Failed

from blindspot.doctor import unready_servers
from blindspot.errors import BlindspotError
from blindspot.params_schema import check
from blindspot.runs.joining import VARIABLE
from blindspot.store import work_folder
from flows.environment import WORK
from flows.form import gate_params, parameters
from flows.gate import GateParams, gate_flow
from flows.params import Params
from flows.recorded import StageFailed, note, recorded
from flows.recovery import running
from flows.remote import push
from flows.repro import leading_unchanged, list_stages, reproduce
from flows.since import compare_with_last
from flows.summary import headline, links, summary
from flows.workspace import prepare_workspace

ASKING = {"explore", "train", "harvest", "verify"}  # stages that ask models


@dataclass(frozen=True)
class Completion:
    """The result of a completed run: its folder, and its summary as lines of plain text."""

    folder: str
    summary: str


@flow(
    name="discover",
    flow_run_name="seed {params.seed}, {params.train.steps} steps",
    description="Finds where the candidate fails. Unchanged stages are skipped.",
)
def discover(params: Params, gate: GateParams | None = None) -> State[Any]:
    """Runs every stage that is not frozen, in order, then the gate. The state's result is a Completion.

    The run happens in this checkout; where `params` differ from params.yaml, it happens in a clone.
    """
    with running(work_folder(), flow_run.id):
        state = _run(params.model_dump(mode="json"), None, "discover")
        return _gated(state, gate) if gate else state


def _name() -> str:
    """Returns the name of a run of a deployment, from its parameters."""
    given = flow_run.parameters
    try:
        values = parameters(given["params"], given["recipe"])
    except BlindspotError:
        return "wrong parameters"
    recipe = f"{Path(given['recipe']).stem}, " if given["recipe"] else ""
    return f"{recipe}seed {values['seed']}, {values['train']['steps']} steps"


@flow(name="discover", flow_run_name=_name)
def deployed(params: dict[str, Any], recipe: str | None = None, gate: dict[str, Any] | None = None) -> State[Any]:
    """Runs every stage, as `discover` does: with the values of params.yaml or of a recipe, changed by `params`.

    `gate`: the fields of GateParams; none or empty for a run without a gate.
    """
    try:
        values, gating = parameters(params, recipe), gate_params(gate or {})
    except BlindspotError as error:
        return Failed(message=str(error))
    with running(work_folder(), flow_run.id):
        state = _run(values, None, "discover")
        return _gated(state, gating) if gating else state


def _gated(state: State[Any], gate: GateParams) -> State[Any]:
    """Returns the state of a run after its gate, which runs if the run is completed."""
    if not state.is_completed():
        return state
    done: Completion = state.result()
    passed = gate_flow(done.folder, gate, return_state=True)
    if not passed.is_completed():
        return Failed(message=passed.message)
    result = replace(done, summary=f"{done.summary}\n{passed.message}")
    return Completed(message=f"{state.message}; {passed.message}", data=result)


@flow(name="ask", description="Runs the pipeline up to the stage verify.")
def ask(params: Params) -> State[Any]:
    """Runs the stages up to verify, as `discover` does."""
    with running(work_folder(), flow_run.id):
        return _run(params.model_dump(mode="json"), "verify", "ask")


def _run(values: dict[str, Any], last: str | None, kind: str) -> State[Any]:
    """Runs the stages up to the stage `last`; all stages where none has that name."""
    work = work_folder()
    try:
        check(values, "the parameters")
        run_id = str(flow_run.id).replace("-", "")[:12]
        root = prepare_workspace(values, work, run_id, get_run_logger().info)
        names = list_stages(root)
        names = names[: names.index(last) + 1] if last in names else names
        unchanged = leading_unchanged(names, root)
        if not unchanged.issuperset(ASKING):
            _warn_of_servers(values)
    except (BlindspotError, OSError) as error:
        return Failed(message=str(error))
    try:
        with recorded(work, run_id, kind, root):
            _run_stages(names, unchanged, root, run_id)
    except StageFailed as error:
        return Failed(message=str(error))
    push(root, get_run_logger().info)
    since = compare_with_last(work, run_id, root)
    with chdir(root):
        lines, pages = [*summary(root), *filter(None, [since])], links(root, work, run_id)
    create_markdown_artifact(
        key="summary",
        markdown="\n\n".join([*lines, *(link.markdown() for link in pages)]),
        description="Results of the run, with links.",
    )
    text = "\n".join([*lines, *(link.line() for link in pages)])
    return Completed(message=headline(root), data=Completion(str(root), text))


def _warn_of_servers(values: dict[str, Any]) -> None:
    """Warns early of servers that do not answer. The run may go on without them if all replies are stored."""
    with suppress(BlindspotError):  # a wrong description, which the stage that needs the model reports
        for problem in unready_servers(values):
            get_run_logger().warning(problem)


def _run_stages(names: list[str], unchanged: set[str], root: Path, run_id: str) -> None:
    """Runs each stage as a subflow. Raises StageFailed."""
    # The heartbeat of the parent flow is enough. A stage with a heartbeat ends a second later: its thread is joined.
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        for name in names:
            state = stage.with_options(name=name, flow_run_name=name)(
                name, str(root), name in unchanged, run_id, return_state=True
            )
            if not state.is_completed():
                raise StageFailed(state.message)


@flow(name="stage", description="Runs one stage of the pipeline with DVC.")
def stage(name: str, root: str, unchanged: bool, run_id: str) -> State[Any]:
    """Runs one stage with DVC. The name of the state says whether the stage ran, was restored or was up to date."""
    work = work_folder()
    env = {WORK: str(work), VARIABLE: run_id, "PYTHONUNBUFFERED": "1"}
    try:
        with running(work, flow_run.id):
            result = "up to date" if unchanged else reproduce(name, Path(root), env, _api_logger().info)
            note(work, run_id, name, result)
    except (BlindspotError, OSError) as error:
        return Failed(message=str(error))
    return Completed(name=result.capitalize(), message=f"{name}: {result}")


def _api_logger() -> logging.Logger:
    """Returns a logger that writes to the run's page only: the terminal already shows the stage's output."""
    logger = logging.getLogger("blindspot.dvc")
    if not logger.handlers:
        logger.addHandler(APILogHandler())
        logger.setLevel(logging.INFO)
        logger.propagate = False
    return logger
