"""What the trainer passes to models: batches of a bounded size, and every field that the model needs."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.models.architectures import build
from tests.training.architecture_checks import log_prob_gap, of_many_shapes, trainer_of


@pytest.mark.parametrize("size", [2, 4, 8])
def test_no_more_questions_are_generated_at_once_than_the_batch_size(size: int, tmp_path: Path) -> None:
    start, images = build("llava_next", tmp_path / "model"), of_many_shapes(tmp_path / "images")
    trainer = trainer_of(start, images, lambda *_: None, tmp_path / "work", batch_size=size, steps=1)
    trainer.args.save_strategy = "no"
    generate, seen = trainer.model.generate, []

    def counted(*args: Any, **inputs: Any) -> Any:
        seen.append(inputs["input_ids"].size(0))
        return generate(*args, **inputs)

    trainer.model.generate = counted
    trainer.train()
    assert seen == [size] * (8 // size)


@pytest.mark.parametrize("family", ["llava_next", "aya_vision", "mllama", "paligemma"])
def test_training_computes_the_log_probabilities_of_generation(family: str, tmp_path: Path) -> None:
    start, images = build(family, tmp_path / "model"), of_many_shapes(tmp_path / "images")
    assert log_prob_gap(start, images, tmp_path / "work") < 1e-5


def test_further_fields_are_split_and_shuffled_with_their_questions(tmp_path: Path) -> None:
    start, images = build("mllama", tmp_path / "model"), of_many_shapes(tmp_path / "images")
    trainer = trainer_of(start, images, lambda *_: None, tmp_path / "work", batch_size=2)
    trainer.model.train()
    rows = next(iter(trainer.get_train_dataloader()))
    whole = trainer._generate_and_score_completions(rows)
    torch.manual_seed(0)
    order = torch.randperm(8).tolist()
    torch.manual_seed(0)
    trainer._generate_and_score_completions = lambda inputs: whole
    trainer._step = 0
    part = trainer._prepare_inputs(rows)
    assert part["aspect_ratio_ids"].equal(whole["aspect_ratio_ids"][order[:2]])
    assert part["cross_attention_mask"].equal(whole["cross_attention_mask"][order[:2]])
