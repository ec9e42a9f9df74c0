"""Runs a VLM from local weights, as candidate, judge or questioner."""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from tqdm import tqdm

from blindspot.models.batches import MANY, REFUSALS, Generation, batches_of, usual_length, with_picture
from blindspot.models.conversation import Turn, takes_system_turn, turns
from blindspot.models.description import Local
from blindspot.models.loading import in_folder, load, weights_of
from blindspot.models.pictures import read_picture
from blindspot.models.special_tokens import SpecialTokens
from blindspot.prompts.files import RolePrompts, default_prompts
from blindspot.protocols import Form, PastFailure, ProposedQuestion, Target
from blindspot.questioner.prompts import question_prompt
from blindspot.questioner.proposing import proposed
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.replies import clean, read_text, shorten


class LocalVLM:
    """A model and its processor, loaded from safetensors only."""

    def __init__(self, source: Path | Local, system: str | None = None) -> None:
        """`source`: a folder stands for a description with all defaults. `system`: the system prompt.

        Raises BlindspotError if the folder has no VLM.
        """
        self.source = source if isinstance(source, Local) else in_folder(source)
        self.processor, self.model = load(self.source)
        self._special_tokens = SpecialTokens(self.processor, self.source.thought_marks)
        self._system = system
        self._system_turn = bool(system) and takes_system_turn(self.processor, self.source.chat_template_kwargs)

    @cached_property
    def identity(self) -> str:
        """The model's name and a digest of its weights and of every loading option that is not the default."""
        name, weights = Path(self.source.model).name, weights_of(self.source, self.model)
        options = self.source.model_dump(exclude={"model", "revision"}, exclude_defaults=True)
        if options:
            weights = hashlib.sha256(json.dumps([weights, options], sort_keys=True).encode()).hexdigest()[:16]
        return f"{name}@{weights}"

    def complete(
        self,
        images: Sequence[Image],
        prompts: Sequence[str],
        batch_size: int,
        max_new_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[Generation]:
        """Returns a text for each image and prompt, in the same order. Temperature 0 is greedy decoding.

        The random generator of each text is seeded with `seed` and its index, so no text depends on the others in its
        batch, and `batch_size` affects memory only. The exception: padding can change the last bits of a sum.
        Where there are many batches, texts of an unusual length are generated again, in batches of their own.
        """

        def generated(rows: list[int], length: int) -> dict[int, Generation]:
            batch, inputs, refused = self._encode_accepted(images, prompts, rows)
            found = {index: Generation("", True, refusal=why) for index, why in refused.items()}
            keys = [f"{seed} {index}" for index in batch]
            return found | dict(zip(batch, self._generate(inputs, length, temperature, keys), strict=True))

        batches = batches_of(images, prompts, batch_size)
        texts: dict[int, Generation] = {}
        for rows in tqdm(batches, Path(self.source.model).name, disable=len(batches) < 2):
            usual = usual_length(texts.values(), max_new_tokens) if len(batches) >= MANY else max_new_tokens
            texts |= generated(rows, usual)
        long = [index for index, one in sorted(texts.items()) if not one.ended and one.tokens < max_new_tokens]
        for places in batches_of([images[index] for index in long], [prompts[index] for index in long], batch_size):
            texts |= generated([long[place] for place in places], max_new_tokens)
        return [texts[index] for index in range(len(images))]

    def turns(self, prompt: str) -> list[Turn]:
        """Returns the conversation for a prompt, without its picture. Special tokens become plain text."""
        system = None if self._system is None else self._special_tokens.escape(clean(self._system))
        return turns(self._special_tokens.escape(clean(prompt)), system, self._system_turn)

    def _encode_accepted(
        self, images: Sequence[Image], prompts: Sequence[str], batch: list[int]
    ) -> tuple[list[int], Any, dict[int, str]]:
        """Returns the rows that the processor accepts, their tensors, and why it refuses each other row.

        Qwen's processors, for example, refuse a picture that is 200 times as wide as it is high.
        """

        def encode(rows: Sequence[int]) -> Any:
            return self._encode([images[index] for index in rows], [prompts[index] for index in rows])

        try:
            return batch, encode(batch), {}
        except REFUSALS as error:
            refused = {} if len(batch) > 1 else {batch[0]: shorten(f"{images[batch[0]].path.name}: {error}")}
        for row in batch if len(batch) > 1 else []:
            refused |= self._encode_accepted(images, prompts, [row])[2]
        accepted = [index for index in batch if index not in refused]
        return accepted, encode(accepted) if accepted else None, refused

    def _encode(self, images: Sequence[Image], prompts: Sequence[str]) -> Any:
        """Returns the tensors of a batch, padded on the left, as TRL's trainers encode it."""
        conversations = [
            with_picture(self.turns(prompt), read_picture(image.path))
            for image, prompt in zip(images, prompts, strict=True)
        ]
        batch = self.processor.apply_chat_template(
            conversations,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            padding=True,
            **self.source.chat_template_kwargs,
        )
        return batch.to(self.model.device, self.model.dtype)

    def _generate(self, inputs: Any, max_new_tokens: int, temperature: float, keys: Sequence[str]) -> list[Generation]:
        import torch

        from blindspot.models.growing_cache import growing_cache
        from blindspot.models.sampling import RowSampler

        if not keys:
            return []
        ends, pad = self._ends(), self.processor.tokenizer.pad_token_id
        options: dict[str, Any] = {"max_new_tokens": max_new_tokens, "eos_token_id": ends, "pad_token_id": pad}
        sampler = RowSampler(temperature, keys, ends, self.model.device) if temperature > 0 else None
        if sampler:
            options |= {"logits_processor": [sampler], "repetition_penalty": 1.0}  # training has no penalty either
        with torch.inference_mode(), growing_cache(self.model.device):
            output = self.model.generate(**inputs, do_sample=False, **options)
        new = output[:, inputs["input_ids"].shape[1] :].cpu()
        is_end = torch.isin(new, torch.tensor(ends))
        ended = is_end.any(dim=1).tolist()
        tokens = torch.where(is_end.any(dim=1), is_end.int().argmax(dim=1) + 1, new.shape[1]).tolist()
        log_probs = sampler.log_prob.tolist() if sampler else [0.0] * len(new)
        decoded = [self._special_tokens.decode(row) for row in new.tolist()]
        return [
            Generation(text.strip(), end, log_prob, raw, length)
            for (text, raw), end, log_prob, length in zip(decoded, ended, log_probs, tokens, strict=True)
        ]

    def _ends(self) -> list[int]:
        """Returns the end tokens of the generation config and of the tokenizer."""
        configured = self.model.generation_config.eos_token_id
        ends = configured if isinstance(configured, list) else [] if configured is None else [configured]
        own = self.processor.tokenizer.eos_token_id
        return ends if own is None or own in ends else [*ends, own]


class GreedyVLM:
    """A local VLM that answers at temperature 0 unless a sampling is given."""

    def __init__(self, source: Path | Local, batch_size: int, max_new_tokens: int, system: str | None = None) -> None:
        self._vlm = LocalVLM(source, system)
        self.identity, self._marks = self._vlm.identity, self._vlm.source.thought_marks
        self._batch_size, self._max_new_tokens = batch_size, max_new_tokens

    def complete(
        self, images: Sequence[Image], prompts: Sequence[str], form: Form, sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns the answer to each image and prompt, in the same order.

        Ignores `form`: only the prompt describes it. An answer that `max_new_tokens` cuts off has an error.
        """
        options = (sampling.temperature, sampling.seed) if sampling else ()
        texts = self._vlm.complete(images, prompts, self._batch_size, self._max_new_tokens, *options)
        return [
            Answer("", Unscored.PICTURE_REFUSED, one.refusal)
            if one.refusal
            else read_text(one.text, one.ended, self._marks, one.raw)
            for one in texts
        ]


class LocalQuestioner:
    """A local VLM that samples one question about an image. `source`: the description of its weights."""

    def __init__(
        self,
        source: Path | Local,
        batch_size: int,
        max_new_tokens: int,
        temperature: float,
        prompts: RolePrompts | None = None,
    ) -> None:
        """`prompts`: those of the role questioner; None for the default ones."""
        self._prompts = prompts or default_prompts("questioner")
        self._vlm = LocalVLM(source, self._prompts.system)
        self.source = self._vlm.source
        self._batch_size, self._max_new_tokens, self._temperature = batch_size, max_new_tokens, temperature

    @cached_property
    def identity(self) -> str:
        """That of the model. Computed on first use: the digest of a checkpoint reads the optimiser's state too."""
        return self._vlm.identity

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        """Returns one question of any kind for each image, in the same order."""
        return self.ask_by([question_prompt(self._prompts)] * len(images), images, seed)

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        """Returns one question for each target and image, in the same order.

        `past`: earlier questions by image. `failures`: past failures about other images, by image.
        """
        none: list[tuple[()]] = [()] * len(targets)
        rows = zip(targets, failures or none, past or none, strict=True)
        return self.ask_by([question_prompt(self._prompts, *row) for row in rows], images, seed)

    def ask_by(self, prompts: Sequence[str], images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        """Returns the question for each prompt and image, in the same order, without the thought before it.

        A question that `max_new_tokens` cuts off is kept, as in training: the verifier decides whether it is valid.
        """
        texts = self._vlm.complete(images, prompts, self._batch_size, self._max_new_tokens, self._temperature, seed)
        form, marks = self._prompts.form, self.source.thought_marks
        return [
            ProposedQuestion("", None, 0.0, Unscored.PICTURE_REFUSED.value, one.refusal)
            if one.refusal
            else proposed(one.text, form, marks, one.log_prob)
            for one in texts
        ]
