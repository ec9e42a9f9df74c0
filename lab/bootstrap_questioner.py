"""Trains the embedded base questioner from scratch on scenes, and measures how valid its questions are.

It learns to ask of its own accord, by a target and like an example (`lab/question_curriculum.py`).
"""

import random
import tempfile
from collections import Counter
from pathlib import Path

from pydantic import Field

from blindspot.errors import run
from blindspot.params import Section, load
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.scenes.question import FAMILIES
from blindspot.store import digest, replacing, work_folder, write_json
from blindspot.tracking import stage_run
from lab.scene_curriculum import caption

MODEL = Path("models/scenes-questioner")
METRICS = Path("metrics/base.json")
EXAM = 6000  # questions in all
LAYERS = 4
LONGEST = 96  # tokens, what it thinks included
TARGETED = 0.6  # of the lessons; the others leave open what to ask
LIKE = 6  # of so many steps one is of lessons with an example, whose prompts are longer


class Params(Section):
    """How the embedded base questioner is trained."""

    seed: int = Field(7002, description="of scenes and order")
    scenes: int = Field(24000, ge=1, description="images drawn")
    steps: int = Field(6500, ge=1)
    batch_size: int = Field(128, ge=1, description="images a step, one question each")
    caption_steps: int = Field(200, ge=1, description="first steps, of captions alone; over as many more these fade")
    learning_rate: float = Field(0.002, gt=0)


def bootstrap_questioner(params: Params, folder: Path) -> None:
    """Trains the model on valid questions of every family and saves weights and processor to `folder`."""
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
        if step % LIKE == 0:
            return [asking.like(scene)]
        return [asking.targeted(scene) if rng.random() < TARGETED else asking.plain(scene)]

    processor = build_processor(asking.words(), template=IMAGE_LAST)
    model = build_model(processor, params.seed, LAYERS)
    pretrain(model, processor, scenes, turns, params.steps, params.batch_size, params.learning_rate, params.seed)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def groundedness(folder: Path, seed: int) -> dict[str, dict[str, float | None]]:
    """Share and valid rate of each family among EXAM questions sampled about new scenes.

    A family's valid rate is None where it was never asked in; text outside the grammar is in no family, and counts as
    invalid in `all`.
    """
    from blindspot.models.local import LocalQuestioner
    from blindspot.scenes.oracle import rule

    scenes = draw_scenes(EXAM, seed)
    with tempfile.TemporaryDirectory() as pictures:
        images = pictures_of(scenes, Path(pictures))
        questioner = LocalQuestioner(folder, batch_size=256, max_new_tokens=LONGEST, temperature=1.0)
        questions = questioner.ask(images, seed)
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
    """Trains, measures, writes."""
    params = load("bootstrap_questioner", Params)
    with stage_run("bootstrap_questioner", work_folder(), params.model_dump()) as mlflow:
        with replacing(MODEL) as folder:
            bootstrap_questioner(params, folder)
        found = groundedness(MODEL, params.seed + 1)
        mlflow.log_metrics({f"valid_rate/{key}": value or 0.0 for key, value in found["valid_rate"].items()})
        write_json(METRICS, found | {"model": digest(MODEL)})


if __name__ == "__main__":
    run(main)
