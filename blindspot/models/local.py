"""A VLM in a local folder, as candidate and as questioner."""

import json
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image as Pictures
from PIL.Image import Image as Picture
from pydantic import BaseModel
from tqdm import tqdm

from blindspot.errors import BlindspotError
from blindspot.ranks import ranks
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.store import digest

#: What of a training's checkpoint is the model itself, beside its weights: not the optimiser and the like.
FILES = (
    "chat_template.jinja",
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
)


def model_files(folder: Path) -> list[Path]:
    """The files of a checkpoint that make up its model: weights, configuration, processor."""
    return sorted(file for file in folder.iterdir() if file.name in FILES or file.suffix == ".safetensors")


class LocalVLM:
    """Weights and processor of one folder, loaded from safetensors only. `identity` is its name and digest."""

    def __init__(self, folder: Path) -> None:
        """Raises BlindspotError where the folder holds no VLM."""
        self.processor, self.model = _load(folder)
        self.identity = f"{folder.name}@{digest(folder)}"

    def complete(
        self,
        images: Sequence[Image],
        prompts: Sequence[str],
        batch_size: int,
        max_new_tokens: int,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[str]:
        """What the model says to each image and prompt, in the same order. Temperature 0 is greedy.

        Sampling is seeded anew for every batch, so a batch's text does not depend on those before it.
        """
        import torch

        sampling: dict[str, Any] = {"do_sample": False}
        if temperature > 0:
            sampling = {"do_sample": True, "temperature": temperature, "top_k": 0, "top_p": 1.0}
        texts: list[str] = []
        starts = range(0, len(images), batch_size)
        for start in tqdm(starts, self.identity.split("@")[0], disable=len(starts) < 2):
            batch = self._encode(images[start : start + batch_size], prompts[start : start + batch_size])
            with torch.random.fork_rng(), torch.inference_mode():  # a training around it keeps its own random state
                torch.manual_seed(seed + start)
                output = self.model.generate(**batch, max_new_tokens=max_new_tokens, **sampling)
            new = output[:, batch["input_ids"].shape[1] :]
            texts += [text.strip() for text in self.processor.batch_decode(new, skip_special_tokens=True)]
        return texts

    def _encode(self, images: Sequence[Image], prompts: Sequence[str]) -> Any:
        texts = [self.processor.apply_chat_template(message(prompt), add_generation_prompt=True) for prompt in prompts]
        pictures = [[read_picture(image.path)] for image in images]
        batch = self.processor(images=pictures, text=texts, padding=True, return_tensors="pt")
        return batch.to(self.model.device)


class GreedyVLM:
    """A local VLM, at temperature 0 unless it is told otherwise."""

    def __init__(self, folder: Path, batch_size: int, max_new_tokens: int) -> None:
        self._vlm = LocalVLM(folder)
        self.identity = self._vlm.identity
        self._batch_size, self._max_new_tokens = batch_size, max_new_tokens

    def complete(
        self,
        images: Sequence[Image],
        prompts: Sequence[str],
        form: type[BaseModel] | None,
        sampling: Sampling | None = None,
    ) -> list[Answer]:
        """What the model says to each image and prompt, in the same order; only the prompt tells it of a `form`."""
        drawn = (sampling.temperature, sampling.seed) if sampling else ()
        texts = self._vlm.complete(images, prompts, self._batch_size, self._max_new_tokens, *drawn)
        return [Answer(text) for text in texts]


class LocalQuestioner:
    """A local VLM that asks one question about an image, by sampling."""

    def __init__(self, folder: Path, prompt: str, batch_size: int, max_new_tokens: int, temperature: float) -> None:
        self._vlm = LocalVLM(folder)
        self.identity = self._vlm.identity
        self._prompt = prompt
        self._batch_size, self._max_new_tokens, self._temperature = batch_size, max_new_tokens, temperature

    def ask(self, images: Sequence[Image], seed: int) -> list[str]:
        """One question for each image, in the same order."""
        return self._vlm.complete(
            images,
            [self._prompt] * len(images),
            self._batch_size,
            self._max_new_tokens,
            self._temperature,
            seed,
        )


def message(prompt: str) -> list[dict[str, Any]]:
    """The conversation that shows one image and says the prompt."""
    return [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}]


@lru_cache(maxsize=8192)
def read_picture(path: Path) -> Picture:
    """The image as RGB. Raises BlindspotError where it is missing or corrupt."""
    try:
        with Pictures.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        raise BlindspotError(
            f"image {path} cannot be read ({error})", "`dvc checkout data/images` brings it back"
        ) from None


def _load(folder: Path) -> tuple[Any, Any]:
    config = folder / "config.json"
    mend = "name a folder saved by save_pretrained, with config.json, model.safetensors and a processor"
    if not config.is_file():
        raise BlindspotError(
            f"{folder} holds no model ({'no config.json' if folder.is_dir() else 'no such folder'})", mend
        )
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from transformers import AutoModelForImageTextToText, AutoProcessor
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        kind = json.loads(config.read_text(encoding="utf-8")).get("model_type")
        model = AutoModelForImageTextToText.from_pretrained(folder, use_safetensors=True)
        processor = AutoProcessor.from_pretrained(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        raise BlindspotError(
            f"{folder} is no vision-language model ({' '.join(str(error).split())[:200]})", mend
        ) from None
    if getattr(processor, "image_processor", None) is None:
        raise BlindspotError(f"{folder} is no vision-language model (its {kind} processor takes no images)", mend)
    if not getattr(processor, "chat_template", None):
        raise BlindspotError(
            f"the processor of {folder} has no chat template", "save it with one: processor.chat_template"
        )
    processor.tokenizer.padding_side = "left"
    return processor, model.to(ranks().device).eval()
