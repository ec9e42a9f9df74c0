"""Trains the embedded base questioner from scratch on scenes, and measures how many of its questions are valid.

It learns to ask with an open prompt, with a target, and with an example (lab/question_curriculum.py).
"""

import random
import tempfile
from collections import Counter
from pathlib import Path

from pydantic import Field

from blindspot.errors import run
from blindspot.params import Section, load
from blindspot.prompts.files import embedded_prompts
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.scenes.question import FAMILIES
from blindspot.store import digest, replacing, work_folder, write_json
from blindspot.tracking import stage_run
from lab.scene_curriculum import caption

MODEL = Path("models/scenes-questioner")
METRICS = Path("metrics/base.json")
EXAM = 6000  # questions
LAYERS = 4
MAX_NEW_TOKENS = 96  # thought and question
TARGETED = 0.6  # share of the lessons without an example that have a target; the others have the open prompt
EXAMPLE_STEP = 6  # every so many steps, all lessons of the step have an example; their prompts are longer


class Params(Section):
    """Parameters of the training of the embedded base questioner."""

    seed: int = Field(7002, description="Seed of the scenes, the weights and the order of the rows")
    scenes: int = Field(24000, ge=1, description="Number of images")
    steps: int = Field(6500, ge=1, description="Updates of the weights")
    batch_size: int = Field(128, ge=1, description="Images per step, one question each")
    caption_steps: int = Field(
        200, ge=1, description="First steps, which train on captions only; over as many steps more, captions fade out"
    )
    learning_rate: float = Field(0.002, gt=0, description="Highest learning rate")


def bootstrap_questioner(params: Params, folder: Path) -> None:
    """Trains the model on valid questions of every family, and saves its weights and processor to `folder`."""
    from lab.pretrain import Turns, pretrain
    from lab.question_curriculum import Asking
    from lab.tiny_vlm import DESCRIBE, IMAGE_LAST, build_model, build_processor

    scenes = draw_scenes(params.scenes, params.seed)
    rng = random.Random(params.seed)
    asking = Asking(scenes, rng)

    def turns(step: int, index: int) -> Turns:
        scene = scenes[index]
        if rng.random() < 2 - step / params.caption_steps:
            return [(DESCRIBE, caption(scene))]
        if step % EXAMPLE_STEP == 0:
            return [asking.like(scene)]
        return [asking.targeted(scene) if rng.random() < TARGETED else asking.plain(scene)]

    processor = build_processor(asking.words(), template=IMAGE_LAST)
    model = build_model(processor, params.seed, LAYERS)
    pretrain(model, processor, scenes, turns, params.steps, params.batch_size, params.learning_rate, params.seed)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def groundedness(folder: Path, seed: int) -> dict[str, dict[str, float | None]]:
    """Returns the share and the valid rate of each family among EXAM questions sampled about new scenes.

    The valid rate of a family without questions is None. Text outside the grammar belongs to no family, and counts as
    invalid in `all`.
    """
    from blindspot.models.local import LocalQuestioner
    from blindspot.scenes.oracle import rule

    scenes = draw_scenes(EXAM, seed)
    with tempfile.TemporaryDirectory() as pictures:
        images = pictures_of(scenes, Path(pictures))
        questioner = LocalQuestioner(folder, 256, MAX_NEW_TOKENS, 1.0, embedded_prompts("questioner"))
        questions = [one.question for one in questioner.ask(images, seed)]
    rulings = [rule(question, scene) for question, scene in zip(questions, scenes, strict=True)]
    asked = Counter(ruling.family for ruling in rulings)
    valid = Counter(ruling.family for ruling in rulings if ruling.valid)
    rates = {family: valid[family] / asked[family] if asked[family] else None for family in FAMILIES}
    return {
        "share": {family: asked[family] / EXAM for family in FAMILIES},
        "valid_rate": rates,
        "all": {"valid_rate": valid.total() / EXAM, "unparsed": asked[None] / EXAM},
    }


def main() -> None:
    """Writes models/scenes-questioner and metrics/base.json."""
    params = load("bootstrap_questioner", Params)
    with stage_run("bootstrap_questioner", work_folder(), params.model_dump()) as mlflow:
        with replacing(MODEL) as folder:
            bootstrap_questioner(params, folder)
        found = groundedness(MODEL, params.seed + 1)
        mlflow.log_metrics({f"valid_rate/{key}": value or 0.0 for key, value in found["valid_rate"].items()})
        write_json(METRICS, found | {"model": digest(MODEL)})


if __name__ == "__main__":
    run(main)
