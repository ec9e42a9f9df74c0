"""Reads the nodes of a launch from the environment: SLURM's variables, or those that torchrun uses."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from blindspot.errors import BlindspotError

PORT = 29500  # torchrun's default
SLURM_PORTS = (20_000, 10_000)  # first port and number of ports; jobs that share a node differ in their id


@dataclass(frozen=True)
class Node:
    """One node of a launch: this one is number `rank` of `count`, and all nodes meet at `address:port`."""

    count: int
    rank: int
    address: str
    port: int
    processes: int  # on this node

    def options(self) -> list[str]:
        """Returns the options of `accelerate launch` that set these values."""
        return [
            f"--num_machines={self.count}",
            f"--machine_rank={self.rank}",
            f"--num_processes={self.count * self.processes}",
            f"--main_process_ip={self.address}",
            f"--main_process_port={self.port}",
        ]


def read_node(environ: Mapping[str, str], use_cpu: bool) -> Node:
    """Returns this node. NNODES, NODE_RANK, MASTER_ADDR, MASTER_PORT and NPROC_PER_NODE precede SLURM's variables.

    `use_cpu`: one process per node is the default; otherwise the default is one per GPU. Raises BlindspotError if a
    variable is missing or has an impossible value.
    """
    count = _number(environ, "NNODES", "SLURM_STEP_NUM_NODES", "SLURM_JOB_NUM_NODES", least=1)
    rank = _number(environ, "NODE_RANK", "SLURM_NODEID")
    if rank >= count:
        raise BlindspotError(f"NODE_RANK {rank} is not below NNODES, {count}", "number the nodes from 0")
    address = environ.get("MASTER_ADDR") or _first_host(environ)
    if not address:
        raise _missing("MASTER_ADDR")
    return Node(count, rank, address, _port(environ), _processes(environ, use_cpu))


def slurm_step(environ: Mapping[str, str]) -> list[str]:
    """Returns the `srun` command that starts one task on each node of a SLURM job; empty outside a job.

    Empty too within a task that srun started, and if NNODES is set: then each node is started by other means.
    """
    if "NNODES" in environ or "SLURM_STEP_ID" in environ or int(environ.get("SLURM_JOB_NUM_NODES") or 1) < 2:
        return []
    nodes = environ["SLURM_JOB_NUM_NODES"]
    return ["srun", f"--nodes={nodes}", f"--ntasks={nodes}", "--ntasks-per-node=1", "--kill-on-bad-exit=1"]


def _processes(environ: Mapping[str, str], use_cpu: bool) -> int:
    names = ("NPROC_PER_NODE",) if use_cpu else ("NPROC_PER_NODE", "SLURM_GPUS_ON_NODE")
    if any(environ.get(name) for name in names):
        return _number(environ, *names, least=1)
    if use_cpu:
        return 1
    import torch

    if not torch.cuda.device_count():
        raise BlindspotError("this node has no GPU", "set NPROC_PER_NODE, or `use_cpu: true` in launch.config")
    return torch.cuda.device_count()


def _port(environ: Mapping[str, str]) -> int:
    if environ.get("MASTER_PORT") or "SLURM_JOB_ID" not in environ:
        return _number(environ, "MASTER_PORT", least=1) if environ.get("MASTER_PORT") else PORT
    first, ports = SLURM_PORTS
    return first + _number(environ, "SLURM_JOB_ID") % ports


def _first_host(environ: Mapping[str, str]) -> str:
    """Returns the first host of SLURM's list, such as gpu07 of `gpu[07-09,12],cpu1`."""
    hosts = environ.get("SLURM_STEP_NODELIST") or environ.get("SLURM_JOB_NODELIST") or ""
    found = re.match(r"([^,\[]*)(?:\[(\w+)[^\]]*\])?([^,\[]*)", hosts)
    return "".join(part or "" for part in found.groups()) if found else ""


def _number(environ: Mapping[str, str], *names: str, least: int = 0) -> int:
    """Returns the first of these variables that is set. Raises BlindspotError if none is, or if it is no number."""
    name = next((name for name in names if environ.get(name)), None)
    if name is None:
        raise _missing(names[0])
    if not environ[name].isdecimal() or int(environ[name]) < least:
        raise BlindspotError(f"{name} is {environ[name]!r}, not a number of at least {least}", f"correct {name}")
    return int(environ[name])


def _missing(name: str) -> BlindspotError:
    return BlindspotError(
        f"launch.config takes the nodes from the environment, and {name} is not set",
        "start the run in a SLURM job, or set NNODES, NODE_RANK and MASTER_ADDR on each node",
    )


def replace_process(words: list[str]) -> None:
    """Replaces this process with another command. Raises BlindspotError if the command is not installed."""
    try:
        os.execvp(words[0], words)
    except FileNotFoundError as error:
        raise BlindspotError(f"{words[0]} is not installed on this node", f"add {words[0]} to PATH") from error
