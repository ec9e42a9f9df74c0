"""Extends TRL's GRPOTrainer to the inputs of more VLM architectures, and bounds the memory of generation."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from accelerate.utils import is_peft_model
from trl import GRPOTrainer
from trl.data_utils import prepare_multimodal_messages
from trl.trainer.utils import add_fused_lm_head

from blindspot.models.growing_cache import growing_cache

#: What TRL passes to the model. It knows no other field of a processor.
KNOWN_TO_TRL = frozenset(inspect.signature(GRPOTrainer._get_per_token_logps_and_entropies).parameters)
#: Fields with one entry per token.
CROSS_ATTENTION, TOKEN_TYPES = "cross_attention_mask", "token_type_ids"
#: Architectures in which token type 1 marks the text after the prompt. In others it marks a picture.
TYPE_1_IS_SUFFIX = ("paligemma",)
#: Architectures whose generation does not apply `logit_scale` of the text model, as TRL's log-probabilities do.
WITHOUT_LOGIT_SCALE = ("aya_vision", "cohere2_vision")

Fields = dict[str, torch.Tensor]


class VLMBatches(GRPOTrainer):
    """Passes to the model all fields that the processor makes and the model accepts, and no others.

    TRL passes a fixed list of fields. Mllama needs further ones; the processors of LLaVA-OneVision and PaliGemma make
    some that TRL refuses. Prompts are padded when they are tokenized, because the processors of Pixtral and Mistral 3
    fail to batch prompts of unequal length otherwise. They are tokenized, and questions are generated, in batches of
    `per_device_train_batch_size`, as in the forward and backward passes.
    """

    def __init__(self, **options: Any) -> None:
        self._further: Fields = {}  # fields that TRL does not know, of the batch at hand
        super().__init__(**options)
        for model in (self._whole(), self.ref_model):
            if model is not None and model.config.model_type in WITHOUT_LOGIT_SCALE:
                _remove_logit_scale(model, self.temperature)

    def _tokenize_prompts(self, prompts: list[Any]) -> tuple[list[list[int]], list[Any], list[Fields]]:
        """Returns the token ids and the pictures of each prompt, and the further fields of each batch."""
        conversations = [prepare_multimodal_messages(prompt) for prompt in prompts]
        ids: list[list[int]] = []
        batches = []
        processor: Any = self.processing_class
        variables: Any = self.chat_template_kwargs
        for rows in self._batches(len(conversations)):
            encoded = processor.apply_chat_template(
                conversations[rows],
                chat_template=self.chat_template,
                add_generation_prompt=True,
                tokenize=True,
                return_dict=True,
                return_tensors="pt",
                processor_kwargs={"padding": True},
                **variables,
            )
            fields = dict(encoded)
            mask = fields.pop("attention_mask").bool()
            ids += [row[kept].tolist() for row, kept in zip(fields.pop("input_ids"), mask, strict=True)]
            batches.append({name: field for name, field in fields.items() if name != "labels"})
        accepted = inspect.signature(type(self._whole()).forward).parameters
        own = [name for name in batches[0] if name not in KNOWN_TO_TRL and name in accepted]
        self._further = {name: self._joined(name, batches) for name in own}
        return ids, [_pictures(conversation) for conversation in conversations], batches

    def _generate_single_turn(
        self, prompt_ids: list[list[int]], images: Any, multimodal_fields: Any, *args: Any, **options: Any
    ) -> tuple[list[list[int]], Any]:
        """`multimodal_fields`: those of each batch, from `_tokenize_prompts`."""
        generate: Any = super()._generate_single_turn
        if self.use_vllm:
            texts: tuple[list[list[int]], Any] = generate(prompt_ids, images, {}, *args, **options)
            return texts
        completions: list[list[int]] = []
        for rows, fields in zip(self._batches(len(prompt_ids)), multimodal_fields, strict=True):
            with growing_cache(self.accelerator.device):
                completions += generate(prompt_ids[rows], images[rows], fields, *args, **options)[0]
        return completions, None

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        parent: Any = super()
        batch: dict[str, Any] = parent._generate_and_score_completions(inputs)
        return batch | self._further

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> torch.Tensor:
        self._further = {name: inputs[name] for name in self._further}
        loss: torch.Tensor = super()._compute_loss(model, inputs)  # type: ignore[no-untyped-call]
        return loss

    def _get_per_token_logps_and_entropies(
        self, model: Any, input_ids: torch.Tensor, attention_mask: torch.Tensor, logits_to_keep: int, **fields: Any
    ) -> Any:
        known = {name: field for name, field in fields.items() if name in KNOWN_TO_TRL}
        types = known.get(TOKEN_TYPES)
        if types is not None and self._whole().config.model_type in TYPE_1_IS_SUFFIX:
            prompt, new = types[:, :-logits_to_keep], types[:, -logits_to_keep:]
            known[TOKEN_TYPES] = torch.cat([prompt, torch.ones_like(new)], dim=1)
        further = dict(self._further)
        if CROSS_ATTENTION in further:  # as in generation, a new token sees what the last token of the prompt sees
            seen = further[CROSS_ATTENTION]
            further[CROSS_ATTENTION] = torch.cat([seen, seen[:, -1:].expand(-1, logits_to_keep, -1, -1)], dim=1)
        passed = _WithFields(model, further) if further else model
        return super()._get_per_token_logps_and_entropies(passed, input_ids, attention_mask, logits_to_keep, **known)

    def _batches(self, rows: int) -> list[slice]:
        size = self.args.per_device_train_batch_size
        return [slice(first, first + size) for first in range(0, rows, size)]

    def _whole(self) -> Any:
        """Returns the model without its adapters."""
        model: Any = self.model
        return model.get_base_model() if is_peft_model(model) else model

    def _joined(self, name: str, batches: Sequence[Fields]) -> torch.Tensor:
        """Joins the batches of a field. One with an entry per token is padded on the left, as the prompts are."""
        parts = [batch[name].to(self.accelerator.device) for batch in batches]
        if name == CROSS_ATTENTION:  # rows × tokens × pictures × tiles
            length = max(part.size(1) for part in parts)
            parts = [torch.nn.functional.pad(part, (0, 0, 0, 0, length - part.size(1), 0)) for part in parts]
        return torch.cat(parts)


class _WithFields:
    """A model that gets the rows of further fields with its batches, which it is called with in order."""

    def __init__(self, model: Any, fields: Mapping[str, torch.Tensor]) -> None:
        self._model, self._fields, self._done = model, fields, 0

    def __call__(self, **inputs: Any) -> Any:
        rows = slice(self._done, self._done + len(inputs["input_ids"]))
        self._done = rows.stop
        return self._model(**inputs, **{name: field[rows] for name, field in self._fields.items()})


def _remove_logit_scale(model: Any, temperature: float) -> None:
    config = model.config.get_text_config()
    scale, config.logit_scale = config.logit_scale, 1.0
    add_fused_lm_head(model, temperature=temperature, outputs=("log_probs", "entropy"))  # replaces that of TRL
    config.logit_scale = scale


def _pictures(conversation: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [part["image"] for turn in conversation for part in turn["content"] if part["type"] == "image"]
