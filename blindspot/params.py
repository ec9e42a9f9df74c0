"""Reads and validates params.yaml: one section per stage, and the settings that several stages share."""

import difflib
import json
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from pydantic import BaseModel, ConfigDict, Field

from blindspot.errors import BlindspotError

PARAMS = Path("params.yaml")
SCHEMA = Path(__file__).with_name("params.schema.json")

KeepRaw = Literal["all", "failures", "none"]


class Section(BaseModel):
    """Base class of all sections: typed, immutable, and without unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LaunchParams(Section):
    """How train and harvest are launched."""

    config: str = Field(
        "configs/accelerate/cpu.yaml",
        description="Accelerate configuration file: processes and devices. For GPUs, choose another file in "
        "configs/accelerate",
    )
    threads: int = Field(1, ge=1, description="CPU threads per process")


class CandidateParams(Section):
    """The model under test."""

    model: str = Field(
        description="Folder with the weights, or a YAML file that describes the model (see configs/models)",
    )
    batch_size: int = Field(
        8,
        ge=1,
        description="Questions that a local candidate answers at once. Lower it if memory runs out; values above 256 "
        "have no effect",
    )
    max_new_tokens: int = Field(
        256,
        ge=1,
        description="Longest answer, in tokens; a longer one is unscored (cut off). Raise it for a candidate that "
        "writes thoughts",
    )
    prompts: str = Field(
        "configs/prompts/instruct.yaml", description="File with the prompts of the candidate (docs/prompts.md)"
    )


class BudgetParams(Section):
    """Limits for explore and train; reaching one ends the stage. null: no limit."""

    candidate_calls: int | None = Field(
        None, ge=1, description="Answers asked of the candidate, by both stages together"
    )
    judge_calls: int | None = Field(None, ge=1, description="Rollouts judged, by both stages together")
    seconds: float | None = Field(
        None, gt=0, description="Wall time of each of the two stages, in s. A run with this limit is not reproducible"
    )


class VerifierParams(Section):
    """Decides whether a question is valid and whether the answer is correct."""

    kind: Literal["oracle", "vlm"] = Field(
        description="oracle: the exact truth, for scenes only. vlm: a VLM as judge, for any images"
    )
    unparsed: Literal["invalid", "unscored"] = Field(
        "invalid",
        description="For kind oracle: outcome of a question outside its grammar. Set unscored for a large "
        "questioner, whose other questions may be valid",
    )
    model: str = Field(
        "configs/models/none.yaml",
        description="For kind vlm: the judge, a folder with the weights or a YAML file (see configs/models)",
    )
    confirming_judge: str = Field(
        "configs/models/none.yaml",
        description="For kind vlm: second judge that must agree before a failure counts; none.yaml: no second judge",
    )
    votes: Literal[1, 3, 5, 7] = Field(
        1, description="For kind vlm: judgements per rollout (1, 3, 5 or 7); the majority decides"
    )
    temperature: float = Field(
        0.7, gt=0, description="For kind vlm: sampling temperature if there are several votes; a single vote uses 0"
    )
    require_valid: bool = Field(
        True,
        description="For kind vlm: only a valid question can be a failure. Set false only to measure the effect of "
        "this rule",
    )
    batch_size: int = Field(
        8, ge=1, description="For kind vlm: rollouts that a local judge judges at once. Lower it if memory runs out"
    )
    max_new_tokens: int = Field(
        512, ge=1, description="For kind vlm: longest judgement, in tokens; a longer one is unscored (cut off)"
    )
    prompts: str = Field(
        "configs/prompts/instruct.yaml",
        description="For kind vlm: file with the prompts of the judge (docs/prompts.md)",
    )


class GenerationParams(Section):
    """How a questioner generates questions."""

    batch_size: int = Field(
        8,
        ge=1,
        description="Questions generated at once. Lower it if memory runs out; values above 256 have no effect",
    )
    temperature: float = Field(1.0, gt=0, description="Sampling temperature of the questions")
    max_new_tokens: int = Field(256, ge=1, description="Longest question, in tokens, including the thought before it")


#: Parameters that name a model: a folder with weights, or a YAML file that describes the model.
MODEL_PARAMETERS = (
    "candidate.model",
    "verifier.model",
    "verifier.confirming_judge",
    "train.base_model",
    "harvest.base",
    "verify.model",
    "taxonomy.primitive_extractor",
    "taxonomy.skill_namer",
)

#: Parameters that name a prompts file, with the roles that their section needs.
PROMPT_PARAMETERS = {
    "candidate.prompts": ("candidate",),
    "verifier.prompts": ("judge",),
    "train.prompts": ("questioner",),
    "taxonomy.prompts": ("primitive_extractor", "skill_namer"),
}

AnySection = TypeVar("AnySection", bound=Section)


def load(section: str, model: type[AnySection]) -> AnySection:
    """Returns one section; validates the whole file first. Raises BlindspotError that names every wrong key."""
    return model.model_validate(read()[section])


def load_keep_raw() -> KeepRaw:
    """Returns which raw replies to keep; validates the whole file first."""
    kept: KeepRaw = read()["keep_raw"]
    return kept


def load_seed() -> int:
    """Returns the shared seed; validates the whole file first."""
    return int(read()["seed"])


def prompts_files(*sections: str) -> list[str]:
    """Returns the prompts files that these sections name; validates the whole file first."""
    values = read()
    return [str(values[section]["prompts"]) for section in sections]


def read(path: Path = PARAMS) -> dict[str, Any]:
    """Returns the whole file, validated. Raises BlindspotError if it is missing, not YAML, or breaks the schema."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BlindspotError(f"{path} does not exist", "run from the repository's root") from None
    except yaml.YAMLError as error:
        raise BlindspotError(f"{path} is not YAML ({error})", "fix that line") from None
    check(values, str(path))
    return dict(values)


