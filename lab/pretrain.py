"""Trains an embedded VLM from scratch on rows of (prompt, answer) turns. Only answer tokens count in the loss."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from blindspot.scenes.draw import IMAGE_SIZE, draw
from blindspot.scenes.scene import GRID, Scene

if TYPE_CHECKING:
    import torch
    from transformers import LlavaForConditionalGeneration, LlavaProcessor

#: The row of one image in a batch: the turns of a conversation, each with a prompt and the answer to learn.
Turns = Sequence[tuple[str, str]]
WARM_UP = 100  # steps
LENGTH_STEP = 8  # tokens: row lengths are rounded up to it, because CPU kernels are rebuilt for each new length
_GAP = "@@"  # placeholder for the prompt; occurs in no prompt
IGNORED = -100  # label of a token outside the answers


def pretrain(
    model: "LlavaForConditionalGeneration",
    processor: "LlavaProcessor",
    scenes: Sequence[Scene],
    turns: Callable[[int, int], Turns],
    steps: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
) -> None:
    """Trains `model` in place. `turns(step, index)` returns the row for scene `index` at a step."""
    import torch

    pictures = torch.from_numpy(np.stack([np.asarray(draw(scene, IMAGE_SIZE)) for scene in tqdm(scenes, "drawing")]))
    order = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    model.train()
    fast = bool(torch.cpu.get_capabilities().get("avx512_bf16"))  # on other CPUs bfloat16 is ten times slower
    model.set_attn_implementation("eager")  # with bfloat16, twice as fast as "sdpa" on a CPU at these lengths
    bar = tqdm(range(steps), "training")
    for step in bar:
        chosen = order.integers(len(scenes), size=batch_size)
        ids, labels = _encode([turns(step, int(index)) for index in chosen], processor)
        pixels = (pictures[chosen].permute(0, 3, 1, 2).float() / 255 - 0.5) / 0.5
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast):
            loss = model(
                input_ids=ids,
                attention_mask=(ids != processor.tokenizer.pad_token_id).long(),
                pixel_values=pixels,
                labels=labels,
            ).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        if step % 20 == 0:
            bar.set_postfix(loss=f"{loss.item():.3f}")
    model.set_attn_implementation("sdpa")
    model.eval()


def _rate(step: int, steps: int) -> float:
    """Returns the factor of the learning rate: linear warm-up, then cosine decay to 0.05."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / max(1, steps - WARM_UP)))


def _encode(rows: Sequence[Turns], processor: "LlavaProcessor") -> tuple["torch.Tensor", "torch.Tensor"]:
    """Returns token ids and labels, both of shape (rows, longest row rounded up to LENGTH_STEP), padded on the right.

    The text follows the chat template, with the image in the first turn.
    """
    import torch

    tokenizer = processor.tokenizer
    first, later = (_turn(processor, with_image) for with_image in (True, False))
    pieces: list[str] = []
    for turns in rows:
        for index, (prompt, answer) in enumerate(turns):
            pieces += [(later if index else first).replace(_GAP, prompt), f"{answer} </s>"]
    encoded = iter(tokenizer(pieces, add_special_tokens=False)["input_ids"])
    ids: list[list[int]] = []
    labels: list[list[int]] = []
    for turns in rows:
        row: list[int] = []
        label: list[int] = []
        for _ in turns:
            prompt_ids, answer_ids = next(encoded), next(encoded)
            row += prompt_ids + answer_ids
            label += [IGNORED] * len(prompt_ids) + answer_ids
        ids.append(row)
        labels.append(label)
    length = -(-max(map(len, ids)) // LENGTH_STEP) * LENGTH_STEP
    padded = torch.full((len(rows), length), tokenizer.pad_token_id), torch.full((len(rows), length), IGNORED)
    for index, (row, label) in enumerate(zip(ids, labels, strict=True)):
        padded[0][index, : len(row)] = torch.tensor(row)
        padded[1][index, : len(row)] = torch.tensor(label)
    return padded


def _turn(processor: "LlavaProcessor", with_image: bool) -> str:
    """Returns the text of a turn up to the answer, as the chat template formats it, with _GAP for the prompt."""
    parts = [{"type": "image"}] * with_image + [{"type": "text", "text": _GAP}]
    talk: list[dict[str, Any]] = [{"role": "user", "content": parts}]
    text = processor.apply_chat_template(talk, add_generation_prompt=True)
    return str(text).replace("<image>", "<image> " * (GRID * GRID))
