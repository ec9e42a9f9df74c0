"""Writes Inspect logs of invented questions about drawn shapes: `python make_inspect.py FOLDER`; see README.md.

The replies are fixed outputs of Inspect's mock model. Nothing is downloaded.
"""

import base64
import io
import sys
import zipfile
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval
from inspect_ai._util.zipfile import zipfile_compress_kwargs
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageUser, ContentImage, ContentText, ModelOutput, _model, get_model
from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    NOANSWER,
    PARTIAL,
    Score,
    Scorer,
    Target,
    accuracy,
    choice,
    match,
    mean,
    scorer,
)
from inspect_ai.solver import Generate, Solver, TaskState, generate, multiple_choice, solver
from PIL import Image, ImageDraw


def drawing(colour: str) -> str:
    """Returns a data URI of a square; noise-free, so it is small."""
    picture = Image.new("RGB", (48, 48), "white")
    ImageDraw.Draw(picture).rectangle((8, 8, 40, 40), fill=colour)
    picture.save(buffer := io.BytesIO(), "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def asked(question: str, image: str) -> list[ChatMessageUser]:
    return [ChatMessageUser(content=[ContentText(text=question), ContentImage(image=image)])]


@scorer(metrics=[accuracy()])
def graded() -> Scorer:
    """Gives each of the values C, P, I and N, as a model that grades does."""

    async def score(state: TaskState, target: Target) -> Score:
        answer = state.output.completion
        value = NOANSWER if "cannot" in answer else CORRECT if target[0] in answer else INCORRECT
        value = PARTIAL if value == CORRECT and " or " in answer else value
        return Score(value=value, answer=answer.split()[-1].strip("."), explanation="graded by a rule")

    return score


@scorer(metrics={"shape": [mean()], "colour": [mean()]})
def two_values() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value={"shape": 1.0, "colour": 0.25})

    return score


@scorer(metrics=[mean()])
def share() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value=0.75 if target.text in state.output.completion else 0.2)

    return score


@solver
def fails_at_the_third() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if state.sample_id == "open-3":
            raise RuntimeError("the server sent no reply")
        return state

    return solve


def open_task(solvers: list[Solver]) -> Task:
    colours = ("red", "green", "blue", "black")
    samples = [
        Sample(
            id=f"open-{number}",
            input=asked(f"What colour is square {number}?", drawing(colour)),
            target=[colour, f"{colour}ish"] if number == 1 else colour,
            metadata={"image_id": f"square-{number}"},
        )
        for number, colour in enumerate(colours)
    ]
    return Task(name="shapes_open", dataset=MemoryDataset(samples), solver=solvers, scorer=[graded(), match()])


def choice_task(folder: Path) -> Task:
    samples = [
        Sample(
            id=number,
            input=asked(f"Which colour has square {number}?", str(folder / "green.png")),
            choices=["red", "green", "blue"],
            target="B",
        )
        for number in (1, 2)
    ]
    return Task(name="shapes_choice", dataset=MemoryDataset(samples), solver=multiple_choice(), scorer=choice())


def plain_task(name: str, scorers: list[Scorer] | None) -> Task:
    samples = [Sample(input=f"How many squares are in drawing {number}?", target="2") for number in (1, 2, 3)]
    return Task(name=name, dataset=MemoryDataset(samples), solver=generate(), scorer=scorers)


def run(folder: Path, form: str, task: Task, replies: list[str], **settings: Any) -> None:
    outputs = [ModelOutput.from_content("mockllm/model", text) for text in replies * 4]
    model = get_model("mockllm/model", custom_outputs=outputs, memoize=False)
    place = {"log_dir": str(folder), "log_format": form, "max_samples": 1, "display": "none"}
    [log] = eval(task, model=model, **place, **settings)
    path = Path(log.location).rename(folder / f"{task.name}.{form}")
    hide_paths(path, folder)


def hide_paths(path: Path, folder: Path) -> None:
    """Replaces the paths of this machine in a log, in the compression that Inspect uses."""
    names = {
        str(folder): "/data",
        sys.prefix: "/venv",
        sys.base_prefix: "/python",
        str(Path(__file__).parent): "/code",
    }

    def hidden(text: str) -> str:
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, names[name])
        return text

    if path.suffix == ".json":
        path.write_text(hidden(path.read_text()))
        return
    with zipfile.ZipFile(path) as archive:
        members = {one.filename: hidden(archive.read(one).decode()) for one in archive.infolist()}
    with zipfile.ZipFile(path, "w", **zipfile_compress_kwargs) as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def main() -> None:
    _model.count_text_tokens = lambda text: len(text) // 4  # the estimate of Inspect downloads a vocabulary
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (32, 32), "green").save(folder / "green.png")
    replies = ["It is red.", "It is green or blue.", "I cannot see it.", "It is black.", "It is green."]
    fails = open_task([fails_at_the_third(), generate()])
    run(folder, "eval", fails, replies, epochs=2, fail_on_error=False)
    run(folder, "json", open_task([generate()]), replies, limit=2)
    for form in ("eval", "json"):
        run(folder, form, choice_task(folder), ["ANSWER: B", "ANSWER: A"])
    run(folder, "eval", plain_task("shapes_values", [two_values(), share()]), ["2", "3", "2"])
    run(folder, "eval", plain_task("shapes_limit", [match()]), ["2", "3", "2"], token_limit=1)
    run(folder, "eval", plain_task("shapes_unscored", None), ["2", "3", "2"])


if __name__ == "__main__":
    main()
