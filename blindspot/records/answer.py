"""What a model replies to one prompt."""

from dataclasses import dataclass, field

from blindspot.records.unscored import Unscored


@dataclass(frozen=True)
class Answer:
    """The text of a reply, or in `error` the reason why there is none (then `text` is empty).

    `message`: what explains the error, such as the server's own sentence. `raw`: the reply as it came, before thoughts
    and special tokens were removed: the decoded text of a local model, the choice of a chat completion as JSON.
    """

    text: str
    error: Unscored | None = None
    message: str = field(default="", compare=False)
    raw: str = field(default="", compare=False, repr=False)
