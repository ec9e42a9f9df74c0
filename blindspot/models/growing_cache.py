"""A cache of keys and values with room for further tokens, for generation on CPUs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from transformers import cache_utils

ROOM = 64  # tokens
FULL_ATTENTION = "full_attention"  # the kind of layer whose cache keeps all tokens


@contextmanager
def growing_cache(device: torch.device) -> Iterator[None]:
    """Has `generate` use GrowingLayer within the block, in place of DynamicLayer, if `device` is a CPU.

    Layers of other kinds, such as those with a sliding window, keep the cache of transformers.
    """
    layers: Any = cache_utils.DYNAMIC_LAYER_TYPE_MAPPING
    original = layers[FULL_ATTENTION]
    if device.type == "cpu" and original is cache_utils.DynamicLayer:
        layers[FULL_ATTENTION] = GrowingLayer
    try:
        yield
    finally:
        layers[FULL_ATTENTION] = original


class GrowingLayer(cache_utils.DynamicLayer):
    """Returns the same keys and values as DynamicLayer, which copies all of them for each new token.

    On CPUs, the copies take a third of the time of a large batch.
    """

    def __init__(self, **options: Any) -> None:
        """`options`: those of the layer that transformers gives."""
        parent: Any = super()
        parent.__init__(**options)
        self._parts = _Growing(), _Growing()

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Appends keys and values of shape (rows, heads, new tokens, size). Returns those of all tokens so far."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        keys, values = self._parts
        self.keys, self.values = keys.append(self.keys, key_states), values.append(self.values, value_states)
        return self.keys, self.values


class _Growing:
    """A tensor that grows in its next to last dimension. It is the start of a larger tensor."""

    def __init__(self) -> None:
        self._whole = self._start = torch.empty(0)

    def append(self, held: torch.Tensor | None, new: torch.Tensor) -> torch.Tensor:
        """Returns `held` with `new` at its end. `held`: what the last call returned, else it is copied first."""
        tokens = 0 if held is None or not held.numel() else held.shape[-2]
        length = tokens + new.shape[-2]
        if held is not self._start or length > self._whole.shape[-2]:
            self._whole = new.new_empty((*new.shape[:-2], length + ROOM, new.shape[-1]))
            if held is not None and tokens:
                self._whole[..., :tokens, :] = held
        self._whole[..., tokens:length, :] = new
        self._start = self._whole[..., :length, :]
        return self._start
