"""The gate as a Prefect flow: compares the candidate of a finished run with the baseline of a gate."""

from typing import Any

from prefect import State, flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.states import Completed, Failed
from pydantic import BaseModel, ConfigDict, Field

from blindspot.diff.baseline import NAME
from blindspot.diff.compare import Change
from blindspot.diff.diff import FAILING, LEVEL
from blindspot.diff.gate import Options, gate
from blindspot.diff.show import markdown
from blindspot.errors import BlindspotError


class GateParams(BaseModel):
    """A comparison with the baseline of a gate after the run. The run fails if the candidate does (docs/diff.md)."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        "nightly", pattern=f"^{NAME.pattern}$", description="Name of the gate, whose baseline is in MLflow"
    )
    ask: bool = Field(True, description="Ask the candidate the questions that confirmed the baseline's modes")
    fail_on: tuple[Change, ...] = Field(FAILING, description="Changes of a failure mode that fail the gate")
    false_alarms: float = Field(
        LEVEL, gt=0, lt=1, description="Probability that the gate fails although nothing changed"
    )


@flow(name="gate", flow_run_name="gate {params.name}", description="Passes or fails the candidate of a run.")
def gate_flow(root: str, params: GateParams) -> State[Any]:
    """Compares the run in the folder `root` with the baseline. The state is failed if the candidate is."""
    options = Options(params.name, None, params.ask, params.fail_on, params.false_alarms)
    try:
        result = gate(root, options, get_run_logger().info)
    except (BlindspotError, OSError) as error:
        return Failed(message=f"gate {params.name}: {error}")
    if result.diff:
        table = markdown(result.diff, params.fail_on)
        create_markdown_artifact(key="gate", markdown=table, description="The candidate and the baseline.")
    state = Completed if result.passed else Failed
    return state(message=f"gate {params.name}: {result.sentence}")
