"""Reads a chat completion, as OpenAI-compatible servers send it: nothing in it is trusted to be of its type."""

import json
from typing import Any, NamedTuple

from blindspot.records.answer import Answer
from blindspot.records.unscored import Unscored
from blindspot.replies import Marks, raw_of, read_text, shorten

#: Finish reasons of a reply that is complete. Servers that give none, or an empty one, send complete replies.
COMPLETE = {"", "stop", "eos", "eos_token", "end", "end_turn", "stop_sequence", "complete", "completed", "finished"}
LIMIT = {"length", "max_tokens", "max_output_tokens", "max_new_tokens", "max_completion_tokens"} | {
    "model_length", "max_length", "token_limit"
}  # fmt: skip
FILTERED = {"content_filter", "content_filtered", "safety", "sensitive", "refusal", "recitation", "blocklist"} | {
    "prohibited_content", "spii", "image_safety", "guardrail_intervened", "language"
}  # fmt: skip
#: Of the others, those after which another attempt may bring a whole reply.
PASSING = {
    "error",
    "abort",
    "aborted",
    "cancelled",
    "network_error",
    "insufficient_system_resource",
    "timeout",
    "other",
}
THOUGHT = ("reasoning_content", "reasoning", "thinking")  # keys of a message that hold a thought
_THINKING_PARTS = {"thinking", "reasoning", "redacted_thinking", "thought"}
_OTHER_PARTS = {"reference"}  # of Mistral: sources beside the text


class Reply(NamedTuple):
    """A choice read as an answer. `passing`: there is none, and another attempt may bring one."""

    answer: Answer
    passing: bool = False


class NoText(Exception):
    """A message holds no text that could be an answer."""

    def __init__(self, reason: Unscored, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


def read_choice(choice: Any, marks: Marks) -> Reply:
    """The answer in one choice of a chat completion."""
    try:
        raw = raw_of(json.dumps(choice, ensure_ascii=False, default=str))
    except RecursionError:
        return _without(Unscored.UNREADABLE, "too many levels", "", passing=False)
    finish = choice.get("finish_reason") if isinstance(choice, dict) else None
    ended = _ended(finish)
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        if ended in FILTERED:
            return _without(Unscored.REFUSED, f"finish_reason {finish}", raw, passing=False)
        return _without(Unscored.UNREADABLE, f"no message in it: {raw}", raw, passing=True)
    try:
        text = _text(message.get("content"))
    except NoText as error:
        return _without(error.reason, error.message, raw, passing=False)
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal.strip() and not text.strip():
        return _without(Unscored.REFUSED, refusal, raw, passing=False)
    if ended in FILTERED:
        return _without(Unscored.REFUSED, text or f"finish_reason {finish}", raw, passing=False)
    if ended not in COMPLETE | LIMIT:
        return _without(Unscored.INCOMPLETE, f"finish_reason {finish}: {text}", raw, passing=ended in PASSING)
    if not text.strip() and ended in COMPLETE and (thought := _thought(message)):
        return _without(Unscored.THOUGHT_ONLY, thought, raw, passing=False)
    return Reply(read_text(text, ended in COMPLETE, marks, raw))


def _ended(finish: Any) -> str:
    """The finish reason in lower case, without what some servers add: {"type": …}, FinishReason.…, "…: why"."""
    if isinstance(finish, dict):  # of SGLang
        finish = finish.get("type") or str(finish)
    word = "" if finish is None else str(finish).strip().lower()
    return word.split(":")[0].strip().removeprefix("finishreason.").removeprefix("finish_reason_")


def _without(reason: Unscored, message: str, raw: str, passing: bool) -> Reply:
    return Reply(Answer("", reason, shorten(message), raw), passing)


def _text(content: Any) -> str:
    """The text of a message: as it is, or the text parts of a list joined. Raises NoText for anything else."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise NoText(Unscored.UNREADABLE, f"content is of type {type(content).__name__}")
    return "".join(_part(part) for part in content)


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    kind = str(part.get("type", "text")) if isinstance(part, dict) else None
    if kind in _THINKING_PARTS | _OTHER_PARTS:
        return ""
    if kind == "refusal":
        raise NoText(Unscored.REFUSED, str(part.get("refusal", "")))
    text = part.get("text") if kind in ("text", "output_text") else None
    if not isinstance(text, str):
        raise NoText(Unscored.UNREADABLE, f"a part of content is of type {kind or type(part).__name__}")
    return text


def _thought(message: dict[str, Any]) -> str:
    """What a message holds of a thought outside its text; empty where nothing."""
    found = next((message[key] for key in THOUGHT if message.get(key)), None)
    if found is None and isinstance(message.get("content"), list) and message["content"]:
        return "a thought and no text"
    return found if isinstance(found, str) else json.dumps(found, default=str) if found else ""
