"""Trains the embedded candidate from scratch on scenes, and measures its accuracy per question family."""

import random
import tempfile
from collections import Counter
from pathlib import Path

from pydantic import Field

from blindspot.errors import run
from blindspot.params import Section, load
from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.question import FAMILIES
from blindspot.store import digest, replacing, work_folder, write_json
from blindspot.tracking import stage_run
from lab.scene_curriculum import answered_questions, caption, exam

MODEL = Path("models/scenes-candidate")
METRICS = Path("metrics/candidate.json")
TURNS = 6  # questions per image in a training row
EXAM = 400  # questions per family


class Params(Section):
    """Parameters of the training of the embedded candidate."""

    seed: int = Field(7011, description="Seed of the scenes, the weights and the order of the rows")
    scenes: int = Field(24000, ge=1, description="Number of images")
    steps: int = Field(2000, ge=1, description="Updates of the weights")
    batch_size: int = Field(64, ge=1, description="Images per step")
    caption_steps: int = Field(
        200, ge=1, description="Steps over which the share of captions among the rows falls from 1 to 0.1"
    )
    learning_rate: float = Field(0.002, gt=0, description="Highest learning rate")


def bootstrap_candidate(params: Params, folder: Path) -> None:
    """Trains the candidate, and saves its weights and processor to `folder`."""
    from lab.pretrain import Turns, pretrain
    from lab.tiny_vlm import DESCRIBE, build_model, build_processor

    scenes = draw_scenes(params.scenes, params.seed)
    rng = random.Random(params.seed)

    def turns(step: int, index: int) -> Turns:
        if rng.random() < max(0.1, 1 - 0.9 * step / params.caption_steps):
            return [(DESCRIBE, caption(scenes[index]))]
        return answered_questions(scenes[index], TURNS, rng)

    processor = build_processor()
    model = build_model(processor, params.seed)
    pretrain(model, processor, scenes, turns, params.steps, params.batch_size, params.learning_rate, params.seed)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def accuracy(folder: Path, seed: int) -> dict[str, float]:
    """Returns the share of correct answers of the model in `folder` per family, on EXAM questions about new scenes."""
    from blindspot.models.local import GreedyVLM
    from blindspot.scenes.answers import understand

    right: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as pictures:
        images, questions, rulings = exam(EXAM, seed, Path(pictures))
        answers = GreedyVLM(folder, batch_size=256, max_new_tokens=4).complete(images, questions, None)
    for (family, kind, truth), answer in zip(rulings, answers, strict=True):
        right[family] += understand(answer.text, kind) == truth
    return {family: right[family] / EXAM for family in FAMILIES}


def main() -> None:
    """Writes models/scenes-candidate and metrics/candidate.json."""
    params = load("bootstrap_candidate", Params)
    with stage_run("bootstrap_candidate", work_folder(), params.model_dump()) as mlflow:
        with replacing(MODEL) as folder:
            bootstrap_candidate(params, folder)
        found = accuracy(MODEL, params.seed + 1)
        mlflow.log_metrics({f"accuracy/{family}": value for family, value in found.items()})
        write_json(METRICS, {"accuracy": found, "model": digest(MODEL)})


if __name__ == "__main__":
    run(main)
