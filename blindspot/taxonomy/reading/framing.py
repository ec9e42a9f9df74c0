"""Finds the part of a question that asks something: without a greeting, thanks, or instructions for the reply."""

import re

_ASKED = r"(?=\ (?:what|which|who|whose|where|when|why|how|if|whether|about)\b)"
#: words before the question
_BEFORE = re.compile(
    rf"""(?:
    (?:hi|hello|hey|ok|okay|so|um|and|sorry|excuse\ me|good\ (?:morning|afternoon|evening)|please|thanks|thank\ you)
    (?:\ (?:there|everyone|again|all|guys))?
    |hint\ .*\ question(?=\ )
    |(?:can|could|would|will)\ (?:you|u|anyone|someone|anybody|somebody)(?:\ (?:please|kindly|help\ me|all))*
        (?:\ (?:tell|let|show|give)\ (?:me|us)(?:\ know)?)?(?=\ (?!see\b|find\b|spot\b|make\b))
    |(?:please\ )?(?:tell|let)\ (?:me|us)(?:\ know)?(?:\ please)?{_ASKED}
    |(?:do\ you\ know|i\ wonder|i'd\ like\ to\ know|i\ (?:want|need)\ to\ know|any\ idea|i\ was\ wondering){_ASKED}
    |(?:if|whether)\ you\ (?:can|could)\ (?:please\ )?tell\ me
    |(?:if|whether)(?=\ (?:there|the|this|that|these|those|it|my)\b)
    |do\ you\ think(?:\ that)?|would\ you\ say(?:\ that)?
    )\ """,
    re.VERBOSE,
)
#: words after the question
_AFTER = re.compile(
    r"""(?:\ (?:
    please|thanks?|thank\ you|(?:so|very)\ much|in\ advance|again
    |i\ can(?:'t|not)\ (?:tell|see)(?:\ it)?|would\ you\ say|do\ you\ think
    |(?:please\ )?(?:answer|reply|respond)\ (?:(?:the|this)\ question\ )?
        (?:with|using|in|by|yes|directly|briefly|only|from|based)\b.*
    |(?:options|choices)\ a\ .*
    ))+$""",
    re.VERBOSE,
)
Part = tuple[str, int]  # a text and the character of the question at which it starts


def core(question: str) -> Part:
    """Returns the part of a normalised question that asks something, and where it starts."""
    start = 0
    while (match := _BEFORE.match(question, start)) and match.end() < len(question):
        start = match.end()
    text = question[start:]
    return _AFTER.sub("", text) or text, start
