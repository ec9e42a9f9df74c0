"""Builds the conversation that a local VLM gets: its system prompt, an image and a prompt."""

from typing import Any

from jinja2 import TemplateError

from blindspot.errors import BlindspotError

Turn = dict[str, str]  # with the keys role and content
_SYSTEM, _USER = "system-mark", "user-mark"  # texts that a chat template must show, in this order


_IMAGE = {"type": "image"}
_ERRORS = (TemplateError, TypeError, ValueError, LookupError, AttributeError, ImportError, RecursionError)


def refuse_broken_template(processor: Any, model: str, chat_template_kwargs: dict[str, Any]) -> None:
    """Raises BlindspotError if a processor has no chat template, or one that fails or shows no image."""
    if not getattr(processor, "chat_template", None):
        raise BlindspotError(
            f"neither the processor nor the tokenizer of {model} has a chat template",
            "name an instruction-tuned model, or set processor.chat_template and save it again",
        )
    text = {"type": "text", "text": _USER}
    try:
        with_image, without = (
            processor.apply_chat_template(
                [{"role": "user", "content": content}],
                add_generation_prompt=True,
                tokenize=False,
                **chat_template_kwargs,
            )
            for content in ([_IMAGE, text], [text])
        )
    except _ERRORS as error:
        reason = " ".join(str(error).split())[:200]
        raise BlindspotError(
            f"the chat template of {model} fails ({reason})", "save the model with another chat template"
        ) from None
    if _USER not in with_image or with_image == without or "{'type'" in with_image:
        raise BlindspotError(
            f"the chat template of {model} does not show an image and a text, so it is not that of a vision-language "
            "model",
            "save the model with another chat template",
        )


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
    except _ERRORS:
        return False  # many templates refuse the role
    return 0 <= text.find(_SYSTEM) < text.find(_USER)


def turns(prompt: str, system: str | None, system_turn: bool) -> list[Turn]:
    """Returns the turns of a conversation. Without a system turn, the system prompt precedes the user's text."""
    if system is None:
        return [{"role": "user", "content": prompt}]
    if not system_turn:
        return [{"role": "user", "content": f"{system}\n\n{prompt}"}]
    return [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
