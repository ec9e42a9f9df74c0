"""A model's answer to one prompt, and how answers are sampled."""

from dataclasses import dataclass, field

from blindspot.records.unscored import Unscored


@dataclass(frozen=True)
class Answer:
    """The text of an answer, or the reason why there is none.

    `error`: the reason; `text` is then empty. `message`: details of the error, such as the server's error message.
    `raw`: the model's unprocessed output, with thoughts and special tokens: the decoded text of a local model, or the
    choice of a chat completion as JSON. `log_prob`: the log-probability of the reply, if a server sends it, else 0.
    """

    text: str
    error: Unscored | None = None
    message: str = field(default="", compare=False)
    raw: str = field(default="", compare=False, repr=False)
    log_prob: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Sampling:
    """Samples at a temperature above 0 with a seed.

    The same seed gives the same answers from a local model, and from a server that honours the seed.
    """

    temperature: float
    seed: int
