"""The worked examples of CONTRIBUTING.md, in small runs: one new file and one parameter each."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from blindspot.images.sources import SourceParams, choose_source
from blindspot.params import read
from blindspot.store import read_images
from blindspot.taxonomy.clustering.embedding import embed
from blindspot.taxonomy.reading.primitive import Primitive
from tests.extensions.examples import Example, examples, extend
from tests.project import embedded_project, environment, run_stage

NAMES = ("short", "mosaics", "says_yes", "yes_or_no", "asks_colours", "first_words", "letters", "shouting")
SMALL = {
    "prepare": {"splits": {"train": 8, "validation": 8, "test": 24}},
    "explore": {"calls": 40, "at_least": 40},
    "train": {"steps": 2, "checkpoint_every": 2, "images_per_step": 2, "num_generations": 4},
    "harvest": {"calls": 60, "quota": 5},
    "taxonomy": {"resamples": 2},
}
STAGES = ("prepare", "explore", "train", "harvest", "verify", "audit", "taxonomy", "report")


def finished(project: Path, *stages: str) -> Path:
    for stage in stages:
        done = run_stage(project, stage)
        assert done.returncode == 0, f"{stage}: {done.stderr}"
    return project


def digest(example: Example) -> str:
    """The digest that the identity of an example ends with."""
    return hashlib.sha256(example.text.encode() + b"{}").hexdigest()[:16]


def test_every_seam_has_an_example_of_one_file_and_one_parameter() -> None:
    assert tuple(examples()) == NAMES
    changed = [example.change.partition("=")[0] for example in examples().values()]
    assert changed == [
        *("train.rewards", "prepare.source", "candidate.model", "verifier.kind", "train.base_model"),
        *("taxonomy.primitive_extractor", "taxonomy.embedding", "taxonomy.skill_namer"),
    ]


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole run with the reward, the candidate, the judge and the steps of the taxonomy."""
    project = embedded_project(tmp_path_factory.mktemp("extended") / "run", **SMALL)
    extend(project, "short", "says_yes", "yes_or_no", "first_words", "letters", "shouting")
    return finished(project, *STAGES)


@pytest.mark.slow
def test_a_component_of_the_reward_is_a_column_a_metric_and_a_curve(extended: Path) -> None:
    import mlflow

    rewards = pd.read_csv(extended / "metrics/rewards.csv").query("step > 0")
    assert [*rewards.columns[:7]] == [
        *("step", "reward", "failure", "semantic_diversity", "lexical_diversity", "invalid", "short")
    ]
    assert len(rewards) and rewards["short"].between(0.05, 1).all()
    weights = read(extended / "params.yaml")["train"]["weights"] | {"short": 0.5}
    expected = sum(weight * rewards[name] for name, weight in weights.items())
    assert rewards["reward"].tolist() == pytest.approx(expected.tolist(), abs=1e-5)
    client = mlflow.MlflowClient(f"sqlite:///{extended}/.work/mlflow/mlflow.db")
    [run] = client.search_runs(["1"], "attributes.run_name = 'train'")
    assert run.data.metrics["reward/short/mean"] == pytest.approx(rewards["short"].iloc[-1])
    pages = "".join(page.read_text("utf-8") for page in (extended / "reports").glob("*.html"))
    assert "Reward for short questions" in pages


@pytest.mark.slow
def test_a_candidate_answers_in_every_stage(extended: Path) -> None:
    identity = f"says-yes/1@{digest(examples()['says_yes'])}"
    rollouts = pd.read_parquet(extended / "data/rollouts/rollouts.parquet")
    assert {*rollouts["candidate"]} == {identity} and {*rollouts["answer"]} == {"yes"}
    assert {*pd.read_parquet(extended / "data/explored/asked.parquet")["answer"]} == {"yes"}


