"""What training a large questioner may want: few weights, less memory, a faster sampler."""

from typing import Literal

from pydantic import Field

from blindspot.params import Section


class Lora(Section):
    """Low-rank adapters (peft), merged into the weights when the questioner is handed over."""

    rank: int = Field(0, ge=0, description="of the adapters; 0 trains all weights")
    alpha: int = Field(32, ge=1, description="their scale is alpha ÷ rank")
    dropout: float = Field(0.0, ge=0, lt=1)
    targets: str = Field("all-linear", description="all-linear, or a regular expression of module names")


class Vllm(Section):
    """Generation by vLLM during training, a package of its own."""

    mode: Literal["none", "colocate", "server"] = Field(
        "none",
        description="none: transformers; colocate: vLLM in the same processes; server: trl vllm-serve",
    )
    server: str = Field("http://127.0.0.1:8000", description="where that server is")
    memory: float = Field(0.3, gt=0, lt=1, description="share of each GPU's that vLLM takes, where colocated")
