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

    Attributes: `log_prob`, of each row the log-probability of all words drawn so far, up to its end.
    """

    def __init__(self, temperature: float, keys: Sequence[str], ends: Sequence[int], device: torch.device) -> None:
        """`ends`: the words that end a row."""
        self._temperature, self._ends = temperature, torch.tensor(ends, device=device)
        self._dice = [torch.Generator(device).manual_seed(_seed(key)) for key in keys]
        self._drawn: torch.Tensor | None = None
        self._going = torch.ones(len(keys), dtype=torch.bool, device=device)
        self.log_prob = torch.zeros(len(keys), device=device)

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Scores (rows, words) whose largest is the word drawn."""
        noise = torch.empty(scores.shape, device=scores.device)
        for row, generator in zip(noise, self._dice, strict=True):
            row.exponential_(generator=generator)
        told = scores / self._temperature
        drawing = told - noise.clamp_min_(SMALLEST).log_()
        self._note(told, drawing.argmax(dim=-1))
        return cast(torch.FloatTensor, drawing)

    def _note(self, scores: torch.Tensor, drawn: torch.Tensor) -> None:
        if self._drawn is not None:
            self._going &= ~torch.isin(self._drawn, self._ends)
        self._drawn = drawn
        said = scores.float().log_softmax(dim=-1).gather(-1, drawn[:, None])[:, 0]
        self.log_prob += torch.where(self._going, said, 0.0)


def _seed(key: str) -> int:
    """Keys that are alike get seeds that have nothing in common."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7])
