"""Measures SmolLM2-135M-Instruct behind a server: as questioner, as candidate and as namer of skills.

The server recognises the scene in a picture and gives the model its description in place of the picture.
"""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

from bench.small_instruct import ANSWER_TOKENS, QUESTION_TOKENS, SMALL, Generate, describe, load_model
from bench.stand_in.pictures import Gallery
from bench.stand_in.server import Asked, StandIn, serving
from blindspot.errors import run
from blindspot.models.candidate import VLMCandidate
from blindspot.models.description import Server
from blindspot.models.endpoint import EndpointVLM
from blindspot.models.endpoint_questioner import EndpointQuestioner
from blindspot.prompts.files import read_prompts
from blindspot.records.image import Image
from blindspot.scenes.draw import draw_scenes
from blindspot.taxonomy.clustering.llm_names import name_by
from blindspot.taxonomy.clustering.skills import Skill
from blindspot.taxonomy.reading.primitive import Primitive

MODEL = "smollm2"
SIZE = 448  # px
#: phrases of some skills, as the rules read them
SKILLS = (
    ("counting", "small stars", "red squares", "large circles"),
    ("telling the colour", "of circles", "of the largest thing", "of small squares"),
    ("judging left-of", "between star and circle", "between square and star", "between two circles"),
)


class SmallInstructServer(StandIn):
    """Serves one model, which replies to one request at a time."""

    models = (MODEL,)

    def __init__(self, gallery: Gallery, generate: Generate) -> None:
        super().__init__(gallery)
        self._generate = generate

    def reply(self, asked: Asked) -> str:
        """Returns the model's reply to the description of the picture and the prompt."""
        scene = self._gallery.scene_in(asked.picture) if asked.picture else None
        prompt = f"{describe(scene)}\n\n{asked.prompt}" if scene else asked.prompt
        with self._lock:
            self.calls[asked.role] += 1
            [reply] = self._generate([prompt], asked.sampling[0] if asked.sampling else 0.0, QUESTION_TOKENS)
        return reply.text


def measure(server: Server, images: list[Image]) -> dict[str, Any]:
    """Returns how many questions, answers and names are read, with the first of each."""
    prompts = {role: read_prompts(SMALL, role) for role in ("questioner", "candidate")}
    asked = EndpointQuestioner(server, QUESTION_TOKENS, 0.7, prompts["questioner"]).ask(images, seed=0)
    questions = [one.question for one in asked]
    vlm = EndpointVLM(server, ANSWER_TOKENS, probe=True, system=prompts["candidate"].system)
    answers = VLMCandidate(vlm, prompts["candidate"]).answer(images, questions)
    skills = [
        Skill(ability, "", (), tuple(Primitive(ability, target) for target in targets)) for ability, *targets in SKILLS
    ]
    named, _ = name_by(vlm, skills, [])
    return {
        "questions": sum(map(bool, questions)),
        "answers": sum(one.error is None for one in answers),
        "names": sum(one.name != old.name for one, old in zip(named, skills, strict=True)),
        "of": [len(images), sum(map(bool, questions)), len(skills)],
        "first": [questions[0], answers[0].text, [one.name for one in named]],
    }


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.small_instruct_served", description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="pictures (default: 20)")
    parser.add_argument("--seed", type=int, default=5000, help="of the scenes (default: 5000)")
    given = parser.parse_args()
    generate = load_model(given.seed)
    scenes = {f"{number}": scene for number, scene in enumerate(draw_scenes(given.count, given.seed))}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BLINDSPOT_WORK"] = folder  # no stored reply of an earlier measurement
        gallery = Gallery(scenes, Path(folder), SIZE)
        images = [Image(name, Path(folder) / f"{name}.png", "test") for name in scenes]
        with serving(SmallInstructServer(gallery, generate)) as running:
            limits = {"json_schema": False, "timeout": 600, "concurrency": 1}
            server = Server.model_validate({"kind": "endpoint", "base_url": running.url, "model": MODEL, **limits})
            print({**measure(server, images), "calls": dict(running.calls)})


if __name__ == "__main__":
    run(main, takes_arguments=True)
