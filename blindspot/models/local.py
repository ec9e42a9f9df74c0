"""A VLM whose weights are loaded here, as candidate, judge and questioner."""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from PIL.Image import Image as Picture
from tqdm import tqdm

from blindspot.distributed import BLOCK
from blindspot.models.description import Local
from blindspot.models.loading import in_folder, load, weights_of
from blindspot.models.pictures import pixels, read_picture
from blindspot.models.special_tokens import SpecialTokens
from blindspot.protocols import Form, Posed, Target
from blindspot.questioner.prompts import ASK, ask_for, in_mind
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.replies import clean, read_question, read_text


class Said(NamedTuple):
    """What a model says, whether it came to an end of its own, and the log-probability of it where it was drawn.

    `text` is without special tokens, except the marks of a thought; `raw` has all but padding.
    """

    text: str
    ended: bool
    log_prob: float = 0.0
    raw: str = ""


class LocalVLM:
    """Weights and processor, loaded from safetensors only."""

    def __init__(self, source: Path | Local) -> None:
        """A folder means one with all defaults. Raises BlindspotError where there is no VLM."""
        self.source = source if isinstance(source, Local) else in_folder(source)
        self.processor, self.model = load(self.source)
        self._special = SpecialTokens(self.processor, self.source.thought_marks)

    @cached_property
    def identity(self) -> str:
        """The model's name and a digest of its weights, and of how they are loaded if not by the defaults."""
        name, weights = Path(self.source.model).name, weights_of(self.source, self.model)
        how = self.source.model_dump(exclude={"model", "revision"}, exclude_defaults=True)
        if how:
            weights = hashlib.sha256(json.dumps([weights, how], sort_keys=True).encode()).hexdigest()[:16]
        return f"{name}@{weights}"

    def complete(
        self,
        images: Sequence[Image],
        prompts: Sequence[str],
        batch_size: int,
        max_new_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[Said]:
        """What the model says to each image and prompt, in the same order. Temperature 0 is greedy.

        Each sampled text has a seed of its own, from `seed` and its place, so that `batch_size` is a matter of memory
        alone: no text depends on those beside it, but for the last bits of sums over padded rows.
        """
        batches = _batches(images, prompts, batch_size)
        said: dict[int, Said] = {}
        for batch in tqdm(batches, Path(self.source.model).name, disable=len(batches) < 2):
            inputs = self._encode([images[place] for place in batch], [prompts[place] for place in batch])
            keys = [f"{seed} {place}" for place in batch]
            said |= zip(batch, self._say(inputs, max_new_tokens, temperature, keys), strict=True)
        return [said[place] for place in range(len(images))]

    def _encode(self, images: Sequence[Image], prompts: Sequence[str]) -> Any:
        """Tensors of a batch: what TRL's trainers feed their model, padded on the left."""
        talks = [
            message(self._special.escape(clean(prompt)), read_picture(image.path))
            for image, prompt in zip(images, prompts, strict=True)
        ]
        batch = self.processor.apply_chat_template(
            talks,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            padding=True,
            **self.source.chat_template_kwargs,
        )
        return batch.to(self.model.device, self.model.dtype)

    def _say(self, inputs: Any, max_new_tokens: int, temperature: float, keys: Sequence[str]) -> list[Said]:
        import torch

        from blindspot.models.sampling import OwnDice

        ends, pad = self._ends(), self.processor.tokenizer.pad_token_id
        how: dict[str, Any] = {"max_new_tokens": max_new_tokens, "eos_token_id": ends, "pad_token_id": pad}
        dice = OwnDice(temperature, keys, ends, self.model.device) if temperature > 0 else None
        if dice:
            how |= {"logits_processor": [dice], "repetition_penalty": 1.0}  # none in training either
        with torch.inference_mode():
            output = self.model.generate(**inputs, do_sample=False, **how)
        new = output[:, inputs["input_ids"].shape[1] :].cpu()
        ended = torch.isin(new, torch.tensor(ends)).any(dim=1).tolist()
        log_prob = dice.log_prob.tolist() if dice else [0.0] * len(new)
        read = [self._special.decode(row) for row in new.tolist()]
        return [
            Said(text.strip(), end, log_probability, raw)
            for (text, raw), end, log_probability in zip(read, ended, log_prob, strict=True)
        ]

    def _ends(self) -> list[int]:
        """The tokens that end what it says, its tokenizer's own included."""
        listed = self.model.generation_config.eos_token_id
        known = listed if isinstance(listed, list) else [] if listed is None else [listed]
        own = self.processor.tokenizer.eos_token_id
        return known if own is None or own in known else [*known, own]


class GreedyVLM:
    """A local VLM, at temperature 0 unless it is told otherwise."""

    def __init__(self, source: Path | Local, batch_size: int, max_new_tokens: int) -> None:
        self._vlm = LocalVLM(source)
        self.identity, self._marks = self._vlm.identity, self._vlm.source.thought_marks
        self._batch_size, self._max_new_tokens = batch_size, max_new_tokens

    def complete(
        self, images: Sequence[Image], prompts: Sequence[str], form: Form, sampling: Sampling | None = None
    ) -> list[Answer]:
        """What the model says to each image and prompt, in the same order; only the prompt tells it of a `form`.

        An answer that `max_new_tokens` cuts off is an error.
        """
        drawn = (sampling.temperature, sampling.seed) if sampling else ()
        found = self._vlm.complete(images, prompts, self._batch_size, self._max_new_tokens, *drawn)
        return [read_text(said.text, said.ended, self._marks, said.raw) for said in found]


class LocalQuestioner:
    """A local VLM that asks one question about an image, by sampling. `source`: where its weights lie."""

    def __init__(self, source: Path | Local, batch_size: int, max_new_tokens: int, temperature: float) -> None:
        self._vlm = LocalVLM(source)
        self.source = self._vlm.source
        self._batch_size, self._max_new_tokens, self._temperature = batch_size, max_new_tokens, temperature

    @cached_property
    def identity(self) -> str:
        """The model's. Found out when it is asked for: a checkpoint's digest reads its optimiser's state too."""
        return self._vlm.identity

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """One question of any kind for each image, in the same order."""
        return self.ask_by([ASK] * len(images), images, seed)

    def ask_for(self, targets: Sequence[Target], images: Sequence[Image], seed: int) -> list[Posed]:
        """One question for each target and image, in the same order."""
        found = self._say([ask_for(target) for target in targets], images, seed)
        return [Posed(self._read(one), in_mind(one.text), one.log_prob) for one in found]

    def ask_by(self, prompts: Sequence[str], images: Sequence[Image], seed: int) -> list[str]:
        """What it says to each prompt and image, in the same order, without what it thinks first.

        A question that `max_new_tokens` cuts off stands as it is, here as in training: to come to an end is part of
        asking, and whether half a question is valid is the verifier's to say.
        """
        return [self._read(one) for one in self._say(prompts, images, seed)]

    def _read(self, said: Said) -> str:
        return read_question(said.text, self.source.thought_marks)

    def _say(self, prompts: Sequence[str], images: Sequence[Image], seed: int) -> list[Said]:
        return self._vlm.complete(images, prompts, self._batch_size, self._max_new_tokens, self._temperature, seed)


def message(prompt: str, picture: Picture) -> list[dict[str, Any]]:
    """The conversation that shows one image and says the prompt."""
    content = [{"type": "image", "image": picture}, {"type": "text", "text": prompt}]
    return [{"role": "user", "content": content}]


def _batches(images: Sequence[Image], prompts: Sequence[str], size: int) -> list[list[int]]:
    """Places of what goes through the model together: alike in length, so that little is padding, largest first.

    Only within a block are they sorted: what stands in another can't change a batch.
    """
    found = []
    for start in range(0, len(images), BLOCK):
        block = [*range(start, min(start + BLOCK, len(images)))]
        if len(block) > size:
            block.sort(key=lambda place: (pixels(images[place].path), len(prompts[place])), reverse=True)
        found += [block[first : first + size] for first in range(0, len(block), size)]
    return found
