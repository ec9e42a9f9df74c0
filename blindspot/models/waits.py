"""How long a server asks to wait before the next attempt."""

import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

EPOCH, EPOCH_MS = 1e9, 1e11  # from which on a wait is a time since 1970, in s or ms
_DURATION = re.compile(
    r"(?:(?P<d>\d+(?:\.\d+)?)d)?(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m(?!s))?"
    r"(?:(?P<s>\d+(?:\.\d+)?)s)?(?:(?P<ms>\d+(?:\.\d+)?)ms)?"
)
_SCALE = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
#: A wait in a server's own sentence: "retry in 1.5s", "try again in 20 seconds", "retrydelay 7s".
_IN_WORDS = re.compile(
    r"(?:(?:retry|try again|wait)(?:ing)?(?: (?:in|after|for))?|retrydelay\W{1,4})"
    r" ?(?P<number>\d+(?:\.\d+)?) ?(?P<unit>ms|s|m)"
)


def asked_wait(response: "httpx.Response") -> float | None:
    """Seconds that a server asks to wait: retry-after-ms, Retry-After in seconds or as a date, OpenAI's resets."""
    headers = response.headers
    if (wait := _number(headers.get("retry-after-ms", ""))) is not None:
        return wait / 1000
    asked = headers.get("retry-after", "").strip()
    if (wait := _seconds(asked, response)) is not None:
        return wait
    if asked:
        try:
            then = parsedate_to_datetime(asked).timestamp()
        except (ValueError, OverflowError):
            return None
        return max(0.0, then - _server_time(response))
    if response.status_code != 429:
        return None
    spent = [what for what in ("requests", "tokens") if _is_spent(headers, what)]
    resets = [headers.get(f"x-ratelimit-reset-{what}", "") for what in spent]
    return max((wait for text in resets if (wait := _seconds(text, response)) is not None), default=None)


def _is_spent(headers: "httpx.Headers", what: str) -> bool:
    """Whether nothing of this limit is left, as far as the server says."""
    return headers.get(f"x-ratelimit-remaining-{what}", "0").strip() in ("0", "")


def _server_time(response: "httpx.Response") -> float:
    """The server's clock, which a date in its headers is told by; ours where it sends none."""
    try:
        return parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return time.time()


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*\d+(\.\d+)?\s*", text) else None


def _seconds(text: str, response: "httpx.Response") -> float | None:
    """The seconds of "1.5s", "6m0s", "20ms", a plain number or a time since 1970; None for anything else."""
    if (plain := _number(text)) is not None:
        if plain < EPOCH:
            return plain
        return max(0.0, plain / (1000 if plain >= EPOCH_MS else 1) - _server_time(response))
    found = _DURATION.fullmatch(text.strip())
    parts = {unit: float(value) for unit, value in found.groupdict().items() if value} if found else {}
    return sum(_SCALE[unit] * value for unit, value in parts.items()) if parts else None


def wait_in(words: str) -> float | None:
    """Seconds that a sentence in lower case asks to wait; None where it does not say."""
    found = _IN_WORDS.search(words)
    return float(found["number"]) * _SCALE[found["unit"]] if found else None
