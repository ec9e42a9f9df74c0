"""Builds the conversation that a local VLM gets: its system prompt, an image and a prompt."""

from typing import Any

from jinja2 import TemplateError

Turn = dict[str, str]  # with the keys role and content
_SYSTEM, _USER = "system-mark", "user-mark"  # texts that a chat template must show, in this order


def takes_system_turn(processor: Any, chat_template_kwargs: dict[str, Any]) -> bool:
    """Returns whether the chat template of a processor shows a system turn before the user's text."""
    conversation = [
        {"role": role, "content": [{"type": "text", "text": text}]}
        for role, text in (("system", _SYSTEM), ("user", _USER))
    ]
    try:
        text: str = processor.apply_chat_template(
            conversation, add_generation_prompt=True, tokenize=False, **chat_template_kwargs
        )
    except (TemplateError, TypeError, ValueError, LookupError, AttributeError):
        return False  # many templates refuse the role
    return 0 <= text.find(_SYSTEM) < text.find(_USER)


def turns(prompt: str, system: str | None, system_turn: bool) -> list[Turn]:
    """Returns the turns of a conversation. Without a system turn, the system prompt precedes the user's text."""
    if system is None:
        return [{"role": "user", "content": prompt}]
    if not system_turn:
        return [{"role": "user", "content": f"{system}\n\n{prompt}"}]
    return [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
