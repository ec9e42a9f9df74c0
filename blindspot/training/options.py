"""The parameters of a training."""

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from blindspot.distributed import process_state
from blindspot.errors import BlindspotError, naming
from blindspot.params import GenerationParams, Section
from blindspot.protocols import RewardComponent
from blindspot.rewards.components import BUILT_IN, all_components

_FIELDS: dict[str, Any] = {one.name: (float, Field(one.weight, ge=0, description=one.about)) for one in BUILT_IN}
Weights = create_model("Weights", __base__=Section, __doc__="Weights of the reward's components.", **_FIELDS)


class Lora(Section):
    """Low-rank adapters (peft), merged into the weights after training."""

    rank: int = Field(
        16, ge=0, description="Rank of the adapters; 0 trains all weights, with a lower train.learning_rate"
    )
    alpha: int = Field(32, ge=1, description="The adapters are scaled by alpha ÷ rank")
    dropout: float = Field(0.0, ge=0, lt=1, description="Dropout probability of the adapters")
    targets: str = Field("all-linear", description="Modules to adapt: all-linear, or a regular expression of names")


class Vllm(Section):
    """Generation of the questions by vLLM, which is installed separately (untested)."""

    mode: Literal["none", "colocate", "server"] = Field(
        "none",
        description="none: transformers generates. colocate: vLLM in the training processes. server: a running "
        "`trl vllm-serve`",
    )
    server: str = Field("http://127.0.0.1:8000", description="For mode server: its URL")
    memory: float = Field(0.3, gt=0, lt=1, description="For mode colocate: share of each GPU's memory that vLLM uses")


class TrainingParams(GenerationParams):
    """How the questioner is trained. Numbers per step count over all processes."""

    steps: int = Field(
        200, ge=0, description="Updates of the weights; 0: no training, harvest uses train.base_model as it is"
    )
    images_per_step: int = Field(8, ge=1, description="Images per step")
    num_generations: int = Field(
        8, ge=2, description="Questions per image and step; GRPO compares these with one another"
    )
    learning_rate: float = Field(
        1e-5,
        gt=0,
        description="Learning rate of AdamW; for a large questioner, 1e-5 with lora or 1e-6 without",
    )
    beta: float = Field(
        0.04, ge=0, description="Weight of the KL divergence from the base model; higher values keep it closer"
    )
    checkpoint_every: int = Field(
        50, ge=1, description="Steps between checkpoints; each is evaluated on the validation images"
    )
    weights: Weights = Field(Weights.model_validate({}))  # type: ignore[valid-type]  # of the list BUILT_IN
    rewards: dict[str, Annotated[float, Field(ge=0)]] = Field(
        {},
        description="Further components of the reward with their weights: dotted paths to classes, such as "
        "{extensions.short.Short: 0.5} (CONTRIBUTING.md)",
    )
    batch_size: int = Field(
        8,
        ge=1,
        description="Questions per process in one pass of the model, in generation, training and evaluation. Lower it "
        "if memory runs out",
    )
    bf16: bool = Field(
        True, description="Compute in bfloat16. The dtype of the weights stays as it is. Set true on a GPU"
    )
    gradient_checkpointing: bool = Field(
        True, description="Recompute activations instead of storing them: less memory, slower"
    )
    freeze_vision: bool = Field(True, description="Do not train the image encoder: less memory")
    prompts: str = Field(
        "configs/prompts/instruct.yaml",
        description="File with the prompts of the questioner, also in explore and harvest (docs/prompts.md)",
    )
    lora: Lora = Field(Lora.model_validate({}))
    vllm: Vllm = Field(Vllm.model_validate({}))

    @property
    def questions_per_step(self) -> int:
        """The number of questions in one step, over all processes."""
        return self.images_per_step * self.num_generations

    def components(self) -> list[RewardComponent]:
        """Returns the components of the reward. Raises BlindspotError for an extension that cannot be used."""
        with naming("train.rewards"):
            return all_components(self.rewards)

    def reward_weights(self) -> list[float]:
        """Returns the weights of `components`, in the same order."""
        return [*(getattr(self.weights, one.name) for one in BUILT_IN), *self.rewards.values()]

    def batches_of_process(self) -> tuple[int, int]:
        """Returns how many questions one process passes through the model at once, and how many such batches per step.

        Raises BlindspotError if the questions of a step cannot be split evenly.
        """
        processes = process_state().num_processes
        share, rest = divmod(self.questions_per_step, processes)
        size = min(self.batch_size, share)
        if rest or share % size:
            raise BlindspotError(
                f"{self.questions_per_step} questions per step (train.images_per_step × train.num_generations) cannot "
                f"be split among {processes} process(es) in batches of {size}",
                "change one of them, or train.batch_size",
            )
        return size, share // size
