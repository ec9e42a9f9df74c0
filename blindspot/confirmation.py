"""Computes from params.yaml what the confirmation of failure modes needs: all stages from harvest on."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from blindspot.errors import BlindspotError
from blindspot.model_parameters import models_in_use
from blindspot.models.description import (
    Description,
    Extension,
    PoolOfQuestions,
    Server,
    Templates,
    describe,
)
from blindspot.params import BudgetParams
from blindspot.questioner.steering import SAMPLES, SAMPLES_SERVED
from blindspot.quotas import MOST_PER_VALID
from blindspot.records.rollout import METHODS
from blindspot.records.spending import Reserve

#: Failure modes whose quotas are counted: how many will be discovered is not known.
MODES = 8
PROPOSED_PER_CALL = 2  # assumed proposals for each question that is asked for a quota
EXACT = (PoolOfQuestions, Templates)  # questioners that generate nothing and ask no invalid question
#: Assumed input tokens of a call. An image of 768 px has about 800 for most models, a prompt up to 700.
INPUT_TOKENS = 1500
NAMES = 60  # assumed calls of the namer of skills
PER_JUDGED = 2  # calls of a judge for an answer and vote
#: Calls of the smallest budget: a third of it is 40 questions, in which a failure mode can be discovered.
FEWEST = 120
FEWEST_TOKENS = 100  # of a call
FEWEST_SECONDS = 60.0
#: The parameters that name the models of a role.
ROLE_MODELS = {
    "questioner": ("train.base_model", "harvest.base"),
    "candidate": ("candidate.model",),
    "judge": ("verify.model", "verifier.model", "verifier.confirming_judge"),
    "taxonomy": ("taxonomy.primitive_extractor", "taxonomy.skill_namer"),
}


class Harvest(NamedTuple):
    """The questions that harvest asks. `samples`: replies of the trained questioner for each question.

    `quotas`: those of MODES quotas, at most. `proposed`: replies of the base for each of them, as assumed.
    """

    methods: int
    calls: int
    samples: int
    quotas: int
    proposed: int

    @property
    def asked(self) -> int:
        """All questions."""
        return self.methods * self.calls + self.quotas


def methods_of(source: str, base: str) -> int:
    """Returns the number of methods: templates can ask about scenes and marks, unless they are the base already."""
    return len(METHODS) - (source not in ("scenes", "marks") or base == "templates")


def samples_of(start: Description, steered: bool) -> int:
    """Returns how many questions the trained questioner generates for each one it asks. `steered`: by targets."""
    if isinstance(start, EXACT):
        return 0
    return 1 if not steered else SAMPLES_SERVED if isinstance(start, Server | Extension) else SAMPLES


def harvest_of(values: Mapping[str, Any]) -> Harvest:
    """Returns the questions of harvest. `values`: those of params.yaml."""
    harvest, train, steered = values["harvest"], values["train"], values["explore"]["calls"] > 0
    start, base = describe(str(train["base_model"])), describe(str(harvest["base"]))
    methods = methods_of(values["prepare"]["source"], base.kind)
    certain = methods == len(METHODS) or isinstance(base, EXACT)  # these ask no question that is not valid
    searched = steered or (start.kind == "local" and train["steps"] > 0)
    quotas = MODES * harvest["quota"] * (1 if certain else MOST_PER_VALID) * searched
    proposed = 0 if certain else PROPOSED_PER_CALL
    return Harvest(methods, harvest["calls"], samples_of(start, steered), quotas, proposed)


def reserve_of(values: Mapping[str, Any]) -> Reserve:
    """Returns what the confirmation needs at most; without repeats of failures and prompt injections."""
    harvest, served = harvest_of(values), served_models(values)
    calls = {"candidate": harvest.asked, "judge": harvest.asked}
    asks = harvest.calls * harvest.samples if "train.base_model" in served else 0
    asks += harvest.calls + harvest.quotas * harvest.proposed if "harvest.base" in served else 0
    reads = harvest.asked if "taxonomy.primitive_extractor" in served else 0
    names = NAMES if "taxonomy.skill_namer" in served else 0
    calls |= {role: count for role, count in (("questioner", asks), ("taxonomy", reads + names)) if count}
    return Reserve(calls, _tokens(values, served), _prices(served))


def served_models(values: Mapping[str, Any]) -> dict[str, Server]:
    """Returns the served models that a run uses, by their parameters."""
    found = {name: describe(model) for name, model in models_in_use(values).items()}
    return {name: one for name, one in found.items() if isinstance(one, Server)}


def _tokens(values: Mapping[str, Any], served: Mapping[str, Server]) -> dict[str, tuple[float, float]]:
    """Returns the most tokens of a call by role, with INPUT_TOKENS. A rollout takes several replies of a judge."""
    longest = {
        "questioner": (1, values["harvest"]["max_new_tokens"]),
        "candidate": (1, values["candidate"]["max_new_tokens"]),
        "judge": (_judgements(values, served), values["verifier"]["max_new_tokens"]),
        "taxonomy": (1, values["taxonomy"]["max_new_tokens"]),
    }
    return {
        role: (replies * INPUT_TOKENS, replies * most)
        for role, (replies, most) in longest.items()
        if any(name in served for name in ROLE_MODELS[role])
    }


def _judgements(values: Mapping[str, Any], served: Mapping[str, Server]) -> int:
    """Returns the replies of served judges for a rollout."""
    votes = values["verifier"]["votes"] if values["verifier"]["kind"] == "vlm" else 1
    judges = ("verify.model" in served or "verifier.model" in served) + ("verifier.confirming_judge" in served)
    return PER_JUDGED * votes * judges


def _prices(served: Mapping[str, Server]) -> dict[str, tuple[float, float]]:
    """Returns the prices of a role; of several models, the highest."""
    found = {}
    for role, names in ROLE_MODELS.items():
        own = [served[name] for name in names if name in served]
        if own:
            found[role] = max(one.input_price or 0.0 for one in own), max(one.output_price or 0.0 for one in own)
    return found


def refuse_budget(values: Mapping[str, Any]) -> None:
    """Raises BlindspotError for a budget that cannot be kept, or that is too small to find anything."""
    budget, served = BudgetParams.model_validate(values["budget"]), served_models(values)
    without = next((name for name, one in served.items() if (one.input_price, one.output_price) == (None, None)), None)
    if budget.usd is not None and without:
        file = models_in_use(values)[without]
        raise BlindspotError(
            f"budget.usd is set, but {without}, {file}, has no price",
            f"set input_price and output_price in {file}, or budget.usd to null",
        )
    for name, least in _fewest(values, served).items():
        limit = getattr(budget, name)
        if limit is not None and limit < least:
            raise BlindspotError(
                f"budget.{name} {limit:,} is too small to discover and confirm a failure mode",
                f"set it to at least {least:,.12g}, or to null",
            )


def _fewest(values: Mapping[str, Any], served: Mapping[str, Server]) -> dict[str, float]:
    """Returns the smallest limits. A run that needs less may have less."""
    calls = min(FEWEST, values["explore"]["calls"] + harvest_of(values).asked)
    roles = [role for role, names in ROLE_MODELS.items() if any(name in served for name in names)]
    prices = _prices(served)
    usd = sum(calls * FEWEST_TOKENS * prices[role][0] / 1e6 for role in roles)
    return {
        "candidate_calls": calls,
        "judge_calls": calls,
        **({"questioner_calls": calls} if "questioner" in roles else {}),
        "tokens": calls * FEWEST_TOKENS * len(roles),
        "usd": round(usd, 9),
        "seconds": FEWEST_SECONDS,
    }
