"""Writes docs/architectures.md from measurements: `python -m tests.training.architectures_table` (ten minutes).

It needs an environment with torchvision and num2words (docs/development.md).
"""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.models.architectures import FAMILIES, TORCHVISION, build, installed
from tests.project import REPOSITORY
from tests.training.architecture_checks import log_prob_gap, of_many_shapes, train_two_steps

PAGE = REPOSITORY / "docs/architectures.md"
EQUAL = 1e-5  # a smaller difference of log-probabilities is rounding
#: Models of each family.
MODELS = {
    "llava": "LLaVA 1.5",
    "llava_next": "LLaVA-NeXT",
    "idefics3": "Idefics3, SmolVLM",
    "gemma3": "Gemma 3",
    "aya_vision": "Aya Vision",
    "mllama": "Llama 3.2 Vision",
    "paligemma": "PaliGemma",
    "internvl": "InternVL3",
    "smolvlm": "SmolVLM2",
    "lfm2_vl": "LFM2-VL",
    "llava_onevision": "LLaVA-OneVision",
    "pixtral": "Pixtral",
    "mistral3": "Mistral Small 3.1",
    "qwen2_vl": "Qwen2-VL",
    "qwen2_5_vl": "Qwen2.5-VL",
    "qwen3_vl": "Qwen3-VL",
    "qwen3_5": "Qwen3.5",
    "glm4v": "GLM-4.1V",
}
HEAD = """# Architectures that are trained

`python -m tests.training.architectures_table` writes this page from measurements. The models have random weights and a
small size. Their processors are the real ones. The pictures are scenes of several shapes.

- **All weights, LoRA.** Whether two GRPO steps change the weights, and the checkpoint then asks questions. The image
  encoder is frozen.
- **Same log-probabilities.** Whether the training computes the log-probability that each token has in generation, up
  to rounding (1e-5). Otherwise the questioner is trained on probabilities that it does not have.

| models | class in transformers | further packages | all weights | LoRA | same log-probabilities |
|---|---|---|---|---|---|
"""
TAIL = """
Another architecture may work. Before the first call, `explore` tries one training step of the questioner.
"""


def measured_row(family: str, folder: Path) -> str:
    """Returns the row of a family, measured."""
    start, images = build(family, folder / family), of_many_shapes(folder / "images")
    kind = json.loads((start / "config.json").read_text("utf-8"))["architectures"][0]
    packages = "none" if family in FAMILIES else "torchvision, num2words" if family == "smolvlm" else "torchvision"
    trained = [train_two_steps(start, rank, images, folder / f"rank-{rank}").is_dir() for rank in (0, 4)]
    same = log_prob_gap(start, images, folder / "gap") < EQUAL
    values = ("yes" if value else "no" for value in (*trained, same))
    return f"| {MODELS[family]} | `{kind}` | {packages} | {' | '.join(values)} |"


def rows() -> Iterable[str]:
    """Yields the row of each family."""
    assert installed().keys() == (FAMILIES | TORCHVISION).keys(), "torchvision or num2words is not installed"
    for family in FAMILIES | TORCHVISION:
        with tempfile.TemporaryDirectory() as folder:
            row = measured_row(family, Path(folder))
            print(row, flush=True)
            yield row


if __name__ == "__main__":
    PAGE.write_text(HEAD + "\n".join(sorted(rows(), key=str.lower)) + "\n" + TAIL, "utf-8")
