"""Loads and checks params.yaml: a section a stage, and the shared seed, launch, budget, candidate and verifier."""

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
    """Base of every section: typed, unknown keys refused, never changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LaunchParams(Section):
    """How the stages that models ask and learn in are launched: train and harvest."""

    config: str = Field("configs/accelerate/cpu.yaml", description="accelerate's config: which processes, on what")
    threads: int = Field(1, ge=1, description="CPU threads of each process")


class CandidateParams(Section):
    """The model under test."""

    model: str = Field(
        "models/scenes-candidate", description="folder of its weights, or a YAML file that describes it"
    )
    batch_size: int = Field(256, ge=1, description="questions answered at once: a matter of memory alone, up to 256")
    max_new_tokens: int = Field(4, ge=1, description="longest answer, in tokens; a longer one is an error")


class BudgetParams(Section):
    """What explore and train may spend; whatever is spent first ends them. Without a number there is no limit."""

    candidate_calls: int | None = Field(None, ge=1, description="answers asked of the candidate, by both together")
    judge_calls: int | None = Field(None, ge=1, description="rollouts judged, by both together")
    seconds: float | None = Field(None, gt=0, description="wall time of each: with it no two runs are the same")


class VerifierParams(Section):
    """What judges validity and correctness."""

    kind: Literal["oracle", "vlm"] = Field(
        "oracle", description="oracle: the exact truth, for scenes; vlm: a model, for any image"
    )
    unparsed: Literal["invalid", "unscored"] = Field(
        "invalid", description="outcome of a question outside the oracle's grammar: invalid for a small questioner"
    )
    model: str = Field(
        "models/scenes-judge", description="of a vlm: folder of its weights, or a YAML file that describes it"
    )
    confirming_judge: str = Field(
        "configs/models/none.yaml", description="of a vlm: another that must agree before a failure counts"
    )
    votes: Literal[1, 3, 5, 7] = Field(1, description="of a vlm: judgements of each rollout; the majority counts")
    temperature: float = Field(0.7, gt=0, description="of several votes; a single one is at temperature 0")
    require_valid: bool = Field(
        True, description="of a vlm: only a valid question can fail; false measures what that is worth"
    )
    batch_size: int = Field(16, ge=1, description="of a vlm in a folder: questions judged at once")
    max_new_tokens: int = Field(512, ge=1, description="of a vlm: longest judgement, in tokens")


AnySection = TypeVar("AnySection", bound=Section)


def load(section: str, model: type[AnySection]) -> AnySection:
    """One section, after the whole file was checked. Raises BlindspotError naming every wrong key."""
    return model.model_validate(read()[section])


def load_keep_raw() -> KeepRaw:
    """Which raw replies are kept, after the whole file was checked."""
    kept: KeepRaw = read()["keep_raw"]
    return kept


def load_seed() -> int:
    """The shared seed, after the whole file was checked."""
    return int(read()["seed"])


def read(path: Path = PARAMS) -> dict[str, Any]:
    """The whole file, checked. Raises BlindspotError where it is absent, no YAML, or breaks the schema."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BlindspotError(f"{path} is not here", "run from the repository's root") from None
    except yaml.YAMLError as error:
        raise BlindspotError(f"{path} is not YAML ({error})", "mend that line") from None
    check(values, str(path))
    return dict(values)


def check(values: object, name: str = "params.yaml") -> None:
    """Raises BlindspotError naming each key of `values` that is unknown, missing, mistyped or out of range."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    found = sorted(validator.iter_errors(values), key=lambda error: [str(part) for part in error.path])
    if found:
        lines = dict.fromkeys(line for error in found for line in _explain(error))  # one missing key tells of all
        raise BlindspotError(f"{name}: {'; '.join(lines)}", "mend params.yaml (its comments say what each key is)")


def _explain(error: ValidationError) -> list[str]:
    """Each fault of one key: its dotted name and what is wrong with it."""
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
