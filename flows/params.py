"""Writes the schema of params.yaml, and the comments in params.yaml, from the fields of the sections in the code.

Run `python -m flows.params` after changing a field or its description. The values in params.yaml stay as they are.
"""

import json
import re
import textwrap
from typing import Any

import yaml
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from blindspot.errors import run
from blindspot.kinds import SEAM
from blindspot.params import (
    LARGEST,
    LARGEST_SEED,
    OPTIONAL,
    PARAMS,
    BudgetParams,
    CandidateParams,
    KeepRaw,
    LaunchParams,
    ModesParams,
    Section,
    VerifierParams,
    read,
)
from blindspot.params_schema import SCHEMA
from lab.bootstrap_candidate import Params as BootstrapCandidateParams
from lab.bootstrap_judge import Params as BootstrapJudgeParams
from lab.bootstrap_questioner import Params as BootstrapQuestionerParams
from stages.audit import Params as AuditParams
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.prepare import Params as PrepareParams
from stages.report import Params as ReportParams
from stages.taxonomy import Params as TaxonomyParams
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams

OPTIONAL_KEY = next(iter(OPTIONAL))
WIDTH, INFINITE, NO_BREAK = 119, float("inf"), "\u00a0"
HEAD = """# yaml-language-server: $schema=blindspot/params.schema.json
# All parameters: settings that stages share, then one section per stage. Edit the values here; the comments are
# generated from the code by `python -m flows.params`.
"""


class Params(Section):
    """All parameters: settings that stages share, and one section per stage."""

    seed: int = Field(
        ge=0, le=LARGEST_SEED, description="Seed of all random choices, except the training of the embedded models"
    )
    keep_raw: KeepRaw = Field(
        description="Raw replies of candidate and judge to store: all, failures (and unscored questions) or none"
    )
    launch: LaunchParams
    budget: BudgetParams
    candidate: CandidateParams
    verifier: VerifierParams
    modes: ModesParams
    bootstrap_candidate: BootstrapCandidateParams
    bootstrap_questioner: BootstrapQuestionerParams
    bootstrap_judge: BootstrapJudgeParams
    prepare: PrepareParams
    explore: ExploreParams
    train: TrainParams
    harvest: HarvestParams
    verify: VerifyParams
    audit: AuditParams
    taxonomy: TaxonomyParams
    report: ReportParams


def main() -> None:
    """Writes the schema, then checks params.yaml against it and writes its comments."""
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    PARAMS.write_text(params_text(read()), encoding="utf-8")


def schema() -> dict[str, Any]:
    """Returns the JSON schema of params.yaml.

    All keys are required, so that each value is written in one place, except those of the budget.
    """
    found: dict[str, Any] = _strict(Params.model_json_schema())
    return found


def schema_text() -> str:
    """Returns the text of the schema file."""
    return json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def params_text(values: dict[str, Any]) -> str:
    """Returns the text of params.yaml with these values, in their order, and with the comments of the fields."""
    return HEAD + "".join(f"{line}\n" for line in _lines(Params, values, indent=""))


def section_of(field: FieldInfo) -> type[Section] | None:
    """Returns the section that a field holds, None if it holds a value."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Section) else None


def _lines(model: type[BaseModel], values: dict[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in values.items():
        field = model.model_fields[key]
        section = section_of(field)
        lines += [""] if section and not indent else []  # between top-level sections
        if section:
            lines += _commented(f"{indent}{key}:", " ".join((section.__doc__ or "").split()).rstrip("."))
            lines += _lines(section, value, indent + "  ")
        else:
            lines += _commented(indent + _assigned(key, value), f"{field.description or ''}{range_of(field)}")
    return lines


def _commented(line: str, comment: str) -> list[str]:
    """Returns the line with the comment after it, or above it if that is too long."""
    if len(line) + len(f" # {comment}") <= WIDTH:
        return [f"{line} # {comment}"]
    start = " " * (len(line) - len(line.lstrip())) + "# "
    whole = re.sub(
        r"\[[^]]*\]$", lambda found: found[0].replace(" ", NO_BREAK), comment
    )  # the range stays on one line
    above = textwrap.wrap(
        whole, WIDTH, initial_indent=start, subsequent_indent=start, break_long_words=False, break_on_hyphens=False
    )
    return [*(part.replace(NO_BREAK, " ") for part in above), line]


def _assigned(key: str, value: Any) -> str:
    """Returns a key with its value, list or mapping of values, as YAML on one line."""
    if isinstance(value, list | dict):
        return f"{key}: {yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=INFINITE).strip()}"
    return yaml.safe_dump({key: value}, width=INFINITE, allow_unicode=True).strip()


def range_of(field: FieldInfo) -> str:
    """Returns the range of a number, such as " [≥ 1]"; an empty text if it has none."""
    signs = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
    limits = [
        f"{sign} {getattr(part, name):.12g}"
        for part in field.metadata
        for name, sign in signs.items()
        if hasattr(part, name)
    ]
    return f" [{', '.join(limits)}]" if limits else ""


def _strict(value: Any) -> Any:
    """Requires every property that is not OPTIONAL, bounds every number, and refuses blank texts.

    Writes `type: [a, null]` for a choice: an error about a choice written so names the value's fault.
    """
    if isinstance(value, list):
        return [_strict(part) for part in value]
    if not isinstance(value, dict):
        return value
    strict = {key: _strict(part) for key, part in value.items()}
    if "properties" in strict:
        strict["required"] = [
            name for name, field in strict["properties"].items() if not field.pop(OPTIONAL_KEY, False)
        ]
    choices = strict.get("anyOf", [])
    if SEAM not in strict and choices and all("type" in choice for choice in choices):
        del strict["anyOf"]
        strict |= {key: part for choice in choices for key, part in choice.items()}
        strict["type"] = [choice["type"] for choice in choices]
    if strict.get("type") in ("integer", "number"):
        strict |= {} if "maximum" in strict or "exclusiveMaximum" in strict else {"maximum": LARGEST}
        strict |= {} if "minimum" in strict or "exclusiveMinimum" in strict else {"minimum": -LARGEST}
    if strict.get("type") == "string" and not {"enum", "const"} & {*strict}:
        strict.setdefault("pattern", r"\S")
    return strict


if __name__ == "__main__":
    run(main)
