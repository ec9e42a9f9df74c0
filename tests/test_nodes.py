"""Reading the nodes of a launch from the environment."""

import pytest

from blindspot.errors import BlindspotError
from blindspot.nodes import Node, read_node, slurm_step

OWN = {"NNODES": "2", "NODE_RANK": "1", "MASTER_ADDR": "10.0.0.1"}
JOB = {"SLURM_JOB_ID": "7", "SLURM_JOB_NUM_NODES": "2", "SLURM_NODEID": "0", "SLURM_JOB_NODELIST": "a1,b[2-4]"}


def test_the_users_variables_describe_a_node() -> None:
    assert read_node(OWN, use_cpu=True) == Node(2, 1, "10.0.0.1", 29500, 1)
    more = OWN | {"MASTER_PORT": "4000", "NPROC_PER_NODE": "8"}
    assert read_node(more, use_cpu=False) == Node(2, 1, "10.0.0.1", 4000, 8)


def test_the_users_variables_precede_those_of_slurm() -> None:
    assert read_node(JOB | OWN, use_cpu=True) == Node(2, 1, "10.0.0.1", 20007, 1)
    assert read_node(JOB, use_cpu=True) == Node(2, 0, "a1", 20007, 1)


@pytest.mark.parametrize(
    ("hosts", "first"),
    [
        ("gpu1", "gpu1"),
        ("gpu[07-09,12]", "gpu07"),
        ("gpu[3,5],cpu1", "gpu3"),
        ("a.example.org,b.example.org", "a.example.org"),
        ("rack1-[01-04]-ib,rack2-01-ib", "rack1-01-ib"),
    ],
)
def test_the_first_host_of_a_list_is_the_address(hosts: str, first: str) -> None:
    assert read_node(JOB | {"SLURM_JOB_NODELIST": hosts}, use_cpu=True).address == first


@pytest.mark.parametrize("name", ["NNODES", "NODE_RANK", "MASTER_ADDR"])
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(BlindspotError, match=rf"and {name} is not set: start the run in a SLURM job, or set NNODES"):
        read_node({key: value for key, value in OWN.items() if key != name}, use_cpu=True)


@pytest.mark.parametrize(
    "wrong", [{"NNODES": "two"}, {"NNODES": "0"}, {"NODE_RANK": "-1"}, {"NODE_RANK": "2"}, {"MASTER_PORT": "x"}]
)
def test_an_impossible_value_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(BlindspotError, match=rf"^{next(iter(wrong))} "):
        read_node(OWN | wrong, use_cpu=True)


def test_a_step_is_started_only_in_a_job_of_several_nodes_outside_a_step() -> None:
    assert slurm_step(JOB)[:2] == ["srun", "--nodes=2"]
    for other in ({}, OWN, JOB | OWN, JOB | {"SLURM_STEP_ID": "0"}, JOB | {"SLURM_JOB_NUM_NODES": "1"}):
        assert slurm_step(other) == []
