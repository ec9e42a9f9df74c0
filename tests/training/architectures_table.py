"""Writes docs/architectures.md from measurements: `python -m tests.training.architectures_table` (15 minutes).

It needs an environment with torchvision and num2words (docs/development.md).
"""

import json
import tempfile
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from blindspot.records.image import Image
from tests.models.architecture_roles import answers, judges
from tests.models.architectures import FAMILIES, TORCHVISION, build, installed
from tests.project import REPOSITORY
from tests.training.architecture_checks import LAST, log_prob_gap, of_many_shapes, train_two_steps

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
    "qwen3_vl_moe": "Qwen3-VL-MoE",
    "qwen3_5": "Qwen3.5",
    "glm4v": "GLM-4.1V",
    "idefics2": "Idefics2",
    "deepseek_vl": "DeepSeek-VL",
    "gemma4": "Gemma 4",
    "cohere2_vision": "Command A Vision",
    "ovis2": "Ovis2",
}
HEAD = """# Supported architectures

`python -m tests.training.architectures_table` writes this page from measurements. It builds a small model of each
family, with random weights and the real processor, and gives it six scenes of four shapes. Random weights write noise.
Therefore the page says what runs, and not how good a model is. "Yes" means:

- **Candidate.** The candidate replies to questions about all pictures in one batch, with the prompts of the embedded
  models and with those of instruct models. The probability of a reply depends on the picture. A reply that is cut off
  or empty counts.
- **Judge.** The judge gets each question with its picture, replies, and its reply is read. A reply that is cut off,
  empty or no judgement counts. No model with random weights gets past the first of the judge's two prompts.
- **All weights, LoRA.** Two GRPO steps change the weights, and the checkpoint then asks questions. The image encoder
  is frozen.
- **Same log-probabilities.** The training computes the log-probability that each token has in generation, up to
  rounding (1e-5). Otherwise the questioner is trained on probabilities that it does not have. "–": it is not trained.

The column "further packages" names what the environment lacks ([models.md](models.md) explains how to install it).

| models | class in transformers | further packages | candidate | judge | all weights | LoRA | same log-probabilities |
|---|---|---|---|---|---|---|---|
"""
TAIL = """
Ovis2 can be a questioner without training (`train.steps: 0`). TRL cannot train it, because it does not find the number
of tiles of a picture in what the processor writes.

**Other families** may work. Before its first call, `explore` reads the configuration and the processor of every model
that a parameter names, and tries one training step of the questioner. It refuses a model

- for which transformers has no class that writes text about images, such as a text-only model or CLIP,
- whose processor needs a package that is missing, or takes no images,
- whose chat template does not show an image and a text.

The error names the parameter and what to do. `blindspot doctor` makes the same checks of models in folders, without
the training step. A vision-language model that is refused can be candidate, judge or untrained questioner behind a
server ([served_models.md](served_models.md)).
"""


class Measured(NamedTuple):
    """What was measured of a family.

    Attributes:
        row: that of the page.
        start: the folder of the model.
        images: scenes of several shapes.
        checkpoints: that of a training of all weights and of one by LoRA, without those that failed.
    """

    row: str
    start: Path
    images: list[Image]
    checkpoints: list[Path]


def measure(family: str, folder: Path) -> Measured:
    """Measures a family. Writes the model, the images and the checkpoints to `folder`."""
    start, images = build(family, folder / family), of_many_shapes(folder / "images")
    kind = json.loads((start / "config.json").read_text("utf-8"))["architectures"][0]
    packages = "none" if family in FAMILIES else "torchvision, num2words" if family == "smolvlm" else "torchvision"
    folders = {rank: folder / f"rank-{rank}" for rank in (0, 4)}

    def trains(rank: int) -> bool:
        return train_two_steps(start, rank, images, folders[rank]).is_dir()

    checks = [
        partial(answers, start, images),
        partial(judges, start, images),
        *(partial(trains, one) for one in folders),
    ]
    held = [_holds(check) for check in checks]
    checkpoints = [one / LAST for one, trained in zip(folders.values(), held[2:], strict=True) if trained]
    same = ["yes" if _holds(lambda: log_prob_gap(start, images, folder / "gap") < EQUAL) else "no"]
    values = ["yes" if one else "no" for one in held] + (same if checkpoints else ["–"])
    row = f"| {MODELS[family]} | `{kind}` | {packages} | {' | '.join(values)} |"
    return Measured(row, start, images, checkpoints)


def _holds(check: Callable[[], bool]) -> bool:
    """Returns what the check returns. An error of it is printed and counts as "no"."""
    try:
        return check()
    except Exception:  # noqa: BLE001 - libraries raise errors of any type for an architecture that they do not support
        traceback.print_exc()
        return False


def rows() -> Iterable[str]:
    """Yields the row of each family."""
    assert installed().keys() == (FAMILIES | TORCHVISION).keys(), "torchvision or num2words is not installed"
    for family in FAMILIES | TORCHVISION:
        with tempfile.TemporaryDirectory() as folder:
            row = measure(family, Path(folder)).row
            print(row, flush=True)
            yield row


if __name__ == "__main__":
    PAGE.write_text(HEAD + "\n".join(sorted(rows(), key=str.lower)) + "\n" + TAIL, "utf-8")
