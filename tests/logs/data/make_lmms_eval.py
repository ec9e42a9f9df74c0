"""Writes lmms-eval logs of invented questions about drawn shapes: `python make_lmms_eval.py FOLDER`; see README.md.

The answers are those of a model that knows some colours. Nothing is downloaded.
"""

import sys
from pathlib import Path
from typing import Any

import lmms_eval.__main__ as command
import lmms_eval.models
from lmms_eval import evaluator
from lmms_eval.api.model import lmms
from PIL import Image, ImageDraw

try:
    from lmms_eval.api.instance import GenerationResult
except ImportError:  # versions before 0.7
    GenerationResult = None

COLOURS = ("red", "green", "blue", "black")
OPTIONS = ("red", "green", "blue", "black")
COMMON = """
dataset_path: parquet
dataset_kwargs:
  data_files: {{test: {folder}/shapes.parquet}}
test_split: test
doc_to_visual: !function utils.visual
metadata: {{version: 1.0}}
"""
TASKS = {
    "shapes_open": """
task: shapes_open
output_type: generate_until
doc_to_text: !function utils.text
doc_to_target: answer
generation_kwargs: {max_new_tokens: 16}
metric_list:
  - {metric: exact_match, aggregation: mean, higher_is_better: true, ignore_case: true, ignore_punctuation: true}
""",
    "shapes_choice": """
task: shapes_choice
output_type: generate_until
doc_to_text: !function utils.choice_text
doc_to_target: letter
generation_kwargs: {max_new_tokens: 16}
process_results: !function utils.choice_results
metric_list:
  - {metric: shapes_score, aggregation: !function utils.mean, higher_is_better: true}
  - {metric: shapes_edit_distance, aggregation: !function utils.mean_number, higher_is_better: false}
""",
    "shapes_parsed": """
task: shapes_parsed
output_type: generate_until
doc_to_text: !function utils.choice_text
doc_to_target: letter
generation_kwargs: {max_new_tokens: 16}
process_results: !function utils.parsed_results
metric_list:
  - {metric: shapes_acc, aggregation: !function utils.nothing, higher_is_better: true}
""",
    "shapes_likelihood": """
task: shapes_likelihood
output_type: multiple_choice
doc_to_text: !function utils.plain_text
doc_to_target: !function utils.position
doc_to_choice: options
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
""",
}
UTILS = """
def visual(doc): return [doc["image"].convert("RGB")]
def plain_text(doc): return doc["question"]
def text(doc): return doc["question"] + "\\nAnswer the question using a single word or phrase."
def choice_text(doc):
    lines = [f"{letter}. {option}" for letter, option in zip("ABCD", doc["options"])]
    return "\\n".join([doc["question"], *lines, "Answer with the option's letter from the given choices directly."])
def position(doc): return doc["options"].index(doc["answer"])
def choice_results(doc, results):
    right = results[0].strip().startswith(doc["letter"])
    return {"shapes_edit_distance": 0 if right else 1,
            "shapes_score": {"question_id": doc["question_id"], "category": "colour", "score": 1.0 if right else 0.0}}
def parsed_results(doc, results):
    return {"shapes_acc": {"id": doc["question_id"], "answer": doc["letter"], "parsed_pred": [results[0].strip()[:1]]}}
def mean(items): return sum(item["score"] for item in items) / len(items)
def mean_number(items): return sum(items) / len(items)
def nothing(items): return 0.0
"""


def write_shapes(folder: Path) -> None:
    """Writes ten questions about drawn shapes."""
    from datasets import Dataset, Features, Sequence, Value
    from datasets import Image as Picture

    rows = []
    for number in range(10):
        colour, shape = COLOURS[number % 4], ("circle", "square")[number % 2]
        picture = Image.new("RGB", (48, 48), "white")
        draw = ImageDraw.Draw(picture)
        (draw.ellipse if shape == "circle" else draw.rectangle)((8, 8, 40, 40), fill=colour)
        picture.save(folder / f"{number}.png")
        rows.append(
            {
                "question_id": f"shape-{number}",
                "question": f"What colour is the {shape} in drawing {number}?",
                "answer": colour,
                "letter": "ABCD"[OPTIONS.index(colour)],
                "options": list(OPTIONS),
                "image": str(folder / f"{number}.png"),
            }
        )
    texts = {name: Value("string") for name in ("question_id", "question", "answer", "letter")}
    kinds = Features({**texts, "options": Sequence(Value("string")), "image": Picture()})
    Dataset.from_list(rows, kinds).to_parquet(folder / "shapes.parquet")


class Shapes(lmms):
    """Answers "red" or "blue" in a few words, or with the letter where options are given."""

    is_simple = True

    def __init__(self, **settings: Any) -> None:
        super().__init__()

    def generate_until_multi_round(self, requests: list[Any]) -> list[str]:
        raise NotImplementedError

    def generate_until(self, requests: list[Any]) -> list[str]:
        replies = []
        for request in requests:
            prompt = request.args[0]
            known = "red" if any(f"drawing {number}?" in prompt for number in (0, 1, 4)) else "blue"
            replies.append(f"{'ABCD'[OPTIONS.index(known)]}. {known}" if "A. " in prompt else f"{known.title()}.")
        return replies

    def loglikelihood(self, requests: list[Any]) -> list[Any]:
        """Returns losses, as the models of lmms-eval do, in the form that version 0.7 does not turn into texts."""
        pairs = [(0.5 if "blue" in request.args[1] else 2.0, "blue" in request.args[1]) for request in requests]
        return [GenerationResult(text=pair) for pair in pairs] if GenerationResult else pairs


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    write_shapes(folder)
    (folder / "utils.py").write_text(UTILS)
    for name, task in TASKS.items():
        (folder / f"{name}.yaml").write_text(COMMON.format(folder=folder) + task)
    lmms_eval.models.get_model = evaluator.get_model = lambda *names, **settings: Shapes
    sys.argv = [
        *("lmms_eval", "--model", "shapes", "--model_args", "model_version=shapes-model", "--batch_size", "1"),
        *("--include_path", str(folder), "--tasks", ",".join(TASKS)),
        *("--log_samples", "--output_path", str(folder / "logs")),
    ]
    command.cli_evaluate()
    for path in (folder / "logs").rglob("*.json*"):
        path.write_text(path.read_text().replace(str(folder), "/data"))


if __name__ == "__main__":
    main()
