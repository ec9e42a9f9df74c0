"""Blindspot finds where a vision-language model fails.

`open_run` opens the results of a finished run. `analyze` finds failure modes in a table of answers.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blindspot.analysis.analyze import Analysis, ModelAnalysis, analyze
    from blindspot.logs.columns import Columns
    from blindspot.results import Run, open_run

__all__ = ["Analysis", "Columns", "ModelAnalysis", "Run", "analyze", "open_run"]

_MODULES = {
    "blindspot.analysis.analyze": ("Analysis", "ModelAnalysis", "analyze"),
    "blindspot.logs.columns": ("Columns",),
    "blindspot.results": ("Run", "open_run"),
}


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that `import blindspot` loads nothing else."""
    module = next((module for module, names in _MODULES.items() if name in names), None)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(module), name)
