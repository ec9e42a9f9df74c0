"""How a reply is drawn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sampling:
    """Above temperature 0, by a seed: the same draws the same again, where the model's server holds to it."""

    temperature: float
    seed: int
