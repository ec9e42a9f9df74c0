"""Escapes special tokens in prompts and removes them from replies."""

import re
from collections.abc import Sequence
from typing import Any

from blindspot.replies import Marks

#: Attributes of processors that hold the placeholder tokens of images and videos.
_MEDIA = ("image_token", "video_token", "boi_token", "eoi_token", "fake_image_token", "global_image_token")
#: Tokens of the chat templates and image processors of common models: the tokenizer of a served model is unknown.
_COMMON = re.compile(
    r"<[|｜][^<>|｜]{1,40}[|｜]>|</?s>|<</?SYS>>|\[/?(?:INST|IMG|IMG_BREAK|IMG_END|SYSTEM_PROMPT)\]"
    r"|</?(?:image|img|video|audio|bos|eos|pad|think|start_of_turn|end_of_turn|end_of_utterance|start_of_image"
    r"|end_of_image|image_soft_token|image_placeholder|ImageHere|IMG_CONTEXT|fake_token_around_image|__media__)>"
    r"|\[img-\d+\]"
)


def escape_common(text: str) -> str:
    """Returns the text with a space after the first character of every special token of common models."""
    return _COMMON.sub(_spaced, text)


def _spaced(match: re.Match[str]) -> str:
    return f"{match[0][0]} {match[0][1:]}"


class SpecialTokens:
    """The special tokens of a processor: ends of turns, placeholders of images, padding."""

    def __init__(self, processor: Any, marks: Marks) -> None:
        """`marks`: those of a thought. A reply keeps them even if they are special: they delimit the thought."""
        self._tokenizer = processor.tokenizer
        added = {token_id: token for token_id, token in self._tokenizer.added_tokens_decoder.items() if token.special}
        texts = {str(token) for token in added.values()} | {*self._tokenizer.all_special_tokens}
        texts |= {str(getattr(processor, name)) for name in _MEDIA if getattr(processor, name, None)}
        ordered = sorted(filter(None, texts), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None
        kept = {mark for pair in marks for mark in pair}
        ids = {*self._tokenizer.all_special_ids, *added}
        self._removed = {token_id for token_id in ids if self._tokenizer.convert_ids_to_tokens(token_id) not in kept}

    def escape(self, text: str) -> str:
        """Returns the text with a space after the first character of every special token: none is left."""
        if self._pattern is None:
            return text
        return self._pattern.sub(_spaced, text)

    def decode(self, row: Sequence[int]) -> tuple[str, str]:
        """Returns the text of generated tokens: without special tokens, and with all but the padding at the end."""
        text = self._tokenizer.decode([token_id for token_id in row if token_id not in self._removed])
        pad, end = self._tokenizer.pad_token_id, len(row)
        while end and row[end - 1] == pad:
            end -= 1
        return text, self._tokenizer.decode(row[:end])
