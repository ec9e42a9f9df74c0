"""Reads one choice of a chat completion from an OpenAI-compatible server. Any field may have any type."""

import json
import math
from dataclasses import replace
from typing import Any, NamedTuple

from blindspot.records.answer import Answer
from blindspot.records.unscored import Unscored
from blindspot.replies import Marks, raw_of, read_text, shorten

#: Finish reasons of a complete reply. A reply with no finish reason, or an empty one, is complete.
COMPLETE = {"", "stop", "eos", "eos_token", "end", "end_turn", "stop_sequence", "complete", "completed", "finished"}
LIMIT = {"length", "max_tokens", "max_output_tokens", "max_new_tokens", "max_completion_tokens"} | {
    "model_length", "max_length", "token_limit"
}  # fmt: skip
FILTERED = {"content_filter", "content_filtered", "safety", "sensitive", "refusal", "recitation", "blocklist"} | {
    "prohibited_content", "spii", "image_safety", "guardrail_intervened", "language"
}  # fmt: skip
#: Finish reasons after which another attempt may succeed.
TRANSIENT = {
    "error",
    "abort",
    "aborted",
    "cancelled",
    "network_error",
    "insufficient_system_resource",
    "timeout",
    "other",
}
THOUGHT_KEYS = ("reasoning_content", "reasoning", "thinking")  # of a message
_THINKING_PARTS = {"thinking", "reasoning", "redacted_thinking", "thought"}
_OTHER_PARTS = {"reference"}  # Mistral: sources that accompany the text


class Reply(NamedTuple):
    """The answer in a choice. `transient`: the answer has an error, and another attempt may succeed."""

    answer: Answer
    transient: bool = False


class NoText(Exception):
    """The content of a message is not text. `reason` and `message`: those of the answer."""

    def __init__(self, reason: Unscored, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


def read_choice(choice: Any, marks: Marks) -> Reply:
    """Returns the answer in one choice of a chat completion, or an answer with an error."""
    try:
        raw = raw_of(json.dumps(choice, ensure_ascii=False, default=str))
    except RecursionError:
        return _error(Unscored.UNREADABLE, "the JSON has too many levels", "", transient=False)
    finish = choice.get("finish_reason") if isinstance(choice, dict) else None
    reason = _finish_reason(finish)
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        if reason in FILTERED:
            return _error(Unscored.REFUSED, f"finish_reason {finish}", raw, transient=False)
        return _error(Unscored.UNREADABLE, f"the choice has no message: {raw}", raw, transient=True)
    try:
        text = _text(message.get("content"))
    except NoText as error:
        return _error(error.reason, error.message, raw, transient=False)
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal.strip() and not text.strip():
        return _error(Unscored.REFUSED, refusal, raw, transient=False)
    if reason in FILTERED:
        return _error(Unscored.REFUSED, text or f"finish_reason {finish}", raw, transient=False)
    if reason not in COMPLETE | LIMIT:
        return _error(Unscored.INCOMPLETE, f"finish_reason {finish}: {text}", raw, transient=reason in TRANSIENT)
    if not text.strip() and reason in COMPLETE and (thought := _thought(message)):
        return _error(Unscored.THOUGHT_ONLY, thought, raw, transient=False)
    return Reply(replace(read_text(text, reason in COMPLETE, marks, raw), log_prob=_log_prob(choice)))


def _log_prob(choice: dict[str, Any]) -> float:
    """Returns the log-probability of a reply, the sum over its tokens, or 0 if the server does not send it."""
    try:
        total = math.fsum(float(token["logprob"]) for token in choice["logprobs"]["content"])
    except (TypeError, LookupError, ValueError, OverflowError):
        return 0.0
    return total if math.isfinite(total) else 0.0


def _finish_reason(finish: Any) -> str:
    """Returns the finish reason in lower case, without the additions of some servers.

    They send {"type": "stop"}, "FinishReason.STOP" or "stop: explanation".
    """
    if isinstance(finish, dict):  # SGLang
        finish = finish.get("type") or str(finish)
    word = "" if finish is None else str(finish).strip().lower()
    return word.split(":")[0].strip().removeprefix("finishreason.").removeprefix("finish_reason_")


def _error(reason: Unscored, message: str, raw: str, transient: bool) -> Reply:
    return Reply(Answer("", reason, shorten(message), raw), transient)


def _text(content: Any) -> str:
    """Returns the content if it is a text, or its text parts joined. Raises NoText for any other content."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise NoText(Unscored.UNREADABLE, f"the content has type {type(content).__name__}")
    return "".join(_part_text(part) for part in content)


def _part_text(part: Any) -> str:
    if isinstance(part, str):
        return part
    kind = str(part.get("type", "text")) if isinstance(part, dict) else None
    if kind in _THINKING_PARTS | _OTHER_PARTS:
        return ""
    if kind == "refusal":
        raise NoText(Unscored.REFUSED, str(part.get("refusal", "")))
    text = part.get("text") if kind in ("text", "output_text") else None
    if not isinstance(text, str):
        raise NoText(Unscored.UNREADABLE, f"a part of the content has type {kind or type(part).__name__}")
    return text


def _thought(message: dict[str, Any]) -> str:
    """Returns the thought that a message holds outside its text, or an empty text."""
    thought = next((message[key] for key in THOUGHT_KEYS if message.get(key)), None)
    if thought is None and isinstance(message.get("content"), list) and message["content"]:
        return "a thought and no text"
    return thought if isinstance(thought, str) else json.dumps(thought, default=str) if thought else ""
