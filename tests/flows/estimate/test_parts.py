"""The questions, calls and tokens of a run, from its parameters."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from blindspot.models.description import PoolOfQuestions, Templates
from flows.estimate.parts import Part, Sections, parts, table
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams
from tests.flows.estimate.given import GIVEN, SERVER
from tests.project import REPOSITORY


def by_name(given: Sections) -> dict[str, Part]:
    return {part.name: part for part in parts(given)}


def with_steps(steps: int) -> TrainParams:
    return GIVEN.train.model_copy(update={"steps": steps})


def test_calls_and_tokens_by_hand() -> None:
    rows = by_name(GIVEN)
    assert rows["train: GRPO"].calls == rows["train: GRPO"].generated == 10 * 3 * 4
    assert rows["train: checkpoints"].calls == (1 + 3) * 7  # before training, and at steps 4, 8 and 10
    assert rows["train: checkpoints"].generated == (1 + 3 * 8) * 7  # the start has no targets
    assert rows["explore"].calls == 20 and rows["explore"].generated == 60 * (2 + 4)  # five times as many at first
    assert rows["explore"].question_tokens == 360 * 25 and rows["explore"].answer_tokens == 20 * 5
    assert rows["harvest: trained"].calls == rows["harvest: base"].calls == 50
    assert rows["harvest: trained"].generated == 8 * 50 and rows["harvest: base"].generated == 50
    assert rows["harvest: 8 quotas"].calls == 8 * 25 * 3 and rows["harvest: 8 quotas"].generated == 8 * 25 * 3 * 2
    assert rows["harvest: trained"].question_tokens == 400 * 30
    assert rows["verify"].judged == 50 + 50 + 600 and rows["explore"].judged == 20


def test_templates_ask_the_quotas_of_scenes() -> None:
    rows = by_name(replace(GIVEN, source="scenes"))
    assert rows["harvest: templates"].calls == 50 and rows["harvest: templates"].generated == 0
    assert rows["harvest: 8 quotas"].calls == 8 * 25 and rows["harvest: 8 quotas"].generated == 0


@pytest.mark.parametrize("kind", [PoolOfQuestions(kind="pool"), Templates(kind="templates")])
def test_a_pool_and_templates_generate_nothing(kind: Any) -> None:
    rows = by_name(replace(GIVEN, start=kind, base=kind))
    assert sum(part.generated for part in rows.values()) == 0
    assert [part.calls for part in rows.values()] == [20, 0, 0, 50, 50, 0, 200, 0, 0]


def test_a_served_questioner_is_not_trained_and_samples_two_questions() -> None:
    rows = by_name(replace(GIVEN, start=SERVER, base=SERVER))
    assert rows["train: GRPO"].calls == rows["train: checkpoints"].calls == 0
    assert rows["harvest: steered"].generated == 2 * 50


def test_without_a_search_there_are_no_targets_and_no_quotas() -> None:
    idle = replace(GIVEN, explore=GIVEN.explore.model_copy(update={"calls": 0}), train=with_steps(0))
    rows = by_name(idle)
    assert rows["harvest: unsteered"].generated == 50 and rows["harvest: 8 quotas"].calls == 0
    assert rows["train: checkpoints"].calls == 7  # of the start
    assert by_name(replace(idle, train=with_steps(1)))["harvest: 8 quotas"].calls == 600


def test_repeats_are_at_most_three_per_round_and_rollout() -> None:
    again = parts(replace(GIVEN, verify=VerifyParams(repeats=2)))[-1]
    assert (again.name, again.calls, again.answer_tokens) == ("verify: repeats", 4200, 4200 * 5)


def test_the_table_adds_up_and_marks_unknown_times() -> None:
    rows = parts(GIVEN)
    *_, total = table(rows, [0.5] * len(rows)).splitlines()
    assert total.split()[:3] == ["total", "868", f"{360 + 120 + 175 + 400 + 50 + 1200:,}"]
    assert float(total.split()[-1]) == pytest.approx(0.5 * len(rows), abs=0.05)
    unknown = table(rows, [0.5, None, *[0.5] * (len(rows) - 2)]).splitlines()
    assert unknown[2].endswith("?") and unknown[-1].endswith("?") and unknown[1].endswith("0.5")


def test_an_estimate_uses_the_recipe_and_the_changes() -> None:
    changes = ["-P", "harvest.calls=7", "-P", "train.steps=0", "-P", "explore.calls=0"]
    command = [sys.executable, "-m", "flows.discover", "-R", "recipes/scenes_448.yaml", *changes, "--estimate"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    rows = {line[:20].strip(): line[20:].split() for line in done.stdout.splitlines()}
    assert rows["explore"][0] == rows["train: GRPO"][0] == "0"
    assert rows["harvest: base"][0] == "7" and rows["harvest: 8 quotas"][0] == "0"  # nothing is searched
    assert "memory: unknown, because config.json of Qwen/Qwen2.5-VL-7B-Instruct is not" in done.stdout
    assert "without the weights of Qwen/Qwen2.5-VL-7B-Instruct, whose size is unknown" in done.stdout
