"""How tokens are drawn, and the log-probability of a text."""

from typing import cast

import torch

from blindspot.models.sampling import RowSampler


def next_tokens(sampler: RowSampler, length: int, scores: torch.Tensor) -> torch.Tensor:
    """The token that the sampler draws in each row, after texts of this length."""
    texts = cast(torch.LongTensor, torch.zeros(len(scores), length, dtype=torch.long))
    return sampler(texts, cast(torch.FloatTensor, scores)).argmax(dim=1)


def test_sampling_follows_the_probabilities() -> None:
    """Fails for correct code with probability 2e-4 over seeds (binomial of 4,000 for each token)."""
    rows, weights = 4000, torch.tensor([0.5, 0.3, 0.15, 0.05])
    scores = 2 * weights.log().expand(rows, -1)  # at temperature 2
    sampler = RowSampler(2.0, [f"7 {row}" for row in range(rows)], [3], torch.device("cpu"))
    shares = torch.bincount(next_tokens(sampler, 1, scores), minlength=4) / rows
    assert torch.allclose(shares, weights, atol=0.03)  # four standard errors


def test_the_log_probability_covers_the_tokens_up_to_the_end() -> None:
    sampler, end = RowSampler(1.0, ["a", "b"], [2], torch.device("cpu")), torch.tensor([0.0, 0.0, 1.0]).log()
    words = torch.tensor([0.25, 0.75, 0.0]).log()
    first = next_tokens(sampler, 1, torch.stack([end, words]))
    expected = torch.tensor([0.0, float(words[first[1]])])
    assert torch.allclose(sampler.log_prob, expected)
    second = next_tokens(sampler, 2, torch.stack([words, words]))  # the first row ended
    assert torch.allclose(sampler.log_prob, expected + torch.tensor([0.0, float(words[second[1]])]))
