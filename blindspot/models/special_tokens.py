"""Special tokens of a tokenizer in texts: none that a text from outside can put into a prompt, none in a reply."""

import re
from collections.abc import Sequence
from typing import Any

from blindspot.replies import Marks

#: Attributes by which processors name tokens that stand for images and videos.
_MEDIA = ("image_token", "video_token", "boi_token", "eoi_token", "fake_image_token", "global_image_token")
#: Tokens that chat templates and image processors of common models use. A server's tokenizer is not known here.
_COMMON = re.compile(
    r"<[|｜][^<>|｜]{1,40}[|｜]>|</?s>|<</?SYS>>|\[/?(?:INST|IMG|IMG_BREAK|IMG_END|SYSTEM_PROMPT)\]"
    r"|</?(?:image|img|video|audio|bos|eos|pad|think|start_of_turn|end_of_turn|end_of_utterance|start_of_image"
    r"|end_of_image|image_soft_token|image_placeholder|ImageHere|IMG_CONTEXT|fake_token_around_image|__media__)>"
    r"|\[img-\d+\]"
)


def escape_common(text: str) -> str:
    """The text with a space after the first character of every special token that common models have."""
    return _COMMON.sub(_spaced, text)


def _spaced(found: re.Match[str]) -> str:
    return f"{found[0][0]} {found[0][1:]}"


class SpecialTokens:
    """The tokens that mean something other than their letters: ends of turns, places of images, padding."""

    def __init__(self, processor: Any, marks: Marks) -> None:
        """`marks`: of a thought. A reply keeps them, special or not, so that the thought can be removed."""
        self._tokenizer = processor.tokenizer
        added = {number: token for number, token in self._tokenizer.added_tokens_decoder.items() if token.special}
        texts = {str(token) for token in added.values()} | {*self._tokenizer.all_special_tokens}
        texts |= {str(getattr(processor, name)) for name in _MEDIA if getattr(processor, name, None)}
        ordered = sorted(filter(None, texts), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        kept = {mark for pair in marks for mark in pair}
        numbers = {*self._tokenizer.all_special_ids, *added}
        self._dropped = {number for number in numbers if self._tokenizer.convert_ids_to_tokens(number) not in kept}

    def escape(self, text: str) -> str:
        """The text with a space after the first character of every special token, so that it is read as letters."""
        if self._pattern is None:
            return text
        return self._pattern.sub(_spaced, text)

    def decode(self, row: Sequence[int]) -> tuple[str, str]:
        """The text of generated tokens, and the same with its special tokens but for padding at the end."""
        text = self._tokenizer.decode([number for number in row if number not in self._dropped])
        pad, end = self._tokenizer.pad_token_id, len(row)
        while end and row[end - 1] == pad:
            end -= 1
        return text, self._tokenizer.decode(row[:end])
