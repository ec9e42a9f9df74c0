"""A search and its confirmation against three served models that count what they are asked, for tests of budgets."""

import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from blindspot.budget import Meter
from blindspot.factory import open_candidate, open_questioner, open_steerable, open_verifier
from blindspot.harvest import harvest
from blindspot.harvest_budget import HarvestBudget, Planned, cut, cut_quotas
from blindspot.judges.vlm import CRITERIA
from blindspot.models.description import describe
from blindspot.models.endpoint import PROBE
from blindspot.params import BudgetParams, CandidateParams, VerifierParams
from blindspot.prompts.files import default_prompts
from blindspot.quotas import Quota, ask_quotas
from blindspot.records.rollout import QUOTA, Rollout
from blindspot.records.spending import NOTHING_SPENT, Reserve, Stage
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.search.exploring import Exploration, explore
from blindspot.search.journal import Journal
from blindspot.spending import keep_only
from blindspot.store import to_frame
from blindspot.verification import verify
from tests.failure_modes import mode
from tests.judges.reading import data_of
from tests.models.fake_server import FakeServer, Reply, completion, serving

ROLES = ("questioner", "candidate", "judge")
PRICES = {"questioner": (2.0, 8.0), "candidate": (1.0, 4.0), "judge": (3.0, 12.0)}
CONCURRENCY = 4
EXPLORING = Exploration(calls=25, at_least=25, together=5, proposals=8, min_asked=6)
CALLS, QUOTA_ASKED = 14, 8  # of each method of the harvest, and of its only quota
THINGS = ("star", "circle", "square", "triangle", "ring", "cross", "heart", "moon")


