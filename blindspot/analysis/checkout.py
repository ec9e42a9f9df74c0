"""Tells a checkout of Blindspot from other folders."""

from pathlib import Path

CHECKOUT = ("dvc.yaml", "params.yaml", "flows/discover.py")  # files that the root of a checkout has


def is_checkout(folder: Path) -> bool:
    """Returns whether a folder is the root of a checkout of Blindspot."""
    return all((folder / file).is_file() for file in CHECKOUT)
