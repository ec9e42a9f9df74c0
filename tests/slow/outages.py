"""Takes MLflow's server away at each moment of each stage: `python -m tests.slow.outages --seed 0`.

For each moment, one pipeline runs, and the server is killed at this moment of each stage. After each stage the server
is started again. The next stage, or the command that sends what was missed, delivers the records. In the end the
outputs have the bytes of a run whose server was always there, and MLflow has the same runs. A last pipeline runs
without any server, and its records are delivered at the end.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.project import environment
from tests.recording.served import serving
from tests.recording.stored import Stored, read_stored
from tests.recording.wire import MOMENTS, Watch, Wire
from tests.slow.kills import STAGES, command, differing, make_small, outputs

#: All stages in one process, which imports the libraries once.
ALL = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(f'stages.{name}').main()"
SEND = [sys.executable, "-m", "blindspot.recording.send", ".work"]


@dataclass(frozen=True)
class Reference:
    """A pipeline whose server was always there: its outputs, runs, and numbers of requests to the server."""

    outputs: dict[str, bytes]
    stored: dict[str, list[Stored]]
    requests: dict[str, int]


@contextmanager
def wired(folder: Path, kills: bool) -> Iterator[Wire]:
    with serving(folder) as server:
        wire = Wire(server, kills)
        wire.reconnect()
        yield wire
        wire.cut()


def complete(project: Path, uri: str, words: list[str]) -> str:
    """Runs a command to its end. Returns what it wrote to stderr; fails if it does."""
    env = environment(project) | {"MLFLOW_TRACKING_URI": uri, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(words, cwd=project, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr[-2000:]}"
    return done.stderr


def refer(folder: Path) -> Reference:
    """Runs the pipeline with a server that is always there."""
    project = make_small(folder / "project")
    with wired(folder / "mlflow", kills=False) as wire:
        complete(project, wire.uri, [sys.executable, "-c", ALL, *STAGES])
    return Reference(outputs(project), read_stored(folder / "mlflow", project), requests_of_stages(wire))


def requests_of_stages(wire: Wire) -> dict[str, int]:
    """Returns the number of requests of each stage, from the creation of its run to the end of it."""
    created, found = dict[str, tuple[str, int]](), {}
    for number, (path, body, reply) in enumerate(wire.requests):
        if path.endswith("/runs/create") and (name := json.loads(body)["run_name"]) in STAGES:
            created[json.loads(reply)["run"]["info"]["run_id"]] = (name, number)
        elif path.endswith("/runs/update") and (run_id := json.loads(body)["run_id"]) in created:
            name, start = created[run_id]
            found[name] = number - start
    return found


def run_away(project: Path, stage: str, wire: Wire, watch: Watch) -> tuple[float, float]:
    """Runs a stage whose server goes away at the moment of `watch`. Returns the times of its start and end."""
    wire.watch = watch
    if watch.moment == "before":
        wire.cut()
    began = time.time()
    warnings = complete(project, wire.uri, command(stage))
    ended = time.time()
    assert wire.is_cut, f"{stage}: the moment {watch.moment} did not come"
    assert "does not answer" in warnings and f"the records of the stage {stage} are kept in" in warnings, warnings
    wire.watch = Watch("")
    return began, ended


def take_away(
    folder: Path, moments: Mapping[str, str], expected: Reference, chance: random.Random, kills: bool
) -> None:
    """Runs the pipeline; the server goes away at one moment of each stage. Fails if anything differs at the end."""
    project, times = make_small(folder / "project"), {}
    with wired(folder / "mlflow", kills) as wire:
        for stage, following in zip(STAGES, (*STAGES[1:], ""), strict=True):
            watch = Watch(stage, moments[stage], chance.randint(1, expected.requests[stage] - 1))
            times[stage] = run_away(project, stage, wire, watch)
            wire.reconnect()
            if moments.get(following, "before") == "before":  # the next stage cannot send what this one missed
                complete(project, wire.uri, SEND)
    compare(folder, expected)
    for stage, (began, ended) in times.items():
        run = read_stored(folder / "mlflow", project)[stage][0]
        assert began - 1 < run.start <= run.end < ended + 1
        print(
            f"{stage}, {MOMENTS[moments[stage]]}: exit code 0, same bytes, complete ({ended - began:.0f} s)",
            flush=True,
        )


def never_there(folder: Path, expected: Reference) -> None:
    """Runs the pipeline without a server, and sends the records of all stages at the end."""
    project = make_small(folder / "project")
    with wired(folder / "mlflow", kills=False) as wire:
        wire.cut()
        complete(project, wire.uri, [sys.executable, "-c", ALL, *STAGES])
        wire.reconnect()
        complete(project, wire.uri, SEND)
    compare(folder, expected)
    print("no server during all stages: same bytes, complete", flush=True)


def compare(folder: Path, expected: Reference) -> None:
    """Fails if the outputs, or what MLflow has, differ from the reference, or if records wait."""
    project = folder / "project"
    assert differing(outputs(project), expected.outputs) == []
    assert [*(project / ".work" / "mlflow" / "outbox").glob("*-*")] == []
    found = read_stored(folder / "mlflow", project)
    assert {stage: len(runs) for stage, runs in found.items()} == dict.fromkeys(STAGES, 1)
    for stage in STAGES:
        assert found[stage][0].content == expected.stored[stage][0].content, stage


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.slow.outages", description=__doc__)
    parser.add_argument("--moments", nargs="+", choices=[*MOMENTS], default=[*MOMENTS])
    parser.add_argument("--seed", type=int, default=0, help="chooses the request of `missed` and `during`")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected = refer(folder / "reference")
        for moment in given.moments:
            take_away(folder / moment, dict.fromkeys(STAGES, moment), expected, chance, kills=True)
        never_there(folder / "never", expected)


if __name__ == "__main__":
    main()
