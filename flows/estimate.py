"""Prints the calls, tokens, disk space and time that a run takes, without starting it.

Calls and tokens follow from the parameters, and the price from the prices in the files of served models. Disk space
and time are measured in a few seconds, with some of the images and with the questioner and the candidate if their
weights are on this machine.
"""

import math
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from blindspot.errors import BlindspotError, UnreadableImage, run
from blindspot.images.sources import SourceParams, choose_source, count_images
from blindspot.models.description import Nothing, Server, describe
from blindspot.params import PARAMS, CandidateParams, VerifierParams, read
from blindspot.prompts.files import read_prompts
from blindspot.quotas import MOST_PER_VALID
from blindspot.records.rollout import METHODS
from blindspot.records.verdict import WAYS
from flows.command_line import parser as command_parser
from flows.estimate_served import second_judge, uses
from flows.estimate_served import table as served_table
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.prepare import Params as PrepareParams
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams

SAMPLE = 8  # images that are measured
#: Time of a GRPO step ÷ time to generate and answer its questions: 0.73 s ÷ 0.36 s for 64 questions of the embedded
#: models in one thread. For a large model the ratio may differ.
STEP = 2.0
CHECKPOINTS = 2 * 3 + 1  # copies of the weights: two checkpoints with Adam's moments, and the trained questioner
COUNTS = ("calls", "question_tokens", "answer_tokens")
#: Failure modes whose quotas are counted: how many will be discovered is not known.
MODES = 8
GIVEN = ("templates", "pool")  # kinds of questioners that generate nothing
ROLLOUT_BYTES = 400  # of a rollout and its verdict, rounded up


@dataclass(frozen=True)
class Part:
    """The cost of one part of a run: calls of the candidate, and the most tokens of questions and answers."""

    name: str
    calls: int
    question_tokens: int
    answer_tokens: int
    factor: float = 1.0  # time of a call ÷ time to generate and answer one question


def parts(
    explore: ExploreParams,
    train: TrainParams,
    harvest: HarvestParams,
    verify: VerifyParams,
    candidate: CandidateParams,
    validation: int,
    methods: int,
    questioner: str = "local",
) -> list[Part]:
    """Returns the cost of each part of a run.

    `validation`: number of validation images. `methods`: number of methods, all of METHODS on scenes. `questioner`:
    the kind of its description; only a local one is trained, and templates and a pool generate no tokens.
    """
    trained = train.steps * train.questions_per_step if questioner == "local" else 0
    evaluated = (1 + math.ceil(train.steps / train.checkpoint_every)) * validation if questioner == "local" else 0
    harvested = harvest.calls * methods
    exact = methods == len(METHODS) or questioner in GIVEN  # templates and a pool ask no question that is not valid
    asked = 1 if exact else MOST_PER_VALID  # for each valid question
    quotas = MODES * harvest.quota * asked if explore.calls or trained else 0  # without a search there are no modes
    repeated = len(WAYS) * verify.repeats * (harvested + quotas)  # if all of them were failures
    question, answer = train.max_new_tokens, candidate.max_new_tokens
    generates = questioner not in GIVEN
    proposals = explore.proposals / explore.together if generates else 1.0  # per question that is asked
    proposed = math.ceil(explore.calls * proposals) * explore.max_new_tokens * generates
    longest = harvest.max_new_tokens * generates
    return [
        Part("explore", explore.calls, proposed, explore.calls * answer, proposals),
        Part("train: GRPO", trained, trained * question, trained * answer, STEP),
        Part("train: checkpoints", evaluated, evaluated * question, evaluated * answer),
        Part("harvest", harvested, harvested * longest, harvested * answer),
        Part(f"harvest: {MODES} quotas", quotas, quotas * longest, quotas * answer),
        Part("verify: repeats", repeated, 0, repeated * answer),
    ]


def main() -> None:
    """Prints the table."""
    parser = command_parser("estimate", __doc__, "", "other_params.yaml")
    parser.add_argument(
        "params", nargs="?", type=Path, default=PARAMS, metavar="params.yaml", help="parameters, if not params.yaml's"
    )
    show(read(parser.parse_args().params))


def show(values: dict[str, Any]) -> None:
    """Prints the estimate for these parameters."""
    prepare, train = PrepareParams(**values["prepare"]), TrainParams(**values["train"])
    harvest, candidate = HarvestParams(**values["harvest"]), CandidateParams(**values["candidate"])
    images, validation = count_images(prepare)
    questioner = describe(train.base_model).kind
    methods = methods_of(prepare.source, describe(harvest.base).kind)
    explore, verify = ExploreParams(**values["explore"]), VerifyParams(**values["verify"])
    rows = parts(explore, train, harvest, verify, candidate, validation, methods, questioner)
    with tempfile.TemporaryDirectory() as folder:
        files = write_sample(prepare, Path(folder))
        seconds = seconds_per_call(train, candidate, files)
        image_bytes = sum(file.stat().st_size for file in files) / len(files)
    judge = VerifierParams(**values["verifier"])
    print(table(rows, seconds))
    print(describe_judge(rows, judge, verify.model))
    judged = second_judge(values, judge_calls(rows, judge, verify.model))
    if lines := served_table(uses(values, sum(part.calls for part in rows), judged, MODES)):
        print(lines)
    rollouts = harvest.calls * 3 + MODES * harvest.quota
    print(disk_line(train, images * image_bytes + ROLLOUT_BYTES * rollouts, questioner))
    print(time_line(train, candidate, seconds))


def methods_of(source: str, base: str) -> int:
    """Returns the number of methods: templates can ask about scenes and marks, unless they are the base already."""
    return len(METHODS) - (source not in ("scenes", "marks") or base == "templates")


