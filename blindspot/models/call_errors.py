"""Why a call of a served model failed: what the server says, whether to try again, whether to ask it anything more."""

import json
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from blindspot.models.description import Server
from blindspot.records.unscored import Unscored
from blindspot.replies import shorten

if TYPE_CHECKING:
    import httpx

RETRIED = (408, 409, 425, 429)  # of the 4xx; all 5xx besides
_QUOTA = re.compile(
    r"insufficient[_ ](?:quota|credits?|funds|balance)|exceeded your (?:current )?quota|out of credits?"
    r"|credit balance is too low|billing|payment required|quota (?:is )?exhausted"
)
_FILTER = re.compile(r"content[_ ]?(?:filter|policy|management)|responsible_?ai|safety (?:system|filter)|moderation")
_REFUSED_FIELD = re.compile(
    r"unsupported|not supported|does(?: not|n't) support|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed"
    r"|extra inputs|only the default|deprecated|use '?max_completion_tokens"
)
_DURATION = re.compile(
    r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m(?!s))?(?:(?P<s>\d+(?:\.\d+)?)s)?(?:(?P<ms>\d+)ms)?"
)


class Stop(Exception):
    """No further call is made. `args`: what is wrong, and how to fix it."""


@dataclass(eq=False)
class CallFailed(Exception):
    """One attempt at a call failed.

    `passing`: another attempt may succeed. `wait`: seconds that the server asks to wait before it, None where it does
    not say. `status`: of an HTTP error, else None.
    """

    reason: Unscored
    message: str
    passing: bool
    status: int | None = None
    wait: float | None = None

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}" if self.message else str(self.reason)


def read_refusal(response: "httpx.Response", server: Server) -> CallFailed:
    """The failure that an HTTP status of 300 or more means. Raises Stop where no later call can go better."""
    status, (sentence, code) = response.status_code, _sentence(response)
    message = f"HTTP {status}: {sentence}" if sentence else f"HTTP {status}"
    words = f"{sentence} {code}".lower()
    if status == 401:
        name = server.api_key_env
        how = f"put a valid key into {name}" if name else "name the variable that holds its key: api_key_env"
        raise Stop(f"{response.url.host} refuses the key ({message})", how)
    if status == 402 or _QUOTA.search(words):
        raise Stop(f"the account has no credit or quota left ({message})", "add credit or raise the quota")
    if status in (404, 405, 410):
        url = str(response.request.url.copy_with(userinfo=b""))
        raise Stop(f"{message}, asked at {url} for model {server.model}", "fix base_url or model in the endpoint file")
    if status in (400, 403, 422) and _FILTER.search(words):
        return CallFailed(Unscored.REFUSED, message, passing=False)
    if status in (400, 422) and (fix := _refused_field(words, server)):
        raise Stop(f"the server does not take the request ({message})", fix)
    passing = status in RETRIED or status >= 500
    return CallFailed(Unscored.SERVER_ERROR, message, passing, status, asked_wait(response) if passing else None)


def read_error(error: Any) -> CallFailed:
    """The failure that an `error` in the place of a reply means, sent with HTTP status 200."""
    sentence, code = _of_error(error)
    number = int(code) if code.isdecimal() else 500
    if _FILTER.search(f"{sentence} {code}".lower()):
        return CallFailed(Unscored.REFUSED, shorten(sentence), passing=False)
    message = shorten(" ".join(filter(None, (code, sentence))))
    return CallFailed(Unscored.SERVER_ERROR, message, number in RETRIED or number >= 500, number)


def asked_wait(response: "httpx.Response") -> float | None:
    """Seconds that a server asks to wait: retry-after-ms, Retry-After in seconds or as a date, OpenAI's resets."""
    headers = response.headers
    if (wait := _number(headers.get("retry-after-ms", ""))) is not None:
        return wait / 1000
    asked = headers.get("retry-after", "").strip()
    if (wait := _number(asked)) is not None:
        return wait
    if asked:
        try:
            then = parsedate_to_datetime(asked).timestamp()
        except (ValueError, OverflowError):
            return None
        return max(0.0, then - _server_time(response))
    if response.status_code != 429:
        return None
    resets = [headers.get(f"x-ratelimit-reset-{what}") for what in ("requests", "tokens") if _is_spent(headers, what)]
    return max((_seconds(text) for text in resets if text), default=None)


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


def _seconds(text: str) -> float:
    """The seconds of "1.5s", "6m0s", "20ms" or a plain number; 0 for anything else."""
    if (plain := _number(text)) is not None:
        return plain
    found = _DURATION.fullmatch(text.strip())
    parts = {unit: float(value or 0) for unit, value in found.groupdict().items()} if found else {}
    scale = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    return sum(scale[unit] * value for unit, value in parts.items())


def _sentence(response: "httpx.Response") -> tuple[str, str]:
    """The server's own sentence, and its error code."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        body = re.sub(r"<[^>]*>", " ", response.text)
    found = body.get("error", body) if isinstance(body, dict) else body
    sentence, code = _of_error(found)
    if response.has_redirect_location:
        sentence = f"redirects to {response.headers['location']} {sentence}"
    key = response.request.headers.get("authorization", "").partition(" ")[2]
    return shorten(sentence.replace(key, "…") if key else sentence), code


def _of_error(error: Any) -> tuple[str, str]:
    """The sentence and the code of an error in any of the forms that servers give it."""
    if isinstance(error, list):
        error = error[0] if error else ""
    if isinstance(error, str):
        return error, ""
    if not isinstance(error, dict):
        return "" if error is None else json.dumps(error), ""
    sentence = next((error[key] for key in ("message", "msg", "detail", "error") if error.get(key)), "")
    if isinstance(sentence, list | dict):
        sentence = _of_error(sentence)[0]
    code = " ".join(str(error[key]) for key in ("code", "type", "param") if isinstance(error.get(key), str | int))
    inner = error.get("innererror")
    return str(sentence), f"{code} {inner['code']}" if isinstance(inner, dict) and "code" in inner else code


def _refused_field(words: str, server: Server) -> str | None:
    """The key that fixes a refusal of one field of the request; None where it is about something else."""
    if not _REFUSED_FIELD.search(words):
        return None
    if "max_tokens" in words or "max_completion_tokens" in words:
        other = "max_tokens" if server.token_limit == "max_completion_tokens" else "max_completion_tokens"
        return f"set token_limit: {other} in the endpoint file"
    if "temperature" in words:
        return "set extra: {temperature: 1} in the endpoint file, or the value that the model supports"
    if any(name in words for name in ("response_format", "json_schema", "guided", "structured output")):
        return "set json_schema: false in the endpoint file"
    for name in (*server.extra, *server.query):
        if name.lower() in words:
            return f"remove {name} from the endpoint file"
    if "image" in words or "vision" in words or "multimodal" in words:
        return "name a vision-language model, served with image input"
    return None
