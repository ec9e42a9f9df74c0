"""Sampling in which each row of a batch draws from a generator of its own."""

import hashlib
from collections.abc import Sequence
from typing import cast

import torch
from transformers import LogitsProcessor

SMALLEST = torch.finfo(torch.float32).tiny


class OwnDice(LogitsProcessor):
    """Makes greedy decoding sample, by the Gumbel-max trick: argmax(logits / T − log E), E ~ Exp(1), is a draw.

    A row's draws depend on its key alone, not on the rows beside it, nor on how many there are.
    """

    def __init__(self, temperature: float, keys: Sequence[str], device: torch.device) -> None:
        self._temperature = temperature
        self._dice = [torch.Generator(device).manual_seed(_seed(key)) for key in keys]

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Scores (rows, words) whose largest is the word drawn."""
        noise = torch.empty(scores.shape, device=scores.device)
        for row, generator in zip(noise, self._dice, strict=True):
            row.exponential_(generator=generator)
        return cast(torch.FloatTensor, scores / self._temperature - noise.clamp_min_(SMALLEST).log_())


def _seed(key: str) -> int:
    """Keys that are alike get seeds that have nothing in common."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7])