def defaults() -> dict[str, dict[str, Any]]:
    """Returns the default values of each section, which suit real models. A key without a default is left out."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    sections = {
        name: field["$ref"].rpartition("/")[2] for name, field in schema["properties"].items() if "$ref" in field
    }
    return {
        name: {
            key: field["default"]
            for key, field in schema["$defs"][definition]["properties"].items()
            if "default" in field
        }
        for name, definition in sections.items()
    }


def check(
    values: object,
    name: str = "params.yaml",
    fix: str = "fix params.yaml (its comments describe each key)",
    partial: bool = False,
) -> None:
    """Raises BlindspotError that names each key of `values` that is unknown, missing, mistyped or out of range.

    `partial`: whether keys may be missing.
    """
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    errors = [error for error in validator.iter_errors(values) if not (partial and error.validator == "required")]
    found = sorted(errors, key=lambda error: [str(part) for part in error.path])
    if found:
        # Each missing key is an error of its own, and _explain names all of them.
        lines = dict.fromkeys(line for error in found for line in _explain(error))
        raise BlindspotError(f"{name}: {'; '.join(lines)}", fix)


def _explain(error: ValidationError) -> list[str]:
    """Returns the faults of one key: its dotted name and what is wrong with it."""
    path = ".".join(str(part) for part in error.path)
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = list(_schema(error)["properties"])
        return [_unknown(path, key, known) for key in error.instance if key not in known]
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = [key for key in _schema(error)["required"] if key not in error.instance]
        return [f"{path + '.' if path else ''}{key} is missing" for key in missing]
    return [f"{path or 'the file'}: {error.message}"]


def _schema(error: ValidationError) -> dict[str, Any]:
    return cast(dict[str, Any], error.schema)


def _unknown(path: str, key: object, known: list[str]) -> str:
    prefix = f"{path}." if path else ""
    near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.5)
    return f"{prefix}{key} is unknown" + (f", did you mean {prefix}{near[0]}?" if near else f" (known: {known})")
