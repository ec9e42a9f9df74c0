"""Gathers how the report was made: parameters, packages, calls."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from blindspot.params import PROMPT_PARAMETERS
from blindspot.prompts.files import read_prompts
from blindspot.report.spending import Spent

PACKAGES = (
    *("accelerate", "bertopic", "datasets", "hdbscan", "numpy", "pandas", "peft", "pillow", "safetensors"),
    *("scikit-learn", "scipy", "sentence-transformers", "tokenizers", "torch", "transformers", "trl", "umap-learn"),
)


Prompts = Mapping[str, Sequence[tuple[str, str]]]  # the name and text of each prompt, by role


@dataclass(frozen=True)
class Provenance:
    """How a run was made.

    `calls`: answers asked of the candidate, by stage. `params`: those of each section, by dotted name. `versions`: of
    Python and the packages that outputs depend on, as installed when the report was made. `spent`: on all models.
    """

    seed: int
    calls: tuple[tuple[str, int], ...]
    params: Mapping[str, Mapping[str, Any]]
    versions: tuple[tuple[str, str], ...]
    prompts: Prompts
    spent: Spent | None = None

    @property
    def all_calls(self) -> int:
        """The calls of all stages together."""
        return sum(count for _, count in self.calls)


def versions() -> tuple[tuple[str, str], ...]:
    """Returns the versions of Python and of those of PACKAGES that are installed."""
    found = [("python", platform.python_version())]
    for name in PACKAGES:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)


def prompts(every_param: Mapping[str, Any]) -> Prompts:
    """Returns the prompts of a run. `every_param`: params.yaml. Raises BlindspotError if a file is invalid."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, roles in PROMPT_PARAMETERS.items():
        section, key = name.split(".")
        for role in roles:
            texts = read_prompts(Path(every_param[section][key]), role)
            system = [("system", texts.system)] if texts.system else []
            found[role] = [*system, *((name, template.text) for name, template in texts.templates.items())]
    return found
