"""Counts the calls, tokens and price of served models in a run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blindspot.confirmation import INPUT_TOKENS
from blindspot.models.description import Server, describe
from flows.estimate.parts import Part


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


def uses(values: Mapping[str, Any], rows: Sequence[Part], judge_calls: Mapping[str, int]) -> list[Use]:
    """Returns the uses of served models.

    `values`: params.yaml. `judge_calls`: the most calls of each judge, by its name in params.yaml.
    """
    questions = Counter[str]()
    for part in rows:
        section, key = part.asker.split(".")
        questions[values[section][key]] += part.generated
    longest = max(values["explore"]["max_new_tokens"], values["harvest"]["max_new_tokens"])
    calls = sum(part.calls for part in rows)
    found = [
        *(("questioner", name, count, longest) for name, count in questions.items()),
        ("candidate", values["candidate"]["model"], calls, values["candidate"]["max_new_tokens"]),
        *(("judge", name, count, values["verifier"]["max_new_tokens"]) for name, count in judge_calls.items()),
    ]
    described = [(role, name, describe(name), count, most) for role, name, count, most in found]
    return [Use(role, name, one, *rest) for role, name, one, *rest in described if isinstance(one, Server)]


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
    lines += [f"  {_stop(row)}" for row in rows if row.calls > (row.server.max_calls or row.calls)]
    prices = [row.price for row in rows if row.price is not None]
    if prices:
        without = ", without the models that have no price" if len(prices) < len(rows) else ""
        lines.append(f"  total: {sum(prices):,.2f} USD{without}")
    else:
        lines.append("  set input_price and output_price in the files of the models to get a price")
    return "\n".join(lines)


def _stop(row: Use) -> str:
    """Returns a warning about a model whose own limit is below its calls in the run."""
    limit = f"{row.file}: max_calls is {row.server.max_calls:,}, and the run may need {row.calls:,} calls"
    return f"{limit}. A stage that reaches it fails: raise it, or set it to null and use the section budget"
