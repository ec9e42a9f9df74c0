"""Compares failure modes with the known weaknesses of a candidate, by the failures that both contain."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from blindspot.metrics import Mask, share

OWN = 0.8  # share of a mode's failures that must lie in a weakness for the mode to be of this weakness
COVERED = 0.5  # share of a weakness's failures that its modes must contain for it to be found


class Coverage(NamedTuple):
    """How modes and weaknesses cover each other.

    `shares`: of the failures of each mode, the share in each weakness, shape (modes, weaknesses). `anywhere`: the
    share in any weakness, shape (modes). Both are NaN for a mode without failures. `covered`: of the failures of each
    weakness, the share in the modes of this weakness; None for a weakness without failures.
    """

    shares: npt.NDArray[np.float64]
    anywhere: npt.NDArray[np.float64]
    covered: list[float | None]

    def of(self, weakness: int) -> list[int]:
        """Returns the modes of a weakness: at least OWN of their failures lie in it."""
        found: list[int] = np.flatnonzero(self.shares[:, weakness] >= OWN).tolist()
        return found

    def others(self) -> list[int]:
        """Returns the modes that match no weakness: less than OWN of their failures lie in any."""
        found: list[int] = np.flatnonzero(self.anywhere < OWN).tolist()
        return found


def coverage(modes: Mask, weaknesses: Mask) -> Coverage:
    """Compares modes with weaknesses.

    `modes`, `weaknesses`: which failure is in which, shapes (failures, modes) and (failures, weaknesses).
    """
    failures = modes.sum(axis=0)
    counts = np.where(failures, failures, np.nan)
    shares = (modes.T.astype(np.int64) @ weaknesses.astype(np.int64)) / counts[:, None]
    anywhere = (modes & weaknesses.any(axis=1, keepdims=True)).sum(axis=0) / counts
    covered = []
    for place, inside in enumerate(weaknesses.T):
        contained = modes[:, shares[:, place] >= OWN].any(axis=1)
        covered.append(share(int((contained & inside).sum()), int(inside.sum())))
    return Coverage(shares, anywhere, covered)