@pytest.mark.slow
def test_a_judge_decides_in_every_stage(extended: Path) -> None:
    verdicts = pd.read_parquet(extended / "data/verdicts/verdicts.parquet")
    assert {*verdicts["verifier"]} == {f"yes-or-no/1@{digest(examples()['yes_or_no'])}"}
    starts = verdicts["question"].str.split().str[0].isin(["is", "are", "do", "does", "can"])
    valid = verdicts["question"].str.endswith("?")
    assert (verdicts.loc[valid & starts, "outcome"] == "correct").all() and (valid & starts).any()
    assert (verdicts.loc[valid & ~starts, "outcome"] == "failure").all() and (valid & ~starts).any()


@pytest.mark.slow
def test_steps_of_the_taxonomy_read_embed_and_name(extended: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    primitives = pd.read_parquet(extended / "data/taxonomy/primitives.parquet")["primitives"].explode().dropna()
    assert len(primitives) and primitives.str.startswith("answering ").all()
    skills = json.loads((extended / "data/taxonomy/skills.json").read_text("utf-8"))
    assert skills and all(skill["name"].startswith("all about answering ") for skill in skills)
    assert all(skill["definition"] == f"{len(skill['primitives'])} phrases." for skill in skills)
    monkeypatch.chdir(extended)
    kind = read(extended / "params.yaml")["taxonomy"]["embedding"]
    embedded = embed([Primitive("counting", "stars"), Primitive("counting", "red stars")], kind, seed=0)
    assert embedded.vectors.shape == (2, 128)
    assert np.linalg.norm(embedded.vectors, axis=1).tolist() == pytest.approx([1.0, 1.0])
    assert embedded.vectors[0] @ embedded.vectors[1] > 0.5
    assert embedded.backend.embed(["stars"]).shape == (1, 128)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run until the harvest on the images of a source, with the questioner and the judge."""
    project = embedded_project(tmp_path_factory.mktemp("asked") / "run", **SMALL)
    extend(project, "mosaics", "asks_colours", "says_yes", "yes_or_no")
    return finished(project, "prepare", "explore", "train", "harvest")


@pytest.mark.slow
def test_an_image_source_gives_the_images(asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(asked)
    images = [image for split in ("train", "validation", "test") for image in read_images(split)]
    assert sorted(image.image_id for image in images) == [f"mosaic-{number:03d}" for number in range(40)]
    params = SourceParams.model_validate({"source": "extensions.mosaics.Mosaics", "image_size": 48})
    source, _ = choose_source(params, seed=0)
    assert [*source.notes] == ["40 mosaics of 6 × 6 tiles"]


@pytest.mark.slow
def test_a_questioner_asks_and_is_not_trained(asked: Path) -> None:
    identity = f"asks-colours/1@{digest(examples()['asks_colours'])}"
    rollouts = pd.read_parquet(asked / "data/rollouts/rollouts.parquet")
    trained, base = (rollouts[rollouts["method"] == method] for method in ("trained", "base"))
    assert len(trained) and trained["questioner"].str.startswith(identity).all()
    assert trained["question"].str.fullmatch(r"(how many|is there a) \w+ \w+( are there)? \?").all()
    assert len(base) and not base["questioner"].str.startswith(identity).any()
    kept = (asked / "models/questioner/extension.yaml").read_text("utf-8")
    assert kept == "kind: extensions/asks_colours.py\n"
    assert json.loads((asked / "metrics/train.json").read_text("utf-8"))["steps"] == 0


@pytest.mark.slow
def test_the_doctor_and_the_estimate_accept_extensions(asked: Path) -> None:
    for command in (["blindspot.cli", "doctor"], ["flows.estimate", "--trial"]):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=asked,
            env=environment(asked),
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        if command[0] == "flows.estimate":
            assert done.returncode == 0, done.stderr
            assert "judge: extensions.yes_or_no.YesOrNo, at an unknown cost" in done.stdout
        else:
            assert "candidate.model: extensions/says_yes.py, the class SaysYes" in done.stdout
            assert "verifier.kind: extensions.yes_or_no.YesOrNo" in done.stdout
