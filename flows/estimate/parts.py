"""Counts the questions, calls and tokens of each part of a run."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from blindspot.confirmation import EXACT, MODES, PROPOSED_PER_CALL, methods_of, samples_of
from blindspot.models.description import Description
from blindspot.params import CandidateParams
from blindspot.quotas import MOST_PER_VALID
from blindspot.records.asker import How
from blindspot.records.rollout import METHODS
from blindspot.records.verdict import WAYS
from blindspot.search.proposals import FIRST_FACTOR
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams


@dataclass(frozen=True)
class Sections:
    """The sections of params.yaml that determine the counts, and the descriptions of the questioners."""

    explore: ExploreParams
    train: TrainParams
    harvest: HarvestParams
    verify: VerifyParams
    candidate: CandidateParams
    source: str
    validation: int
    start: Description
    base: Description

    @property
    def methods(self) -> int:
        """The number of methods in the harvest."""
        return methods_of(self.source, self.base.kind)

    @property
    def steered(self) -> bool:
        """Whether there are targets: without exploration there are none."""
        return self.explore.calls > 0

    @property
    def samples(self) -> int:
        """The questions that the trained questioner generates for each one it asks."""
        return samples_of(self.start, self.steered)


@dataclass(frozen=True)
class Part:
    """The cost of one part of a run.

    `calls`: of the candidate. `generated`: questions that a model generates. `question_tokens`, `answer_tokens`: the
    most tokens. `judged`: answers that the verifier judges in this part. `asker`: which parameter names the
    questioner. `trains`: whether the weights are updated with each question. `launched`: whether the processes of
    launch.config share the part.
    """

    name: str
    calls: int
    generated: int = 0
    question_tokens: int = 0
    answer_tokens: int = 0
    judged: int = 0
    asker: str = "train.base_model"
    trains: bool = False
    launched: bool = True


def parts(given: Sections) -> list[Part]:
    """Returns the cost of each part of a run."""
    found = [*_search(given), *_harvest(given)]
    asked = sum(part.calls for part in found if part.name.startswith("harvest"))
    repeated = len(WAYS) * given.verify.repeats * asked  # if all of them were failures
    found.append(Part("verify", 0, judged=asked, launched=False))
    found.append(Part("verify: repeats", repeated, judged=repeated, launched=False))
    return [replace(part, answer_tokens=part.calls * given.candidate.max_new_tokens) for part in found]


def _search(given: Sections) -> list[Part]:
    """Returns the parts of explore and train. Only local weights are trained."""
    explore, train = given.explore, given.train
    rounds = math.ceil(explore.calls / explore.together)
    proposed = explore.proposals * (rounds + FIRST_FACTOR - 1) if rounds and given.samples else 0
    local = given.start.kind == "local"
    trained = train.steps * train.questions_per_step if local else 0
    evaluations = math.ceil(train.steps / train.checkpoint_every)
    evaluated = (1 + evaluations) * given.validation if local else 0
    sampled = (1 + evaluations * given.samples) * given.validation if local else 0
    return [
        _part("explore", explore.calls, proposed, explore.max_new_tokens, launched=False),
        _part("train: GRPO", trained, trained, train.max_new_tokens, trains=True),
        _part("train: checkpoints", evaluated, sampled, train.max_new_tokens),
    ]


def _harvest(given: Sections) -> list[Part]:
    """Returns the parts of harvest, with quotas if there is a search: without one there are no modes."""
    harvest, exact = given.harvest, isinstance(given.base, EXACT)
    longest, templates = harvest.max_new_tokens, given.methods == len(METHODS)
    trains = given.start.kind == "local" and given.train.steps > 0
    how = How.TRAINED if trains else How.STEERED if given.steered else How.UNSTEERED
    certain = templates or exact  # these ask no question that is not valid
    quotas = MODES * harvest.quota * (1 if certain else MOST_PER_VALID) * (how != How.UNSTEERED)
    found = [
        _part(f"harvest: {how}", harvest.calls, harvest.calls * given.samples, longest),
        _part("harvest: base", harvest.calls, harvest.calls * (not exact), longest, "harvest.base"),
        _part("harvest: templates", harvest.calls * templates, 0, longest, "harvest.base"),
    ]
    proposed = quotas * (not certain) * PROPOSED_PER_CALL
    return [*found, _part(f"harvest: {MODES} quotas", quotas, proposed, longest, "harvest.base")]


def _part(
    name: str,
    calls: int,
    generated: int,
    longest: int,
    asker: str = "train.base_model",
    trains: bool = False,
    launched: bool = True,
) -> Part:
    """`longest`: tokens of a question, at most. Answers of explore and train are judged in the same part."""
    judged = 0 if name.startswith("harvest") else calls
    return Part(name, calls, generated, generated * longest, 0, judged, asker, trains, launched)


def table(rows: Sequence[Part], minutes: Sequence[float | None]) -> str:
    """Returns the parts and their sum as a text table. `minutes`: of each part; None if unknown."""
    counts = ("calls", "generated", "question_tokens", "answer_tokens")
    lines = [
        f"{'':20} {'calls':>9} {'questions':>10} {'question tokens ≤':>18} {'answer tokens ≤':>16} {'minutes':>9}"
    ]
    known = None if None in minutes else sum(one or 0.0 for one in minutes)
    total = Part("total", **{name: sum(getattr(part, name) for part in rows) for name in counts})
    for part, duration in zip([*rows, total], [*minutes, known], strict=True):
        shown = f"{part.calls:>9,} {part.generated:>10,} {part.question_tokens:>18,} {part.answer_tokens:>16,}"
        lines.append(f"{part.name:20} {shown} {'?' if duration is None else format(duration, '.1f'):>9}")
    return "\n".join(lines)
