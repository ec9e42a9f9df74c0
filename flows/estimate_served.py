"""Counts the calls, tokens and price of served models in a run."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blindspot.models.description import Nothing, Server, describe
from blindspot.questioner.steering import SAMPLES_SERVED
from blindspot.quotas import MOST_PER_VALID
from blindspot.search.proposals import FIRST_FACTOR
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams

#: Assumed input tokens of a call. An image of 768 px has about 800 for most models, a prompt up to 700.
INPUT_TOKENS = 1500
PROPOSED_PER_CALL = 2  # assumed proposals for each question that is asked for a quota


@dataclass(frozen=True)
class Use:
    """What a run uses of one served model: the number of calls, and the longest reply in tokens."""

    role: str
    file: str
    server: Server
    calls: int
    longest: int

    @property
    def tokens(self) -> tuple[int, int]:
        """The input tokens, by INPUT_TOKENS, and the most output tokens."""
        return self.calls * INPUT_TOKENS, self.calls * self.longest

    @property
    def price(self) -> float | None:
        """The price in USD, or None if the file of the model has none."""
        prices = self.server.input_price, self.server.output_price
        if prices == (None, None):
            return None
        return sum(count * (price or 0.0) for count, price in zip(self.tokens, prices, strict=True)) / 1e6


def questions(explore: ExploreParams, harvest: HarvestParams, explored: bool, harvested: bool, modes: int = 0) -> int:
    """Returns how many questions a served questioner generates if each round of explore asks `together` questions.

    `explored`, `harvested`: whether train.base_model and harvest.base are served. `modes`: the number of quotas.
    """
    rounds = math.ceil(explore.calls / explore.together)
    quotas = modes * harvest.quota * MOST_PER_VALID * PROPOSED_PER_CALL if rounds else 0
    proposed = explore.proposals * (rounds + FIRST_FACTOR - 1) if rounds else 0
    trained = harvest.calls * (SAMPLES_SERVED if rounds else 1)  # without exploration there are no targets
    return (proposed + trained if explored else 0) + (harvest.calls + quotas if harvested else 0)


def uses(values: Mapping[str, Any], candidate_calls: int, judge_calls: Mapping[str, int], modes: int) -> list[Use]:
    """Returns the uses of served models.

    `values`: params.yaml. `judge_calls`: the most calls of each judge, by its name in params.yaml. `modes`: the number
    of quotas.
    """
    explore, harvest = ExploreParams(**values["explore"]), HarvestParams(**values["harvest"])
    base, start = values["harvest"]["base"], values["train"]["base_model"]
    longest = max(explore.max_new_tokens, harvest.max_new_tokens)
    rows = [
        ("questioner", start, questions(explore, harvest, True, base == start, modes), longest),
        *([("questioner", base, questions(explore, harvest, False, True, modes), longest)] if base != start else []),
        ("candidate", values["candidate"]["model"], candidate_calls, values["candidate"]["max_new_tokens"]),
        *(("judge", name, calls, values["verifier"]["max_new_tokens"]) for name, calls in judge_calls.items()),
    ]
    described = [(role, name, describe(name), calls, most) for role, name, calls, most in rows]
    return [Use(role, name, one, *rest) for role, name, one, *rest in described if isinstance(one, Server)]


def second_judge(values: Mapping[str, Any], judge_calls: Mapping[str, int]) -> dict[str, int]:
    """Returns the most calls of all judges: the confirming judge judges at most as often as the others."""
    name, calls = values["verifier"]["confirming_judge"], dict(judge_calls)
    if judge_calls and not isinstance(describe(name), Nothing):
        calls[name] = calls.get(name, 0) + sum(judge_calls.values())
    return calls


def table(rows: Sequence[Use]) -> str:
    """Returns the uses and the sum of their prices as lines of text; empty without served models."""
    if not rows:
        return ""
    lines = [f"served models, at most ({INPUT_TOKENS:,} input tokens per call are assumed, for image and prompt):"]
    for row in rows:
        given, written = row.tokens
        price = "no price" if row.price is None else f"{row.price:,.2f} USD"
        lines.append(
            f"  {row.role:10} {row.calls:>9,} calls {given:>13,} input and {written:>11,} output tokens  {price:>12}"
            f"  {row.file}"
        )
    prices = [row.price for row in rows if row.price is not None]
    if prices:
        without = ", without the models that have no price" if len(prices) < len(rows) else ""
        lines.append(f"  total: {sum(prices):,.2f} USD{without}")
    else:
        lines.append("  set input_price and output_price in the files of the models to get a price")
    return "\n".join(lines)
