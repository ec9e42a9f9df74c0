"""Distinguishes a refusal of MLflow from an outage, and warns."""

import json
import sys

#: What MLflow answers to a request that no repetition makes right.
REFUSALS = ("INVALID_PARAMETER_VALUE", "BAD_REQUEST", "RESOURCE_DOES_NOT_EXIST", "NOT_FOUND", "INVALID_STATE")


def warn(text: str) -> None:
    """Prints a warning."""
    print(f"warning: {' '.join(text.split())}", file=sys.stderr, flush=True)


def is_refusal(error: Exception) -> bool:
    """Returns whether an error is of one operation, and not of MLflow as a whole."""
    if isinstance(error, json.JSONDecodeError):  # a gateway's page in place of MLflow's reply
        return False
    return getattr(error, "error_code", None) in REFUSALS or isinstance(
        error, (FileNotFoundError, TypeError, ValueError)
    )


def short(error: BaseException) -> str:
    """Returns an error in a few words."""
    return " ".join(str(error).split())[:200] or type(error).__name__
