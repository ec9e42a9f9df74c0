"""Checks of one architecture: it trains, and training computes the log-probabilities that generation has."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image as Pictures
from transformers import LogitsProcessor
from transformers.integrations.integration_utils import MLflowCallback
from trl.data_utils import prepare_multimodal_messages

from blindspot.factory import open_questioner
from blindspot.models.description import describe_local
from blindspot.models.local import LocalVLM
from blindspot.prompts.files import embedded_prompts
from blindspot.records.image import Image
from blindspot.records.verdict import Outcome, Verdict
from blindspot.rewards.trl import Reward
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.training.grpo import build_trainer
from tests.project import meter
from tests.training.scripted import SaysOne, training_params

PROMPTS = embedded_prompts("questioner")
LAST = "checkpoint-2"
TARGETS = [("counting",), ("answer yes",), ()]  # prompts of unequal length


class Alternates:
    """Judges every second question as a failure and the others as invalid, so that each step has a signal."""

    identity = "alternates/1"

    def judge(self, images: Sequence[Image], questions: Sequence[str], answers: Sequence[str]) -> list[Verdict]:
        outcomes: list[Outcome] = ["failure", "invalid"]
        return [Verdict(outcomes[index % 2], self.identity, None, "1") for index in range(len(images))]


def of_many_shapes(folder: Path) -> list[Image]:
    """Returns scenes, some of them stretched, so that their numbers of tiles and image tokens differ."""
    folder.mkdir()
    images = pictures_of(draw_scenes(6, seed=1), folder)
    for image, size in zip(images[:3], [(96, 40), (30, 90), (200, 200)], strict=True):
        with Pictures.open(image.path) as picture:
            picture.resize(size).save(image.path)
    return images


def trainer_of(start: Path, images: list[Image], evaluate: Any, folder: Path, **changes: Any) -> Any:
    """Returns a trainer that logs nothing to MLflow."""
    reward = Reward(images, SaysOne(), Alternates(), 64, meter(), form="thought")
    chosen = training_params(**changes)
    described = describe_local(str(start), "start")
    trainer = build_trainer(described, images, TARGETS, reward, chosen, 0, evaluate, folder)
    trainer.remove_callback(MLflowCallback)
    return trainer


def train_two_steps(start: Path, rank: int, images: list[Image], folder: Path) -> Path:
    """Trains two steps of two batches (the learning rate of the first is 0), evaluates; returns the checkpoint."""
    asked: list[str] = []

    def evaluate(step: int, checkpoint: Path) -> None:
        asked.extend(one.question for one in open_questioner(str(checkpoint), 4, 8, 1.0, PROMPTS).ask(images, 0))

    options = {"steps": 2, "checkpoint_every": 2, "batch_size": 4, "lora": {"rank": rank}, "bf16": rank > 0}
    trainer_of(start, images, evaluate, folder, **options, freeze_vision=True).train()
    checkpoint = folder / LAST
    assert len(asked) == len(images) and changed(LocalVLM(start), LocalVLM(checkpoint))
    return checkpoint


def changed(one: LocalVLM, other: LocalVLM) -> bool:
    """Returns whether any weight differs."""
    ours, theirs = one.model.state_dict(), other.model.state_dict()
    assert ours.keys() == theirs.keys()
    return any(not ours[name].equal(theirs[name]) for name in ours)


class Forced(LogitsProcessor):
    """Forces given tokens in generation, and collects the log-probability of each."""

    def __init__(self, tokens: torch.Tensor) -> None:
        self._tokens = tokens
        self.log_probs: list[torch.Tensor] = []

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        wanted = self._tokens[:, len(self.log_probs) : len(self.log_probs) + 1]
        self.log_probs.append(scores.float().log_softmax(-1).gather(1, wanted))
        return torch.full_like(scores, -torch.inf).scatter(1, wanted, 0.0)  # type: ignore[return-value]


def log_prob_gap(start: Path, images: list[Image], folder: Path) -> float:
    """Returns the largest difference of a token's log-probability between a training pass and generation."""
    trainer = trainer_of(start, images, lambda step, checkpoint: None, folder, images_per_step=6, batch_size=24)
    rows = [row for batch in trainer.get_train_dataloader() for row in batch][:24]
    batch = trainer._generate_and_score_completions(rows)
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    new = batch["completion_ids"].size(1)
    names = ("prompt_ids", "prompt_mask", "completion_ids", "completion_mask", "advantages", "num_items_in_batch")
    fields = {name: field for name, field in batch.items() if name not in (*names, *trainer._further)}
    fields = {name: field for name, field in fields.items() if "per_token" not in name}
    model = trainer.model.eval()
    prompts = [prepare_multimodal_messages(row["prompt"], images=[row["image"]]) for row in rows]
    _, _, [inputs] = trainer._tokenize_prompts(prompts)
    forced = Forced(batch["completion_ids"])
    with torch.no_grad():
        trained, _, _ = trainer._get_per_token_logps_and_entropies(model, ids, mask, new, **fields)
        options = {"max_new_tokens": new, "eos_token_id": None, "do_sample": False, "logits_processor": [forced]}
        model.generate(input_ids=batch["prompt_ids"], attention_mask=batch["prompt_mask"], **inputs, **options)
    generated = torch.cat(forced.log_probs, 1)
    return float((trained - generated)[batch["completion_mask"].bool()].abs().max())
