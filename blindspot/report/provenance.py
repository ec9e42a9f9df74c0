"""Gathers how the report was made: parameters, packages, calls."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from blindspot.prompts.files import RolePrompts

PACKAGES = (
    *("accelerate", "bertopic", "datasets", "hdbscan", "numpy", "pandas", "peft", "pillow", "safetensors"),
    *("scikit-learn", "scipy", "sentence-transformers", "tokenizers", "torch", "transformers", "trl", "umap-learn"),
)


Prompts = Mapping[str, Sequence[tuple[str, str]]]  # the name and text of each prompt, by role


class Calls(NamedTuple):
    """The calls of a stage, whether they were answered from the store or not.

    Attributes:
        candidate: answers asked of the candidate.
        judge: rollouts judged; None if the stage does not record it.
    """

    candidate: int
    judge: int | None


@dataclass(frozen=True)
class Provenance:
    """How a run was made.

    `calls`: by stage. `params`: those of each section, by dotted name. `versions`: of Python and the packages that
    outputs depend on, as installed when the report was made.
    """

    seed: int
    calls: Mapping[str, Calls]
    params: Mapping[str, Mapping[str, Any]]
    versions: tuple[tuple[str, str], ...]
    prompts: Prompts

    @property
    def all_calls(self) -> Calls:
        """The calls of all stages together, without those that are not recorded."""
        judged = [calls.judge for calls in self.calls.values() if calls.judge is not None]
        return Calls(sum(calls.candidate for calls in self.calls.values()), sum(judged))


def versions() -> tuple[tuple[str, str], ...]:
    """Returns the versions of Python and of those of PACKAGES that are installed."""
    found = [("python", platform.python_version())]
    for name in PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)


def texts(roles: Mapping[str, RolePrompts]) -> Prompts:
    """Returns the texts of the prompts of each role."""
    return {role: [*_system(one), *((name, one.templates[name].text) for name in one.templates)]
            for role, one in roles.items()}  # fmt: skip


def _system(prompts: RolePrompts) -> list[tuple[str, str]]:
    return [("system", prompts.system)] if prompts.system else []
