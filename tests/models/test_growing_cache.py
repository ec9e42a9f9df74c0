from typing import Any

import pytest
import torch
from transformers import cache_utils
from transformers.cache_utils import DynamicLayer

from blindspot.models.growing_cache import FULL_ATTENTION, ROOM, GrowingLayer, growing_cache


def _plain() -> Any:
    layer: Any = DynamicLayer
    return layer()


def _states(tokens: int, rows: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(rows, 2, tokens, 4), torch.rand(rows, 2, tokens, 4)


def test_it_returns_what_the_cache_of_transformers_returns() -> None:
    growing, plain = GrowingLayer(), _plain()
    for tokens in (7, *[1] * (2 * ROOM), 3):
        new = _states(tokens)
        for one, other in zip(growing.update(*new), plain.update(*new), strict=True):
            assert torch.equal(one, other)
    assert growing.get_seq_length() == plain.get_seq_length() == 10 + 2 * ROOM
    assert growing.get_mask_sizes(1) == plain.get_mask_sizes(1)


def test_it_returns_the_same_after_rows_or_tokens_are_removed() -> None:
    layers: list[Any] = [GrowingLayer(), _plain()]

    def both(change: str, *arguments: Any) -> None:
        for layer in layers:
            getattr(layer, change)(*arguments)

    def append(tokens: int, rows: int = 3) -> None:
        new = _states(tokens, rows)
        for one, other in zip(*(layer.update(*new) for layer in layers), strict=True):
            assert torch.equal(one, other)

    append(5)
    both("crop", -2)
    append(1)
    both("reorder_cache", torch.tensor([2, 0, 0]))
    append(1)
    both("batch_select_indices", torch.tensor([0, 2]))
    append(1, rows=2)
    both("reset")
    append(4)
    assert [layer.get_seq_length() for layer in layers] == [4, 4]


def test_tokens_are_appended_in_place_while_there_is_room() -> None:
    layer = GrowingLayer()
    keys, _ = layer.update(*_states(5))
    longer, _ = layer.update(*_states(ROOM))
    assert longer.data_ptr() == keys.data_ptr()
    assert layer.update(*_states(1))[0].data_ptr() != keys.data_ptr()


@pytest.mark.parametrize(("device", "expected"), [("cpu", GrowingLayer), ("meta", DynamicLayer)])
def test_it_is_used_within_the_block_and_on_cpus_alone(device: str, expected: type[DynamicLayer]) -> None:
    with growing_cache(torch.device(device)):
        assert cache_utils.DYNAMIC_LAYER_TYPE_MAPPING[FULL_ATTENTION] is expected
    assert cache_utils.DYNAMIC_LAYER_TYPE_MAPPING[FULL_ATTENTION] is DynamicLayer
