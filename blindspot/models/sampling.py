"""Samples tokens so that each row of a batch has its own random generator."""

import hashlib
from collections.abc import Sequence
from typing import cast

import torch
from transformers import LogitsProcessor

SMALLEST = torch.finfo(torch.float32).tiny


class RowSampler(LogitsProcessor):
    """Turns greedy decoding into sampling with the Gumbel-max trick: argmax(logits / T − log E), E ~ Exp(1).

    The draws of a row depend on its key alone, not on the other rows of the batch or on their number.

    Attributes:
        log_prob: for each row, the log-probability of all tokens drawn so far, up to its end token.
    """

    def __init__(self, temperature: float, keys: Sequence[str], ends: Sequence[int], device: torch.device) -> None:
        """`keys`: one for each row. `ends`: the token ids that end a row."""
        self._temperature, self._ends = temperature, torch.tensor(ends, device=device)
        self._generators = [torch.Generator(device).manual_seed(_seed(key)) for key in keys]
        self._drawn: torch.Tensor | None = None
        self._unfinished = torch.ones(len(keys), dtype=torch.bool, device=device)
        self.log_prob = torch.zeros(len(keys), device=device)

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Returns scores of shape (rows, vocabulary) whose maximum is the drawn token."""
        noise = torch.empty(scores.shape, device=scores.device)
        for row, generator in zip(noise, self._generators, strict=True):
            row.exponential_(generator=generator)
        scaled = scores / self._temperature
        perturbed = scaled - noise.clamp_min_(SMALLEST).log_()
        self._add_log_prob(scaled, perturbed.argmax(dim=-1))
        return cast(torch.FloatTensor, perturbed)

    def _add_log_prob(self, scores: torch.Tensor, drawn: torch.Tensor) -> None:
        if self._drawn is not None:
            self._unfinished &= ~torch.isin(self._drawn, self._ends)
        self._drawn = drawn
        log_prob = scores.float().log_softmax(dim=-1).gather(-1, drawn[:, None])[:, 0]
        self.log_prob += torch.where(self._unfinished, log_prob, 0.0)


def _seed(key: str) -> int:
    """Returns a seed. Similar keys get unrelated seeds."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7])
