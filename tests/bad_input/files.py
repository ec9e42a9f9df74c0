"""Files that stages and commands read besides YAML: prompts, tables, lists, JSON, logs."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from tests.bad_input.bad import Bad, Change, both, folder, nothing, setting, writing
from tests.project import REPOSITORY

DEEP = "[" * 100_000
INSTRUCT = REPOSITORY / "configs" / "prompts" / "instruct.yaml"
ENTRY = {
    "name": "counts",
    "kinds": ["counting"],
    "says": "It miscounts.",
    "source": "A",
    "url": "https://a.org",
}  # fmt: skip


def prompts(role: str, key: str, value: Any) -> Change:
    """Returns a change of one key of the prompts file `mine.yaml`; None deletes it."""

    def change(project: Path) -> None:
        values = yaml.safe_load(INSTRUCT.read_text("utf-8"))
        values[role][key] = value
        if value is None:
            del values[role][key]
        (project / "mine.yaml").write_text(yaml.safe_dump(values), "utf-8")

    return change


def parquet(name: str, **columns: list[Any]) -> Change:
    """Returns a change that writes a Parquet file."""

    def change(project: Path) -> None:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(columns).to_parquet(project / name)

    return change


PROMPTS: list[tuple[str, str, Any, tuple[str, ...]]] = [
    ("candidate", "answer", None, ("candidate.answer is missing",)),
    ("candidate", "answer", 3, ("candidate.answer is not a text",)),
    ("candidate", "answer", "", ("candidate.answer does not use the variable question",)),
    ("candidate", "answer", "{{ qestion }}", ("candidate.answer", "did you mean question?")),
    ("candidate", "answer", "{{ question", ("candidate.answer",)),
    ("candidate", "answer", "{% for x in question %}", ("candidate.answer",)),
    ("candidate", "answer", "{{ question.text }}", ("candidate.answer",)),
    ("candidate", "answr", "{{ question }}", ("the key answr is unknown: did you mean answer?",)),
    ("candidate", "system", ["a"], ("candidate.system is not a text",)),
    ("candidate", "system", "{{ question }}", ("candidate.system",)),
    ("judge", "validity", "Is it valid?", ("judge.validity does not use the variable question",)),
    ("judge", "sameness", None, ("judge.sameness is missing",)),
    ("questioner", "form", "xml", ("questioner.form is 'xml'",)),
    ("questioner", "form", None, ("questioner.form is missing",)),
]  # fmt: skip
ROWS = [
    Bad(
        f"prompts: {role}.{key} = {value!r}",
        both(setting("candidate.prompts", "mine.yaml"), prompts(role, key, value)),
        ("mine.yaml", *words),
    )
    for role, key, value, words in PROMPTS
]

DOCUMENTED: list[tuple[str, Any, tuple[str, ...]]] = [
    ("no list", {"a": 1}, ("is no list",)),
    ("a text in the list", ["counting"], ("entry 1: Input should be",)),
    ("an unknown kind", [ENTRY | {"kinds": ["countng"]}], ("entry 1 (counts): kinds.0", "did you mean counting?")),
    ("no kind", [ENTRY | {"kinds": []}], ("entry 1 (counts): kinds",)),
    ("an unknown key", [ENTRY | {"kind": "counting"}], ("entry 1 (counts): kind Extra inputs",)),
    ("no address", [ENTRY | {"url": "a.org"}], ("entry 1 (counts): url",)),
    ("an empty sentence", [ENTRY | {"says": ""}], ("entry 1 (counts): says",)),
    ("a name twice", [ENTRY, ENTRY], ("another has the same name",)),
    ("no name", [{**ENTRY, "name": None}], ("entry 1: name",)),
]
ROWS += [
    Bad(
        f"documented: {name}",
        both(setting("taxonomy.documented", "known.yaml"), writing("known.yaml", yaml.safe_dump(content))),
        ("taxonomy.documented: known.yaml", *words),
        "stages.taxonomy",
    )
    for name, content, words in DOCUMENTED
]

TARGETS: list[tuple[str, Change, str]] = [
    ("missing", nothing, "does not exist"),
    ("empty", writing("modes.json", ""), "modes.json holds no failure modes"),
    ("no UTF-8", writing("modes.json", b"\xff\xfe"), "modes.json holds no failure modes"),
    ("deep", writing("modes.json", DEEP), "modes.json holds no failure modes"),
    ("an object", writing("modes.json", '{"a": 1}'), "modes.json holds no failure modes"),
    ("numbers", writing("modes.json", "[1, 2]"), "modes.json holds no failure modes"),
    ("another list", writing("modes.json", '[{"name": "a"}]'), "modes.json holds no failure modes"),
    ("an empty folder", folder("modes.json"), "has no data/taxonomy/failure_modes.json"),
]
ROWS += [
    Bad(
        f"targets: {name}",
        both(setting("explore.targets", "modes.json"), change),
        ("explore.targets: modes.json", said),
    )
    for name, change, said in TARGETS
]

ROLLOUTS, VERDICTS, SPLIT = (
    "data/rollouts/rollouts.parquet",
    "data/verdicts/verdicts.parquet",
    "data/images/train/metadata.jsonl",
)
TABLES: list[tuple[str, str, str]] = [
    ("stages.verify", ROLLOUTS, ROLLOUTS),
    ("stages.taxonomy", VERDICTS, VERDICTS),
    ("stages.report", ROLLOUTS, ROLLOUTS),
    ("stages.audit", ROLLOUTS, ROLLOUTS),
]
for _command, _file, _said in TABLES:
    ROWS += [
        Bad(f"{_command}: {name}", change, (_said, said), _command)
        for name, change, said in (
            ("no table", lambda project, file=_file: (project / file).unlink(missing_ok=True), "cannot be read"),
            ("an empty file", writing(_file, ""), "cannot be read"),
            ("a text", writing(_file, "rollout_id,method\n"), "cannot be read"),
            ("a table cut off", writing(_file, b"PAR1\x15\x04"), "cannot be read"),
            ("no columns", parquet(_file), "lacks the columns rollout_id"),
            ("no rows", parquet(_file, rollout_id=[], method=[]), "lacks the columns image_id"),
            ("other columns", parquet(_file, a=[1]), "lacks the columns rollout_id"),
        )
    ]
ROWS += [
    Bad(f"images: {name}", writing(SPLIT, content), (SPLIT, said))
    for name, content, said in (
        ("no JSON", "x\n", "cannot be read"),
        ("no UTF-8", b"\xff\n", "cannot be read"),
        ("deep", DEEP + "\n", "cannot be read"),
        ("a list", "[1]\n", "has a row without image_id and file_name"),
        ("a number", "1\n", "has a row without image_id and file_name"),
        ("no id", '{"file_name": "a.png"}\n', "has a row without image_id and file_name"),
        ("no file name", '{"image_id": "a"}\n', "has a row without image_id and file_name"),
        ("a file name of null", '{"image_id": "a", "file_name": null}\n', "has a row without image_id and file_name"),
    )
]
ROWS += [
    Bad("images: empty", writing(SPLIT, ""), ("the train split is empty", "prepare.splits.train")),
    Bad(
        "images: a picture is missing",
        writing(SPLIT, json.dumps({"image_id": "a", "file_name": "gone.png"}) + "\n"),
        ("image data/images/train/gone.png is missing",),
    ),
]
