"""Reads and validates params.yaml: one section per stage, and the settings that several stages share."""

from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, field_validator, model_validator

from blindspot.kinds import schema, validators
from blindspot.params_schema import check
from blindspot.yaml_files import read_yaml

PARAMS = Path("params.yaml")

LARGEST = 10_000_000  # of a number without an upper bound of its own: larger ones are slips of the keyboard
LARGEST_SEED = 2**31 - 1  # that every library accepts
MOST_TOKENS = 1_000_000  # of one reply
MOST_SPENT = 10**12  # tokens of a run
OPTIONAL: dict[str, JsonValue] = {"optional": True}  # of a key that params.yaml may lack
COLDEST = 0.01  # temperature; dividing by a smaller one overflows

NUMBERS = (int, float, int | None, float | None)  # types of fields
KeepRaw = Literal["all", "failures", "none"]
JUDGES = "judges"  # the seam
VERIFIERS = ("oracle", "vlm", "reference")
VerifierKind = Annotated[str, *validators(schema(JUDGES, *VERIFIERS))]


class Section(BaseModel):
    """Base class of all sections: typed, immutable, without unknown keys, and with finite numbers.

    A number without an upper bound of its own is at most LARGEST. A text is not blank.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _has_numbers(cls, values: Any) -> Any:
        """Refuses true for 1: pydantic would convert it."""
        for name, value in values.items() if isinstance(values, dict) else ():
            if isinstance(value, bool) and name in cls.model_fields and cls.model_fields[name].annotation in NUMBERS:
                raise ValueError(f"{name} is {str(value).lower()}, not a number")
        return values

    @field_validator("*", mode="after")
    @classmethod
    def _is_usable(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str) and not value.strip():
            raise ValueError("is empty")
        field = cls.model_fields[str(info.field_name)]
        bounded = any(hasattr(part, name) for part in field.metadata for name in ("le", "lt"))
        if isinstance(value, int | float) and not bounded and abs(value) > LARGEST:
            raise ValueError(f"is greater than the maximum of {LARGEST}")
        return value


class LaunchParams(Section):
    """How train and harvest are launched."""

    config: str = Field(
        "configs/accelerate/cpu.yaml",
        description="Accelerate configuration file: processes and devices. For GPUs, choose another file in "
        "configs/accelerate",
    )
    threads: int = Field(2, ge=1, description="CPU threads per process")


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
        le=MOST_TOKENS,
        description="Longest answer, in tokens; a longer one is unscored (cut off). Raise it for a candidate that "
        "writes thoughts",
    )
    prompts: str = Field(
        "configs/prompts/instruct.yaml", description="File with the prompts of the candidate (docs/prompts.md)"
    )


class BudgetParams(Section):
    """Limits of the whole run, from explore to taxonomy (docs/cost.md). null: no limit. A key may be left out."""

    candidate_calls: int | None = Field(
        None, ge=1, description="Answers asked of the candidate", json_schema_extra=OPTIONAL
    )
    judge_calls: int | None = Field(None, ge=1, description="Rollouts judged", json_schema_extra=OPTIONAL)
    questioner_calls: int | None = Field(
        None, ge=1, description="Replies asked of a served questioner", json_schema_extra=OPTIONAL
    )
    tokens: int | None = Field(
        None,
        ge=1,
        le=MOST_SPENT,
        description="Input and output tokens of all served models, as their servers count them",
        json_schema_extra=OPTIONAL,
    )
    usd: float | None = Field(
        None,
        gt=0,
        description="Price of these tokens, by input_price and output_price in the files of the models",
        json_schema_extra=OPTIONAL,
    )
    seconds: float | None = Field(
        None,
        gt=0,
        description="Wall time of the stages, in s. A run with this limit is not reproducible",
        json_schema_extra=OPTIONAL,
    )


class VerifierParams(Section):
    """Decides whether a question is valid and whether the answer is correct."""

    kind: VerifierKind = Field(
        description="oracle: the exact truth, for scenes and marks. vlm: a VLM as judge, for any images. reference: "
        "the true answers of a pool of questions (docs/pools.md). Or a class of your own, such as "
        "extensions.mine.Mine (CONTRIBUTING.md)"
    )
    unparsed: Literal["invalid", "unscored"] = Field(
        "invalid",
        description="For kind oracle: outcome of a question outside its grammar. Set unscored for a large "
        "questioner, whose other questions may be valid",
    )
    model: str = Field(
        "configs/models/none.yaml",
        description="For kind vlm: the judge, a folder with the weights or a YAML file (see configs/models). For kind "
        "reference: a served model that compares answers with the true ones where their texts differ; none.yaml: no "
        "model",
    )
    confirming_judge: str = Field(
        "configs/models/none.yaml",
        description="For kind vlm: second judge that must agree before a failure counts; none.yaml: no second judge",
    )
    votes: Literal[1, 3, 5, 7] = Field(
        1, description="For kind vlm: judgements per rollout (1, 3, 5 or 7); the majority decides"
    )
    temperature: float = Field(
        0.7,
        ge=COLDEST,
        description="For kind vlm: sampling temperature if there are several votes; a single vote uses 0",
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
        512,
        ge=1,
        le=MOST_TOKENS,
        description="For kind vlm: longest judgement, in tokens; a longer one is unscored (cut off)",
    )
    prompts: str = Field(
        "configs/prompts/instruct.yaml",
        description="For kind vlm: file with the prompts of the judge (docs/prompts.md)",
    )


class ModesParams(Section):
    """What counts as a failure mode, in all stages."""

    threshold: float = Field(
        0.25,
        gt=0,
        lt=1,
        description="The error_rate of a failure mode must be significantly above this and, where it is confirmed, "
        "above that of the base",
    )
    min_asked: int = Field(20, ge=5, description="Fewest valid questions in which a failure mode is discovered")


MODES = ModesParams.model_validate({})


class GenerationParams(Section):
    """How a questioner generates questions."""

    batch_size: int = Field(
        8,
        ge=1,
        description="Questions generated at once. Lower it if memory runs out; values above 256 have no effect",
    )
    temperature: float = Field(1.0, ge=COLDEST, description="Sampling temperature of the questions")
    max_new_tokens: int = Field(
        256, ge=1, le=MOST_TOKENS, description="Longest question, in tokens, including the thought before it"
    )


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
    """Returns the whole file, validated. Raises BlindspotError if it cannot be read or breaks the schema."""
    fix = "run from the repository's root" if not path.exists() else "restore it from git, or fix it"
    values = read_yaml(path, str(path), fix)
    check(values, str(path))
    return dict(values)
