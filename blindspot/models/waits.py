"""Reads how long a server asks a client to wait before the next attempt."""

import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

EPOCH, EPOCH_MS = 1e9, 1e11  # at or above these values, a number is a Unix time in s or ms, not a wait
_DURATION = re.compile(
    r"(?:(?P<d>\d+(?:\.\d+)?)d)?(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m(?!s))?"
    r"(?:(?P<s>\d+(?:\.\d+)?)s)?(?:(?P<ms>\d+(?:\.\d+)?)ms)?"
)
_SCALE = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
#: A wait in an error message: "retry in 1.5s", "try again in 20 seconds", "retrydelay 7s".
_WAIT_IN_SENTENCE = re.compile(
    r"(?:(?:retry|try again|wait)(?:ing)?(?: (?:in|after|for))?|retrydelay\W{1,4})"
    r" ?(?P<number>\d+(?:\.\d+)?) ?(?P<unit>ms|s|m)"
)


def requested_wait(response: "httpx.Response") -> float | None:
    """Returns the seconds that a server asks the client to wait, or None.

    Reads retry-after-ms, then Retry-After (seconds or a date), then, with HTTP 429,
    the x-ratelimit-reset-* headers of OpenAI.
    """
    headers = response.headers
    if (wait := _number(headers.get("retry-after-ms", ""))) is not None:
        return wait / 1000
    retry_after = headers.get("retry-after", "").strip()
    if (wait := _seconds(retry_after, response)) is not None:
        return wait
    if retry_after:
        try:
            date = parsedate_to_datetime(retry_after).timestamp()
        except (ValueError, OverflowError):
            return None
        return max(0.0, date - _server_time(response))
    if response.status_code != 429:
        return None
    used_up = [limit for limit in ("requests", "tokens") if _is_used_up(headers, limit)]
    resets = [headers.get(f"x-ratelimit-reset-{limit}", "") for limit in used_up]
    return max((wait for text in resets if (wait := _seconds(text, response)) is not None), default=None)


def _is_used_up(headers: "httpx.Headers", limit: str) -> bool:
    """Returns whether the server reports that nothing of this limit remains, or reports nothing about it."""
    return headers.get(f"x-ratelimit-remaining-{limit}", "0").strip() in ("0", "")


def _server_time(response: "httpx.Response") -> float:
    """Returns the server's time, to which dates in its headers refer, or the local time if it sends none."""
    try:
        return parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return time.time()


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d+(\.\d+)?\s*", text) else None


def _seconds(text: str, response: "httpx.Response") -> float | None:
    """Returns the seconds of a duration such as "6m0s", of a number, or until a Unix time; None for any other text."""
    if (number := _number(text)) is not None:
        if number < EPOCH:
            return number
        return max(0.0, number / (1000 if number >= EPOCH_MS else 1) - _server_time(response))
    match = _DURATION.fullmatch(text.strip())
    parts = {unit: float(value) for unit, value in match.groupdict().items() if value} if match else {}
    return sum(_SCALE[unit] * value for unit, value in parts.items()) if parts else None


def wait_in_sentence(sentence: str) -> float | None:
    """Returns the seconds that an error message in lower case asks the client to wait, or None."""
    match = _WAIT_IN_SENTENCE.search(sentence)
    return float(match["number"]) * _SCALE[match["unit"]] if match else None
