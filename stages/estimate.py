"""estimate: calls, tokens, disk and time of a run, told before anything is spent (`make estimate`).

Of a recipe: `python -m flows.discover -R recipe.yaml --estimate`.

Calls and tokens follow from the parameters. Disk and time are measured here in seconds: on a few of the images, and on
the two models where their weights are here.
"""

import argparse
import math
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from blindspot.errors import BlindspotError, UnreadableImage, run
from blindspot.models.description import Nothing, describe
from blindspot.params import PARAMS, CandidateParams, VerifierParams, read
from blindspot.records.repeat import WAYS
from stages.explore import Params as ExploreParams
from stages.harvest import Params as HarvestParams
from stages.prepare import Params as PrepareParams
from stages.prepare import choose_source, count_images
from stages.train import Params as TrainParams
from stages.verify import Params as VerifyParams

SAMPLE = 8  # images that are measured
#: A GRPO step takes as long as this many times its asking and answering: 0.73 s against 0.36 s for 64 questions of
#: the embedded models in one thread. A large model's own ratio may be another.
STEP = 2.0
CHECKPOINTS = 2 * 3 + 1  # copies of the weights: two checkpoints with Adam's moments, and the questioner handed over
COUNTS = ("calls", "question_tokens", "answer_tokens")
ROLLOUT_BYTES = 400  # of a rollout and its verdict, rounded up


@dataclass(frozen=True)
class Part:
    """What one part of a run asks. `calls` are answers of the candidate; the tokens are the most it may write."""

    name: str
    calls: int
    question_tokens: int
    answer_tokens: int
    steps: float = 1.0  # how many times asking and answering it takes


def parts(
    explore: ExploreParams,
    train: TrainParams,
    harvest: HarvestParams,
    verify: VerifyParams,
    candidate: CandidateParams,
    validation: int,
    methods: int,
) -> list[Part]:
    """The calls and tokens of each part, from the parameters alone. `validation` counts that split's images."""
    trained = train.steps * train.images_per_step * train.num_generations
    evaluated = (1 + math.ceil(train.steps / train.checkpoint_every)) * validation
    harvested = harvest.calls * methods
    again = len(WAYS) * verify.repeats * harvested  # were all of them failures
    longest, answer = train.max_new_tokens, candidate.max_new_tokens
    ahead = explore.proposals / explore.together  # proposals for each that is asked
    proposed = math.ceil(explore.calls * ahead) * explore.max_new_tokens
    return [
        Part("explore", explore.calls, proposed, explore.calls * answer, ahead),
        Part("train: GRPO", trained, trained * longest, trained * answer, STEP),
        Part("train: checkpoints", evaluated, evaluated * longest, evaluated * answer),
        Part("harvest", harvested, harvested * harvest.max_new_tokens, harvested * answer),
        Part("verify: repeats", again, 0, again * answer),
    ]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m stages.estimate", description=__doc__)
    parser.add_argument("params", nargs="?", type=Path, default=PARAMS, help=f"in {PARAMS}'s place")
    values = read(parser.parse_args().params)
    prepare, train = PrepareParams(**values["prepare"]), TrainParams(**values["train"])
    harvest, candidate = HarvestParams(**values["harvest"]), CandidateParams(**values["candidate"])
    images, validation = count_images(prepare)
    methods = 3 if prepare.source == "scenes" else 2
    explore, verify = ExploreParams(**values["explore"]), VerifyParams(**values["verify"])
    rows = parts(explore, train, harvest, verify, candidate, validation, methods)
    with tempfile.TemporaryDirectory() as folder:
        files = sample(prepare, Path(folder))
        seconds = time_a_call(train, candidate, files)
        image_bytes = sum(file.stat().st_size for file in files) / len(files)
    weights = sum(file.stat().st_size for file in Path(train.base_model).rglob("*.safetensors"))
    logged = 1 + math.ceil(train.steps / train.checkpoint_every)  # checkpoints, as MLflow keeps them
    disk = images * image_bytes + (CHECKPOINTS + logged) * weights + ROLLOUT_BYTES * harvest.calls * 3
    print(table(rows, seconds))
    print(judging(rows, VerifierParams(**values["verifier"]), verify.model))
    unknown = "" if weights else f" (without the weights: {train.base_model} is not here)"
    print(f"disk: {disk / 1e6:,.0f} MB at most, checkpoints and MLflow's copies included{unknown}")
    if seconds is None:
        print(f"time: not known, as {train.base_model} or {candidate.model} is not here to be timed")
    else:
        took = f"{seconds * 1000:.1f} ms to ask and answer one question"
        print(f"time: from {took}, measured here just now; a step of GRPO takes {STEP:g} times that")


