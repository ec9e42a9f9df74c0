"""Trains the two embedded judges from scratch on scenes, and measures their agreement with the oracle."""

import random
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import Field

from blindspot.audit.agreement import agree, confusion
from blindspot.errors import run
from blindspot.params import Section, load
from blindspot.prompts.files import embedded_prompts
from blindspot.scenes.draw import draw_scenes, pictures_of
from blindspot.scenes.question import FAMILIES, Question
from blindspot.scenes.scene import Scene
from blindspot.scenes.templates import ask, draw_freely, draw_question
from blindspot.store import digest, replacing, work_folder, write_json
from blindspot.tracking import stage_run
from lab.scene_curriculum import caption

MODELS = (Path("models/scenes-judge"), Path("models/scenes-second-judge"))
CANDIDATE = Path("models/scenes-candidate")
METRICS = Path("metrics/judge.json")
LAYERS = 4
CAPTIONS = 0.05  # share of the rows, at the end of the training, that are captions
SAMENESS = 0.17  # share of the remaining rows that compare two answers; the others check the validity of a question
EXAM, EXAM_SEED = 2000, 7041  # questions, and the seed that draws them
MAX_NEW_TOKENS = 64  # of a reply
Draw = Callable[[Scene, str, random.Random], Question | None]
SAMPLES: dict[str, Draw] = {"valid_or_not": draw_freely, "valid": draw_question}  # the questions of the two exams


class Params(Section):
    """Parameters of the training of the embedded judges."""

    seeds: tuple[int, int] = Field(
        (7021, 7022), description="Seed of the scenes, the weights and the order of the rows, one per judge"
    )
    scenes: int = Field(24000, ge=1, description="Number of images")
    steps: int = Field(1900, ge=1, description="Steps per judge")
    batch_size: int = Field(160, ge=1, description="Images per step, one lesson each")
    caption_steps: int = Field(
        250, ge=1, description="First steps, which train on captions only; over as many steps more, captions fade out"
    )
    learning_rate: float = Field(0.002, gt=0, description="Highest learning rate")


def bootstrap_judge(params: Params, seed: int, folder: Path) -> None:
    """Trains one judge, and saves its weights and processor to `folder`."""
    from lab import judge_curriculum as lessons
    from lab.pretrain import Turns, pretrain
    from lab.tiny_vlm import DESCRIBE, IMAGE_LAST, build_model, build_processor

    scenes = draw_scenes(params.scenes, seed)
    rng = random.Random(seed)

    def turns(step: int, index: int) -> Turns:
        scene = scenes[index]
        if rng.random() < max(CAPTIONS, 2 - step / params.caption_steps):
            return [(DESCRIBE, caption(scene))]
        if rng.random() < SAMENESS:
            return [lessons.sameness_lesson(scene, rng)]
        return [lessons.validity_lesson(scene, lessons.question_to_judge(scene, rng.choice(scenes), rng))]

    processor = build_processor(lessons.words(), lessons.phrases(), IMAGE_LAST)
    model = build_model(processor, seed, LAYERS)
    pretrain(model, processor, scenes, turns, params.steps, params.batch_size, params.learning_rate, seed)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def agreement(folder: Path, seed: int, draw: Draw, count: int = EXAM) -> dict[str, Any]:
    """Measures how the judge in `folder` agrees with the oracle on the candidate's answers about new scenes.

    Draws `count` questions uniformly over families with `draw`: draw_freely draws valid and invalid questions,
    draw_question only valid ones. `by_family` in the result: the share of questions on which both give the same
    outcome.
    """
    from blindspot.judges.oracle import OracleVerifier
    from blindspot.judges.vlm import VLMVerifier
    from blindspot.models.local import GreedyVLM

    rng = random.Random(seed)
    scenes = draw_scenes(count, seed)
    families = [FAMILIES[index % len(FAMILIES)] for index in range(count)]
    questions = [_question(scene, family, rng, draw) for scene, family in zip(scenes, families, strict=True)]
    with tempfile.TemporaryDirectory() as pictures:
        images = pictures_of(scenes, Path(pictures))
        candidate = GreedyVLM(CANDIDATE, batch_size=256, max_new_tokens=4)
        answers = [answer.text for answer in candidate.complete(images, questions, None)]
        judge = VLMVerifier(
            GreedyVLM(folder, batch_size=256, max_new_tokens=MAX_NEW_TOKENS), prompts=embedded_prompts("judge")
        )
        judged = [verdict.outcome for verdict in judge.judge(images, questions, answers)]
        truth = [verdict.outcome for verdict in OracleVerifier("invalid").judge(images, questions, answers)]
    same: dict[str, list[bool]] = {name: [] for name in FAMILIES}
    for family, one, other in zip(families, judged, truth, strict=True):
        same[family].append(one == other)
    return {
        "oracle": asdict(agree(confusion(judged, truth))),
        "by_family": {family: sum(found) / len(found) for family, found in same.items()},
        "unscored": judged.count("unscored"),
        "model": digest(folder),
    }


def _question(scene: Scene, family: str, rng: random.Random, draw: Draw) -> str:
    """Returns a question of `family`, or of another family where the scene allows none (two identical things)."""
    order = [family, *FAMILIES]
    found = next(one for name in order if (one := draw(scene, name, rng)) is not None)
    return ask(found, rng)


def main() -> None:
    """Writes both models and metrics/judge.json."""
    params = load("bootstrap_judge", Params)
    with stage_run("bootstrap_judge", work_folder(), params.model_dump()) as mlflow:
        found = {}
        for model, seed in zip(MODELS, params.seeds, strict=True):
            with replacing(model) as folder:
                bootstrap_judge(params, seed, folder)
            found[model.name] = {name: agreement(model, EXAM_SEED, draw) for name, draw in SAMPLES.items()}
        kappas = {(name, of): one[of]["oracle"]["kappa"]["value"] for name, one in found.items() for of in SAMPLES}
        mlflow.log_metrics({f"kappa/{name}/{of}": kappa for (name, of), kappa in kappas.items()})
        write_json(METRICS, found)


if __name__ == "__main__":
    run(main)
