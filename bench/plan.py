"""What `make bench-search` measures: bench/params.yaml says how, bench/candidates.yaml on whom."""

from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from blindspot.errors import BlindspotError
from blindspot.factory import open_candidate
from blindspot.params import CandidateParams, Section
from blindspot.protocols import Candidate
from blindspot.scenes.gaps import Gap
from blindspot.scenes.planted import PlantedCandidate

FOLDER = Path("bench")
PARAMS, CANDIDATES = FOLDER / "params.yaml", FOLDER / "candidates.yaml"
DATA = FOLDER / "data/search"

AnySection = TypeVar("AnySection", bound=Section)


class Listed(Section):
    """One candidate: a `model` that is trained, or one that is planted."""

    model: str | None = Field(None, description="folder of its weights, or a YAML file of configs/models")
    gaps: list[str] = Field([], description="where it is always wrong (docs/planted.md)")
    mistakes: float = Field(0.0, ge=0, le=1, description="probability of a wrong answer elsewhere")

    @field_validator("gaps")
    @classmethod
    def _readable(cls, gaps: list[str]) -> list[str]:
        return [Gap(text).text for text in gaps]

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.model is not None and (self.gaps or self.mistakes):
            raise ValueError("a model has no gaps but its own: name a model, or gaps and mistakes")
        return self


class Candidates(Section):
    """Who is searched. `names`: of `candidates`, in order; `ablated`: those on which trained ablations run too."""

    names: list[str] = Field(min_length=1)
    ablated: list[str]
    candidates: dict[str, Listed]

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = {*self.names, *self.ablated} - {*self.candidates}
        if unknown:
            raise ValueError(f"names who is not among the candidates: {', '.join(sorted(unknown))}")
        return self


def read_candidates() -> Candidates:
    """All of bench/candidates.yaml. Raises BlindspotError where it is wrong."""
    return parsed(_read(CANDIDATES), Candidates, str(CANDIDATES))


class Plan(Section):
    """What is run: every method on every candidate by every seed, ablations only on some candidates."""

    methods: list[str] = Field(min_length=1)
    ablations: list[str]
    seeds: list[int] = Field(min_length=1)

    def of(self, candidates: Candidates, name: str) -> list[str]:
        """What is run on one of the candidates."""
        return [*self.methods, *(self.ablations if name in candidates.ablated else [])]


def read_plan(plan: type[AnySection]) -> AnySection:
    """What is in no section of bench/params.yaml, such as a Plan. Raises BlindspotError naming what is wrong."""
    values = _read(PARAMS)
    return parsed({name: values.get(name) for name in plan.model_fields}, plan, str(PARAMS))


def listed(name: str) -> Listed:
    """The candidate called so. Raises BlindspotError where there is none, or the file is wrong."""
    known = read_candidates().candidates
    if name not in known:
        raise BlindspotError(f"{CANDIDATES} has no candidate {name}", f"it has {', '.join(known)}")
    return known[name]


def open_listed(one: Listed) -> Candidate:
    """Ready to answer. Raises BlindspotError where its model is not there."""
    if one.model is not None:
        return open_candidate(CandidateParams.model_validate({"model": one.model}))
    return PlantedCandidate(one.gaps, one.mistakes, seed=0)


def load(section: str, model: type[AnySection]) -> AnySection:
    """One section of bench/params.yaml. Raises BlindspotError naming what is wrong with it."""
    return parsed(_read(PARAMS).get(section), model, f"{PARAMS}, {section}")


def parsed(values: object, model: type[AnySection], where: str) -> AnySection:
    """`values` as a `model`. Raises BlindspotError naming each key that is wrong, and `where`."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BlindspotError(f"{where}: {wrong}", "mend that key") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BlindspotError(f"{path} is not here", "run from the repository's root") from None
    except (yaml.YAMLError, TypeError, ValueError) as error:
        raise BlindspotError(f"{path} is no YAML of keys ({error})", "mend that line") from None