def judging(rows: Sequence[Part], verifier: VerifierParams, stronger: str) -> str:
    """What each judge is asked, as text: a VLM twice about each answer and vote, once about an invalid question.

    `stronger`: verify.model, which judges all but the training where it names a model.
    """
    if verifier.kind == "oracle":
        return "judge: the oracle, which costs nothing"
    others = verifier.model if isinstance(describe(stronger), Nothing) else stronger
    asked: Counter[str] = Counter()
    for part in rows:
        asked[verifier.model if part.name.startswith(("explore", "train")) else others] += (
            2 * verifier.votes * part.calls
        )
    said = [
        f"{model}, {calls:,} calls and {calls * verifier.max_new_tokens:,} tokens" for model, calls in asked.items()
    ]
    most = f"{'; '.join(said)} of its own at most, not in the time below"
    return f"judge: {most}; verifier.confirming_judge: the same for what the first calls a failure"


def sample(prepare: PrepareParams, folder: Path) -> list[Path]:
    """A few of the run's images as they would be written, in `folder`."""
    files: list[Path] = []
    for image in choose_source(prepare, 0)[0].images():
        with suppress(UnreadableImage):  # prepare counts them
            image.open().save(folder / f"{len(files)}.png")
            files.append(folder / f"{len(files)}.png")
        if len(files) == SAMPLE:
            break
    if not files:
        raise BlindspotError("not one image can be read", "set prepare.source to images that can")
    return files


def time_a_call(train: TrainParams, candidate: CandidateParams, files: Sequence[Path]) -> float | None:
    """Seconds to ask and answer one question, in the fastest of three batches; None where a model is not here."""
    if not (Path(train.base_model).is_dir() and Path(candidate.model).is_dir()):
        return None
    import torch

    from blindspot.models.local import GreedyVLM, LocalQuestioner
    from blindspot.records.image import Image

    count = min(candidate.batch_size, train.images_per_step * train.num_generations)
    images = [Image(files[i % len(files)].stem, files[i % len(files)], "train") for i in range(count)]
    questioner = LocalQuestioner(Path(train.base_model), count, train.max_new_tokens, train.temperature)
    answerer = GreedyVLM(Path(candidate.model), count, candidate.max_new_tokens)
    torch.set_num_threads(1)  # as dvc.yaml launches train and harvest
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        answerer.complete(images, questioner.ask(images, 0), None)
        taken.append(time.perf_counter() - start)
    return min(taken) / count


def table(rows: Sequence[Part], seconds: float | None) -> str:
    """The parts as text, with their sum. `seconds`: of a call, None where it is not known."""
    lines = [f"{'':20} {'calls':>10} {'question tokens ≤':>18} {'answer tokens ≤':>16} {'minutes':>9}"]
    minutes = [part.calls * part.steps * (seconds or 0) / 60 for part in rows]
    total = Part("total", *(sum(getattr(part, name) for part in rows) for name in COUNTS))
    for part, taken in zip([*rows, total], [*minutes, sum(minutes)], strict=True):
        counts = f"{part.calls:>10,} {part.question_tokens:>18,} {part.answer_tokens:>16,}"
        lines.append(f"{part.name:20} {counts} {'?' if seconds is None else format(taken, '.1f'):>9}")
    return "\n".join(lines)


if __name__ == "__main__":
    run(main)
