"""What a local VLM gets in one batch, and what it returns for each row."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from PIL.Image import Image as Picture

from blindspot.distributed import BLOCK
from blindspot.models.conversation import Turn
from blindspot.models.pictures import pixels
from blindspot.records.image import Image

MANY = 4  # batches from which a usual length is worth learning
WITHIN = 0.9  # share of the texts that the usual length does not cut off
SAVING = 0.75  # share of the longest length above which a usual length saves too little
#: Errors of a processor that does not accept an input.
REFUSALS = (ValueError, TypeError, RuntimeError, LookupError, ArithmeticError)


class Generation(NamedTuple):
    """A generated text.

    Attributes:
        text: without special tokens, except the marks of a thought.
        ended: whether the model ended the text, rather than the token limit.
        log_prob: the log-probability of the text if it was sampled, else 0.
        raw: the text with all special tokens except padding.
        tokens: the number of tokens, with the one that ends the text.
        refusal: why the processor does not accept the picture; empty if it does. There is no text then.
    """

    text: str
    ended: bool
    log_prob: float = 0.0
    raw: str = ""
    tokens: int = 0
    refusal: str = ""


def with_picture(conversation: Sequence[Turn], picture: Picture) -> list[dict[str, Any]]:
    """Returns the conversation with the picture before the user's text."""
    shown = {"system": [], "user": [{"type": "image", "image": picture}]}
    return [
        {"role": turn["role"], "content": [*shown[turn["role"]], {"type": "text", "text": turn["content"]}]}
        for turn in conversation
    ]


def batches_of(images: Sequence[Image], prompts: Sequence[str], size: int) -> list[list[int]]:
    """Returns the indices of each batch, largest inputs first. The inputs of a batch have similar lengths.

    Inputs are sorted within a block only, so that no other block can change a batch.
    """
    batches = []
    for start in range(0, len(images), BLOCK):
        block = [*range(start, min(start + BLOCK, len(images)))]
        if len(block) > size:
            block.sort(key=lambda index: (pixels(images[index].path), len(prompts[index])), reverse=True)
        batches += [block[first : first + size] for first in range(0, len(block), size)]
    return batches


def usual_length(texts: Iterable[Generation], longest: int) -> int:
    """Returns a length in tokens that WITHIN of the texts do not exceed; `longest` if that saves little.

    A batch is generated until its longest text ends. A few long texts are therefore cheaper in a batch of their own.
    """
    lengths = sorted(one.tokens if one.ended else longest for one in texts)
    usual = lengths[int(WITHIN * len(lengths))] if lengths else longest
    return usual if usual <= SAVING * longest else longest
