"""Decides how many questions a discovered failure mode is confirmed on."""

import numpy as np

from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy.modes.significance import LEVEL

FEWEST, MOST = 40, 200  # questions of a quota
POWER = 0.9
#: Questions at the threshold that are added to those of the discovery: the rate of a mode is too high where it was
#: discovered, and more so the fewer questions it has there.
PRIOR = 40


def quota_of(mode: FailureMode, modes: int, threshold: float) -> int:
    """Returns the number of valid questions on which a mode is tested, FEWEST to MOST.

    It is the smallest number with which a one-sided binomial test at LEVEL ÷ `modes` has the probability POWER of
    being significant. The error rate that the test should detect is that of the discovery, shrunk towards the
    threshold: PRIOR questions with the error rate `threshold` are added.
    """
    from scipy.stats import binom

    rate = (mode.failures + PRIOR * threshold) / (mode.asked + PRIOR)
    numbers = np.arange(FEWEST, MOST + 1)
    critical = binom.isf(LEVEL / max(modes, 1), numbers, threshold) + 1  # failures from which a test is significant
    enough = numbers[binom.sf(critical - 1, numbers, rate) >= POWER]
    return int(enough[0]) if len(enough) else MOST
