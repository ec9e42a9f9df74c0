"""The first targets of a search: failure modes that an analysis or an earlier run found."""

from collections.abc import Collection, Sequence
from itertools import cycle, islice
from pathlib import Path

from blindspot.errors import BlindspotError
from blindspot.paths import FAILURE_MODES
from blindspot.protocols import Target
from blindspot.records.failure_mode import FailureMode, read_failure_modes
from blindspot.taxonomy.reading.wording import ASKS, KIND, OPTION

PROPOSED = 64  # proposals in a row without a scored question that has the features, after which a target is given up
_ORDER = {"confirmed": 0, "too_few": 1, None: 1, "not_confirmed": 2}


class GivenTargets:
    """Targets that are proposed until enough scored questions have their features.

    Attributes: `wording`, the features of the wording among them, which a search does not read otherwise.
    """

    def __init__(self, targets: Sequence[Target], min_asked: int) -> None:
        """`min_asked`: the number of scored questions for each target."""
        self._missing = dict.fromkeys(targets, min_asked)
        self._proposed = dict.fromkeys(targets, 0)
        self.wording = frozenset(
            feature for target in targets for feature in target if feature.startswith((ASKS, KIND))
        )

    @property
    def open(self) -> list[Target]:
        """The targets that still lack questions, in order."""
        return [target for target, missing in self._missing.items() if missing > 0]

    def draw(self, count: int) -> list[Target]:
        """Returns targets for `count` proposals, each open one about as often. Empty if none is open.

        Gives up targets that were proposed PROPOSED times without success, and prints them.
        """
        given_up = [target for target in self.open if self._proposed[target] >= PROPOSED]
        for target in given_up:
            self._missing[target] = 0
        if given_up:
            names = "; ".join(" + ".join(target) for target in given_up)
            print(f"explore: given up after {PROPOSED} proposals without a suitable question: {names}", flush=True)
        drawn = [*islice(cycle(sorted(self.open, key=self._proposed.__getitem__)), count)]
        for target in drawn:
            self._proposed[target] += 1
        return drawn

    def add(self, features: Collection[str]) -> None:
        """Counts a scored question with these features."""
        for target in self._missing:
            if all(feature in features for feature in target):
                self._missing[target] -= 1
                self._proposed[target] = 0

    def first(self, proposals: Sequence[Collection[str]], count: int) -> list[int]:
        """Returns the indices of at most `count` proposals that the open targets still need, in turn."""
        suited = [
            [place for place, features in enumerate(proposals) if all(feature in features for feature in target)][
                : self._missing[target]
            ]
            for target in self.open
        ]
        turns = (
            places[turn] for turn in range(max(map(len, suited), default=0)) for places in suited if turn < len(places)
        )
        return [*dict.fromkeys(turns)][:count]


def read_given(path: Path) -> list[Target]:
    """Returns the features of the failure modes in a file, or in the folder of an analysis: confirmed modes first.

    Leaves out the letter of the correct option, which no question asks for. Raises BlindspotError if there is no such
    file, or if it has another form.
    """
    file = path / FAILURE_MODES if path.is_dir() else path
    if not file.is_file():
        inside = sorted(one.parents[2].name for one in path.glob(f"*/{FAILURE_MODES}"))
        named = f", but folders for models: {', '.join(inside)}" if inside else ""
        fix = (
            f"name one of them, such as {path / inside[0]}"
            if inside
            else "name the folder that `blindspot analyze` wrote, or its failure_modes.json"
        )
        raise BlindspotError(
            f"explore.targets: {path} has no {FAILURE_MODES}{named}"
            if path.is_dir()
            else f"explore.targets: {path} does not exist",
            fix,
        )
    modes = sorted(_read(file), key=lambda mode: _ORDER.get(mode.status, 1))
    targets = (tuple(one for one in mode.features if not one.startswith(OPTION)) for mode in modes)
    return [*dict.fromkeys(filter(None, targets))]


def _read(file: Path) -> list[FailureMode]:
    try:
        return read_failure_modes(file)
    except BlindspotError:
        raise BlindspotError(
            f"explore.targets: {file} holds no failure modes", "name the failure_modes.json of an analysis or of a run"
        ) from None