def disk_line(train: TrainParams, other: float, questioner: str) -> str:
    """Returns a line with the disk space of a run. `other`: bytes of everything but weights."""
    if questioner != "local":
        return f"disk: {other / 1e6:,.0f} MB at most"
    weights = sum(file.stat().st_size for file in Path(train.base_model).rglob("*.safetensors"))
    logged = 1 + math.ceil(train.steps / train.checkpoint_every)  # checkpoints that MLflow stores
    disk = other + (CHECKPOINTS + logged) * weights
    missing = "" if weights else f" (without the weights of {train.base_model}, which are not on this machine)"
    return f"disk: {disk / 1e6:,.0f} MB at most, including checkpoints and MLflow's copies{missing}"


def time_line(train: TrainParams, candidate: CandidateParams, seconds: float | None) -> str:
    """Returns a line that states how the time was measured, or why it is unknown. `seconds`: per call, or None."""
    if seconds is not None:
        measured = f"{seconds * 1000:.1f} ms per question with its answer"
        return f"time: from {measured}, measured now on this machine; a GRPO step takes {STEP:g} times as long"
    served = [name for name in (train.base_model, candidate.model) if isinstance(describe(name), Server)]
    if served:
        verb = "is" if len(served) == 1 else "are"
        return f"time: unknown, because {' and '.join(served)} {verb} served; it depends on the servers"
    return f"time: unknown, because {train.base_model} or {candidate.model} is not on this machine"


def judge_calls(rows: Sequence[Part], verifier: VerifierParams, stronger: str) -> Counter[str]:
    """Returns the most calls of each judge but the confirming one; none if the oracle judges.

    A judge is called twice per answer and vote, and once per invalid question. `stronger`: verify.model, the judge of
    all parts except explore and train, unless it names no model.
    """
    calls: Counter[str] = Counter()
    if verifier.kind != "vlm":
        return calls
    later = verifier.model if isinstance(describe(stronger), Nothing) else stronger
    for part in rows:
        judge = verifier.model if part.name.startswith(("explore", "train")) else later
        calls[judge] += 2 * verifier.votes * part.calls
    return calls


def describe_judge(rows: Sequence[Part], verifier: VerifierParams, stronger: str) -> str:
    """Returns a line with the calls and tokens of each judge, as `judge_calls` counts them."""
    if verifier.kind == "oracle":
        return "judge: the oracle, without cost"
    if verifier.kind == "reference":
        asked = "" if isinstance(describe(verifier.model), Nothing) else f"; {verifier.model} where texts differ"
        return f"judge: none, answers are compared with the true answers{asked}"
    costs = [
        f"{judge}, {count:,} calls and {count * verifier.max_new_tokens:,} tokens"
        for judge, count in judge_calls(rows, verifier, stronger).items()
    ]
    second = "verifier.confirming_judge: the same for each failure of the first judge"
    return f"judge: {'; '.join(costs)} at most, not included in the time below; {second}"


def write_sample(params: SourceParams, folder: Path) -> list[Path]:
    """Writes a few of the run's images to `folder`, as prepare writes them."""
    files: list[Path] = []
    for image in choose_source(params, 0)[0].images():
        with suppress(UnreadableImage):  # prepare counts these
            image.open().save(folder / f"{len(files)}.png")
            files.append(folder / f"{len(files)}.png")
        if len(files) == SAMPLE:
            break
    if not files:
        raise BlindspotError("no image can be read", "set prepare.source to readable images")
    return files


def seconds_per_call(train: TrainParams, candidate: CandidateParams, files: Sequence[Path]) -> float | None:
    """Returns the seconds to generate and answer one question, in the fastest of three batches.

    None if the weights of the questioner or the candidate are not on this machine.
    """
    if not (Path(train.base_model).is_dir() and Path(candidate.model).is_dir()):
        return None
    import torch

    from blindspot.judges.judging import answer_all
    from blindspot.models.candidate import VLMCandidate
    from blindspot.models.local import GreedyVLM, LocalQuestioner
    from blindspot.records.image import Image

    count = min(candidate.batch_size, train.questions_per_step)
    images = [Image(files[i % len(files)].stem, files[i % len(files)], "train") for i in range(count)]
    prompts = read_prompts(Path(train.prompts), "questioner")
    questioner = LocalQuestioner(Path(train.base_model), count, train.max_new_tokens, train.temperature, prompts)
    answerer = VLMCandidate(
        GreedyVLM(Path(candidate.model), count, candidate.max_new_tokens),
        read_prompts(Path(candidate.prompts), "candidate"),
    )
    torch.set_num_threads(1)  # as in train and harvest
    durations = []
    for _ in range(3):
        start = time.perf_counter()
        answer_all(answerer, images, questioner.ask(images, 0))
        durations.append(time.perf_counter() - start)
    return min(durations) / count


def table(rows: Sequence[Part], seconds: float | None) -> str:
    """Returns the parts and their sum as a text table. `seconds`: per call; None if unknown."""
    lines = [f"{'':20} {'calls':>10} {'question tokens ≤':>18} {'answer tokens ≤':>16} {'minutes':>9}"]
    minutes = [part.calls * part.factor * (seconds or 0) / 60 for part in rows]
    total = Part("total", *(sum(getattr(part, name) for part in rows) for name in COUNTS))
    for part, duration in zip([*rows, total], [*minutes, sum(minutes)], strict=True):
        counts = f"{part.calls:>10,} {part.question_tokens:>18,} {part.answer_tokens:>16,}"
        lines.append(f"{part.name:20} {counts} {'?' if seconds is None else format(duration, '.1f'):>9}")
    return "\n".join(lines)


if __name__ == "__main__":
    run(main, takes_arguments=True)
