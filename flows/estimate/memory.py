"""Computes the memory that one process needs in each stage, from the sizes of its models."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from blindspot.confirmation import INPUT_TOKENS
from blindspot.params import VerifierParams
from blindspot.training.options import TrainingParams
from flows.estimate.parts import Sections
from flows.estimate.sizes import Size

ADAM = 2  # numbers that AdamW stores for each trained one; these and the gradients are in float32
FLOAT32 = 4
LOGITS = 3  # copies of the logits of a training batch, in float32: logits, probabilities and gradients
GB = 1e9

Memory = dict[str, float]  # bytes by what needs them


class Launch(NamedTuple):
    """The processes of launch.config. `sharded`: whether they share the state of the training (FSDP, ZeRO-3)."""

    processes: int
    sharded: bool


class Need(NamedTuple):
    """What needs memory, in bytes. `of_batch`: only while a batch is computed."""

    name: str
    bytes_: float
    of_batch: bool = False


@dataclass(frozen=True)
class Models:
    """The local models of a run; None for one that is served, planted or not used. `later_judge`: of verify."""

    questioner: Size | None
    base: Size | None
    candidate: Size | None
    judge: Size | None
    later_judge: Size | None
    confirming_judge: Size | None


def of_stages(
    models: Models, given: Sections, verifier: VerifierParams, trained: int, launch: Launch
) -> dict[str, Memory]:
    """Returns the memory of one process in explore, train, harvest and verify, without stages that load no model.

    `trained`: numbers that the training updates. Of the models' batches only the largest counts, because one model
    runs at a time.
    """
    explore, train, harvest, candidate = given.explore, given.train, given.harvest, given.candidate
    answers = _used("candidate", models.candidate, candidate.batch_size, candidate.max_new_tokens)
    second = _used("confirming judge", models.confirming_judge, verifier.batch_size, verifier.max_new_tokens)
    judges, later_judges = (
        [*_used("judge", one, verifier.batch_size, verifier.max_new_tokens), *second]
        for one in (models.judge, models.later_judge)
    )
    asks = _used("questioner", models.questioner, explore.batch_size, explore.max_new_tokens)
    updates = bool(models.questioner and train.steps)
    handed_over = in_float32(models.questioner) if updates else models.questioner
    harvests = _used("questioner", handed_over, harvest.batch_size, harvest.max_new_tokens)
    base = _used("base", models.base, harvest.batch_size, harvest.max_new_tokens)
    found = {
        "explore": _sum([*asks, *answers, *judges] if explore.calls else []),
        "train": _sum([*_training(models.questioner, trained, train, launch), *answers, *judges] if updates else []),
        "harvest": _sum([*harvests, *base, *answers]),
        "verify": _sum([*later_judges, *(answers if given.verify.repeats else [])]),
    }
    return {stage: memory for stage, memory in found.items() if memory}


def in_float32(size: Size | None) -> Size | None:
    """Returns the size of the trained questioner, which is stored in float32."""
    return size and replace(size, dtype_bytes=FLOAT32, weight_bytes=size.parameters * FLOAT32)


def _sum(needs: Sequence[Need]) -> Memory:
    """Returns the memory that stays, and the largest of that which is needed for a batch."""
    batches = [need for need in needs if need.of_batch]
    largest = max(batches, key=lambda need: need.bytes_, default=None)
    return {need.name: need.bytes_ for need in needs if need is largest or not need.of_batch}


def _used(name: str, size: Size | None, batch: int, longest: int) -> list[Need]:
    """Returns the memory of a model that generates: its weights, and the keys and values of a batch."""
    if size is None:
        return []
    return [Need(name, size.weight_bytes), Need(f"cache of the {name}", _cache(size, batch, longest), True)]


def _cache(size: Size, batch: int, longest: int) -> float:
    return float(batch * _tokens(size, longest) * size.kv * size.dtype_bytes)


def _tokens(size: Size, longest: int) -> int:
    """Returns the tokens of a prompt with its image, and of the longest reply."""
    return min(INPUT_TOKENS + longest, size.context)


def _training(size: Size | None, trained: int, train: TrainingParams, launch: Launch) -> list[Need]:
    """Returns the memory of the questioner in training.

    All questions of a process are generated at once. The evaluation of a checkpoint loads the questioner a second
    time, while the trainer is in memory.
    """
    if size is None:
        return []
    share, full = launch.processes if launch.sharded else 1, train.lora.rank == 0
    weights = size.parameters * FLOAT32 if full else size.weight_bytes
    generated = train.questions_per_step // launch.processes
    batch, compute = min(train.batch_size, generated), 2 if train.bf16 else FLOAT32
    block = 4 * size.hidden + 3 * size.intermediate  # numbers of one layer that the backward pass needs, by token
    stored = size.layers * size.hidden + block if train.gradient_checkpointing else size.layers * block
    logits = LOGITS * batch * train.max_new_tokens * size.vocabulary * FLOAT32
    state = trained * FLOAT32 * (1 + ADAM) + (0 if full else trained * FLOAT32)
    return [
        Need("questioner", weights / share),
        Need("gradients and Adam" if full else "adapters, gradients and Adam", state / share),
        Need("bfloat16 copy", size.parameters * 2 / share if full and train.bf16 else 0.0),
        Need("KL reference", weights / share if full and train.beta else 0.0),
        Need("evaluated checkpoint", size.weight_bytes),
        Need("cache of the questions", _cache(size, generated, train.max_new_tokens), True),
        Need("activations", float(batch * _tokens(size, train.max_new_tokens) * stored * compute + logits), True),
    ]


def memory_text(stages: Mapping[str, Memory] | str) -> str:
    """Returns the memory of each stage and its parts in GB, without parts below 0.05 GB.

    `stages`: as `of_stages` returns them, or why they are unknown.
    """
    if isinstance(stages, str):
        return f"memory: unknown, because {stages}"
    lines = []
    for stage, memory in stages.items():
        shown = [f"{name} {value / GB:.1f}" for name, value in memory.items() if value >= 0.05 * GB]
        parts = f" ({', '.join(shown)})" if len(shown) > 1 else ""
        lines.append(f"{stage} {sum(memory.values()) / GB:.1f} GB{parts}")
    return f"memory of each process, at most about: {'; '.join(lines) or 'none, no model is loaded'}"
