"""Reads bench/params.yaml, the parameters of the benches, and bench/candidates.yaml, the candidates to search."""

from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator

from blindspot.errors import BlindspotError
from blindspot.factory import open_candidate
from blindspot.params import CandidateParams, Section
from blindspot.prompts.files import SCENES
from blindspot.protocols import Candidate
from blindspot.scenes.gaps import Gap
from blindspot.scenes.planted import PlantedCandidate
from blindspot.yaml_files import read_yaml

FOLDER = Path("bench")
PARAMS, CANDIDATES = FOLDER / "params.yaml", FOLDER / "candidates.yaml"
DATA = FOLDER / "data/search"

AnySection = TypeVar("AnySection", bound=Section)


class CandidateEntry(Section):
    """One candidate of bench/candidates.yaml: a trained `model`, or a planted candidate."""

    model: str | None = Field(None, description="folder of the weights, or a YAML file as in configs/models")
    gaps: list[str] = Field([], description="questions that it answers wrongly (docs/planted.md)")
    rate: float = Field(1.0, gt=0, le=1, description="probability of a wrong answer to these")
    mistakes: float = Field(0.0, ge=0, le=1, description="probability of a wrong answer to the other questions")

    @field_validator("gaps")
    @classmethod
    def _readable(cls, gaps: list[str]) -> list[str]:
        return [Gap(text).text for text in gaps]

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.model is not None and (self.gaps or self.mistakes):
            raise ValueError("a candidate has either a model, or gaps and mistakes")
        return self


class Candidates(Section):
    """The content of bench/candidates.yaml.

    `names`: the candidates to search, in order. `ablated`: those on which the ablations run too.
    """

    names: list[str] = Field(min_length=1)
    ablated: list[str]
    candidates: dict[str, CandidateEntry]

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = {*self.names, *self.ablated} - {*self.candidates}
        if unknown:
            raise ValueError(f"not defined under candidates: {', '.join(sorted(unknown))}")
        return self


def read_candidates() -> Candidates:
    """Reads bench/candidates.yaml. Raises BlindspotError if it is invalid."""
    return validate(_read(CANDIDATES), Candidates, str(CANDIDATES))


class Plan(Section):
    """The runs: every method on every candidate with every seed, and the ablations on some candidates."""

    methods: list[str] = Field(min_length=1)
    ablations: list[str]
    seeds: list[int] = Field(min_length=1)

    def methods_for(self, candidates: Candidates, name: str) -> list[str]:
        """Returns the methods that run on a candidate, ablations included."""
        return [*self.methods, *(self.ablations if name in candidates.ablated else [])]


def read_plan(plan: type[AnySection]) -> AnySection:
    """Reads the top-level keys of bench/params.yaml that `plan` has. Raises BlindspotError naming wrong keys."""
    values = _read(PARAMS)
    return validate({name: values.get(name) for name in plan.model_fields}, plan, str(PARAMS))


def find_candidate(name: str) -> CandidateEntry:
    """Returns a candidate of bench/candidates.yaml. Raises BlindspotError if it does not exist."""
    known = read_candidates().candidates
    if name not in known:
        raise BlindspotError(f"{CANDIDATES} has no candidate {name}", f"it has {', '.join(known)}")
    return known[name]


def open_entry(entry: CandidateEntry) -> Candidate:
    """Returns the candidate of an entry, ready to answer. Raises BlindspotError if its model does not exist."""
    if entry.model is not None:
        how = {"batch_size": 256, "max_new_tokens": 4, "prompts": str(SCENES)}  # of the embedded candidate
        return open_candidate(CandidateParams.model_validate({"model": entry.model} | how))
    return PlantedCandidate(entry.gaps, entry.mistakes, seed=0, rate=entry.rate)


def load(section: str, model: type[AnySection]) -> AnySection:
    """Reads one section of bench/params.yaml. Raises BlindspotError naming wrong keys."""
    return validate(_read(PARAMS).get(section), model, f"{PARAMS}, {section}")


def validate(values: object, model: type[AnySection], where: str) -> AnySection:
    """Returns `values` as an instance of `model`. Raises BlindspotError naming `where` and each wrong key."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise BlindspotError(f"{where}: {wrong}", "fix that key") from None


def _read(path: Path) -> dict[str, Any]:
    values = read_yaml(path, str(path), "fix it, or run from the root of the repository")
    if not isinstance(values, dict):
        raise BlindspotError(f"{path} is not a YAML mapping", "restore it from git, or fix it")
    return values
