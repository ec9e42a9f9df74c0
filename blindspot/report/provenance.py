"""Gathers how the report was made: parameters, packages, calls."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from blindspot.prompts.files import RolePrompts
from blindspot.report.spending import Spent

PACKAGES = (
    *("accelerate", "bertopic", "datasets", "hdbscan", "numpy", "pandas", "peft", "pillow", "safetensors"),
    *("scikit-learn", "scipy", "sentence-transformers", "tokenizers", "torch", "transformers", "trl", "umap-learn"),
)


Prompts = Mapping[str, Sequence[tuple[str, str]]]  # the name and text of each prompt, by role


@dataclass(frozen=True)
class Provenance:
    """How a run was made.

    `spent`: on all models. `params`: those of each section, by dotted name. `versions`: of Python and the packages
    that outputs depend on, as installed when the report was made.
    """

    seed: int
    spent: Spent
    params: Mapping[str, Mapping[str, Any]]
    versions: tuple[tuple[str, str], ...]
    prompts: Prompts


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