def digest(text: str, most: int) -> int:
    """A number from 0 to `most` that depends on a text only."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % (most + 1)


class Counting(FakeServer):
    """A model that replies by its role, with numbers of tokens that differ between calls.

    `delay`: of each reply, in seconds. `weak`: a word; for the judge, the answers to questions with it are wrong.
    Without it, half of all answers are.
    Attributes: `usages`, the prompt and the input and output tokens of each call.
    """

    def __init__(self, role: str, delay: float = 0.0, weak: str = "") -> None:
        super().__init__(lambda *_: Reply())
        self.role, self.delay, self.weak = role, delay, weak
        self.usages = list[tuple[str, int, int]]()

    def reply_to(self, body: dict[str, Any], question: str, number: int) -> Reply:
        seed = f"{body['model']} {question} {body.get('seed')} {body['messages'][-1]['content'][0]}"
        given, written = 100 + digest(f"in {seed}", 300), 5 + digest(f"out {seed}", 60)
        with self.lock:
            self.usages.append((question, given, written))
        usage = {"prompt_tokens": given, "completion_tokens": written, "total_tokens": given + written}
        return Reply(completion(self._text(question, seed), usage=usage), delay=self.delay)

    def _text(self, prompt: str, seed: str) -> str:
        if self.role == "questioner":
            thing = THINGS[digest(seed, len(THINGS) - 1)]
            return json.dumps({"question": f"How many {thing}s number {digest(seed, 400)} are there?", "answer": "1"})
        if self.role == "candidate":
            return "yes" if digest(prompt, 1) else "no"
        if "answer" in (data := data_of(prompt)):
            correct = self.weak not in data["question"] if self.weak else digest(prompt, 1) == 1
            return json.dumps({"reasoning": "", "same": correct})
        return json.dumps({"reasoning": "", **dict.fromkeys(CRITERIA, True), "reference": "yes"})

    def tokens(self, probes: bool = True) -> tuple[int, int]:
        """Returns the input and output tokens of all calls. `probes`: whether those of test questions count."""
        counted = [usage for usage in self.usages if probes or usage[0] != PROBE]
        return sum(given for _, given, _ in counted), sum(written for *_, written in counted)

    def usd(self, probes: bool = True) -> float:
        """Returns the price of these tokens."""
        return sum(count * price for count, price in zip(self.tokens(probes), PRICES[self.role], strict=True)) / 1e6


class Result(NamedTuple):
    """What a run gives: its rollouts and verdicts, the ends of its stages, and what it has spent by its own count."""

    explored: int
    rollouts: list[Rollout]
    verdicts: pd.DataFrame
    ends: dict[str, Stage]
    spent: dict[str, float]


@dataclass
class Search:
    """Runs explore, harvest and verify as the stages do, each with a meter of its own. The replies are stored."""

    folder: Path
    limits: dict[str, float]
    stack: ExitStack
    servers: dict[str, Counting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        for role in ROLES:
            self.servers[role] = self.stack.enter_context(serving(Counting(role)))
            values: dict[str, Any] = {"kind": "endpoint", "base_url": self.servers[role].url, "model": role}
            prices = dict(zip(("input_price", "output_price"), PRICES[role], strict=True))
            text = yaml.safe_dump(values | prices | {"concurrency": CONCURRENCY})
            (self.folder / f"{role}.yaml").write_text(text)
        self.images = pictures_of(draw_scenes(8, seed=1), self.folder)
        calls = {"candidate": 2 * CALLS + QUOTA_ASKED, "judge": 2 * CALLS + QUOTA_ASKED, "questioner": 2 * CALLS}
        tokens = {"questioner": (400, 65), "candidate": (400, 65), "judge": (800, 130)}
        self.reserve = Reserve(calls, tokens, PRICES)

    def meter(self, before: Meter | None, reserve: Reserve) -> Meter:
        """The meter of a stage after the one with the meter `before`."""
        return Meter(BudgetParams.model_validate(self.limits), before.total if before else NOTHING_SPENT, reserve)

    def candidate(self, meter: Meter) -> Any:
        """Opens the candidate."""
        return open_candidate(CandidateParams(model=str(self.folder / "candidate.yaml")), meter=meter)

    def verifier(self, meter: Meter) -> Any:
        """Opens the judge."""
        params = VerifierParams(kind="vlm", model=str(self.folder / "judge.yaml"), max_new_tokens=64)
        return open_verifier(params, meter=meter)

    def run(self) -> Result:
        """Runs everything."""
        file, sampling = str(self.folder / "questioner.yaml"), (1, 64, 1.0, default_prompts("questioner"))
        first = self.meter(None, self.reserve)
        journal = Journal(self.folder / "asked.jsonl", self.candidate(first), self.verifier(first), first)
        asker = open_steerable(describe(file), *sampling, first)  # type: ignore[arg-type]
        asked, _ = explore(EXPLORING, 0, self.images, asker, journal, served=True)
        second = self.meter(first, keep_only(self.reserve))
        budget, candidate = HarvestBudget(second, self.reserve), self.candidate(second)
        methods = [Planned(CALLS, 1.0), Planned(CALLS, 1.0)]
        quotas = [Quota(mode("counting"), QUOTA_ASKED, QUOTA_ASKED)]
        quotas = cut_quotas(quotas, budget.plan(*methods, Planned(QUOTA_ASKED, 2.0)))
        base = open_steerable(describe(file), *sampling, second)  # type: ignore[arg-type]
        confirming = ask_quotas(quotas, base, candidate, self.images, 0, second)
        budget.asked(len(confirming))
        calls, rollouts = cut(CALLS, budget.plan(*methods)), list[Rollout]()
        for seed, method in enumerate(("trained", "base")):
            questioner = open_questioner(file, *sampling, second)
            rollouts += harvest(method, questioner, candidate, self.images, calls, seed, second)
        rollouts += confirming
        third = self.meter(second, keep_only(self.reserve))
        verdicts = verify(to_frame(rollouts), self.images, self.verifier(third), third) if rollouts else pd.DataFrame()
        ends = {"explore": first.stage(first.ended_by()), "harvest": budget.end(rollouts), "verify": third.stage()}
        assert QUOTA in {one.method for one in rollouts} or not confirming
        return Result(len(asked), rollouts, verdicts, ends, third.spent)

    def asked(self, role: str) -> int:
        """The number of different requests to a model, without test questions."""
        server = self.servers[role]
        pairs = zip(server.bodies, server.questions, strict=True)
        return len({str(body) for body, question in pairs if question != PROBE})

    @property
    def probes(self) -> int:
        """The number of test questions."""
        return sum(server.questions.count(PROBE) for server in self.servers.values())
