"""Prints the calls, tokens, memory, disk space and time that a run takes, without starting it.

Calls and tokens follow from the parameters, the price from the prices in the files of served models, and memory and
disk space from the configurations of local models. `--trial` loads each local model and measures it for some seconds,
and asks each served model eight times.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from blindspot.confirmation import refuse_budget
from blindspot.images.sources import count_images
from blindspot.model_parameters import models_in_use
from blindspot.models.description import Local, Nothing, describe
from blindspot.params import PARAMS, CandidateParams, VerifierParams, read
from flows.command_line import parser as command_parser
from flows.estimate.budget import budget_lines
from flows.estimate.disk import disk_line
from flows.estimate.judges import judge_calls, judge_line, with_second_judge
from flows.estimate.memory import Launch, Memory, Models, memory_text, of_stages
from flows.estimate.parts import Part, Sections, parts, table
from flows.estimate.served import table as served_table
from flows.estimate.served import uses
from flows.estimate.sizes import Sizes, sizes_of, trained_parameters
from flows.estimate.trial import measure, minutes_of, write_sample
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.prepare import Params as PrepareParams
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams

#: The parameters that name the models of `Models`, in its order.
ROLES = (
    *("train.base_model", "harvest.base", "candidate.model"),
    *("verifier.model", "verify.model", "verifier.confirming_judge"),
)
SHARDED = ("FSDP", "DEEPSPEED")  # distributed_type in launch.config
MEASURED = "measured; processes of launch.config:"


def main() -> None:
    """Prints the estimate."""
    parser = command_parser("estimate", __doc__, "", "--trial", "other_params.yaml")
    parser.add_argument(
        "params", nargs="?", type=Path, default=PARAMS, metavar="params.yaml", help="parameters, if not params.yaml's"
    )
    parser.add_argument("--trial", action="store_true", help="measure the time with each model of the run")
    given = parser.parse_args()
    show(read(given.params), given.trial)


def show(values: dict[str, Any], trial: bool = False) -> None:
    """Prints the estimate for these parameters. `trial`: whether the time is measured."""
    prepare, verifier = PrepareParams(**values["prepare"]), VerifierParams(**values["verifier"])
    count, validation = count_images(prepare)
    given, launch = sections_of(values, prepare.source, validation), launch_of(values)
    rows = parts(given)
    with tempfile.TemporaryDirectory() as folder:
        images = write_sample(prepare, values["seed"], Path(folder))
        image_bytes = count * sum(image.path.stat().st_size for image in images) / len(images)
        seconds = measure(given, verifier, images) if trial else None
    minutes = [None if seconds is None else minutes_of(part, seconds, launch.processes) for part in rows]
    print(table(rows, minutes))
    calls = with_second_judge(values, judge_calls(rows, verifier, given.verify.model))
    print(judge_line(calls, verifier))
    if lines := served_table(uses(values, rows, calls)):
        print(lines)
    for line in budget_lines(values, rows, seconds_of(rows, minutes)):
        print(line)
    described = [describe(model) for model in models_in_use(values).values()]
    sizes = sizes_of(one for one in described if isinstance(one, Local))
    trained = (trained_parameters(given.start, given.train) or 0) if isinstance(given.start, Local) else 0
    print(disk_line(given, described, sizes, trained, image_bytes))
    print(memory_text(memory_of(values, given, sizes, trained)))
    print("time: unknown; --trial measures it" if seconds is None else f"time: {MEASURED} {launch.processes}")
    if any(limit is not None for limit in values["budget"].values()):
        refuse_budget(values)


def seconds_of(rows: Sequence[Part], minutes: Sequence[float | None]) -> dict[str, float] | None:
    """Returns the seconds of explore and train, and of the stages after them; None if unknown."""
    found = {"discovery": 0.0, "confirmation": 0.0}
    for part, one in zip(rows, minutes, strict=True):
        if one is None:
            return None
        found["discovery" if part.name.startswith(("explore", "train")) else "confirmation"] += one * 60
    return found


def sections_of(values: dict[str, Any], source: str, validation: int) -> Sections:
    """Returns the sections of params.yaml that determine the counts. `validation`: the number of these images."""
    start, base = values["train"]["base_model"], values["harvest"]["base"]
    return Sections(
        ExploreParams(**values["explore"]),
        TrainParams(**values["train"]),
        HarvestParams(**values["harvest"]),
        VerifyParams(**values["verify"]),
        CandidateParams(**values["candidate"]),
        source,
        validation,
        describe(start),
        describe(base),
    )


def launch_of(values: dict[str, Any]) -> Launch:
    """Returns the processes of launch.config; one if the nodes are given on the command line."""
    config = yaml.safe_load(Path(values["launch"]["config"]).read_text("utf-8"))
    return Launch(max(config.get("num_processes", 1), 1), config.get("distributed_type") in SHARDED)


def memory_of(values: dict[str, Any], given: Sections, sizes: Sizes, trained: int) -> dict[str, Memory] | str:
    """Returns the memory of one process in each stage, or why it is unknown.

    `sizes`: of the local models by their names. `trained`: numbers that the training updates.
    """
    used = {name: describe(model) for name, model in models_in_use(values).items()}
    if isinstance(used.get("verify.model"), Nothing):
        used["verify.model"] = used["verifier.model"]
    local = {name: one.model for name in ROLES if isinstance(one := used.get(name), Local)}
    if absent := [*dict.fromkeys(model for model in local.values() if sizes[model] is None)]:
        return f"config.json of {', '.join(absent)} is not on this machine"
    models = Models(*(sizes[local[name]] if name in local else None for name in ROLES))
    return of_stages(models, given, VerifierParams(**values["verifier"]), trained, launch_of(values))
