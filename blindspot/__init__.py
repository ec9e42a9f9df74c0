"""Blindspot finds where a vision-language model fails. `open_run` opens the results of a finished run."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blindspot.results import Run, open_run

__all__ = ["Run", "open_run"]


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that `import blindspot` loads nothing else."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("blindspot.results"), name)
