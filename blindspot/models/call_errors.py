"""Reads why a call to a server failed, and decides whether to retry it or to end all calls."""

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blindspot.models.description import Server
from blindspot.models.waits import requested_wait, wait_in_sentence
from blindspot.records.unscored import Unscored
from blindspot.replies import shorten

if TYPE_CHECKING:
    import httpx

RETRIED = (408, 409, 425, 429)  # all 5xx are retried too
#: HTTP statuses of error codes, for errors that come with HTTP status 200.
NAMED = {
    "invalid_api_key": 401,
    "authentication_error": 401,
    "model_not_found": 404,
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
}
LEVELS = 4  # of the JSON of an error, to which it is read
PAGE = 20_000  # characters of an HTML page that are read
_MESSAGE_KEYS = ("message", "msg", "detail", "error", "error_msg", "error_message", "error_description", "errors")
_SECRET_NAME = re.compile("key|token|secret|sig|password", re.IGNORECASE)
_USER = re.compile(r"(?<=//)[^/@\s]+@")
_BAD_KEY = re.compile(r"(?:invalid|incorrect)[_ ]api[_ ]?key|api[_ ]?key[_ ](?:not[_ ]valid|invalid)")
_QUOTA = re.compile(
    r"insufficient[_ ](?:quota|credits?|funds|balance)|exceeded your (?:current )?quota|out of credits?"
    r"|credit balance is too low|billing[_ ](?:not[_ ]active|hard[_ ]limit)|check your (?:plan and )?billing"
    r"|payment required|quota (?:is )?exhausted|arrearage"
)
_FILTER = re.compile(
    r"content[_ -]?(?:filter|policy|management)|responsible_?ai|safety (?:system|filter)|moderation"
    r"|data_?inspection|inappropriate content"
)
_REFUSED_FIELD = re.compile(
    r"unsupported|not supported|does(?: not|n't) support|unrecogni[sz]ed|unknown|unexpected\b|not permitted"
    r"|not allowed|extra inputs|only the default|deprecated|use '?max_completion_tokens|unavailable"
    r"|must be one of|not one of"
)
_NO_IMAGES = re.compile(
    r"not a (?:multi-?modal|vision)|at most 0 image"
    r"|(?:not|n't) support (?:any )?(?:images?|image inputs?|vision|multi-?modal)\b(?! (?:\w+ )?(?:than|of|with|in))"
    r"|(?:images?|image input|image inputs|image_url|vision)'? (?:is|are) (?:not|only) supported(?! in)"
    r"|(?:unknown|unsupported|invalid) (?:content |part )*(?:type|variant):? ['\"`]?image_url"
    r"|missing data required for image"
)


class Stop(Exception):
    """Ends all calls of a stage. `args`: the problem and its fix."""


@dataclass(eq=False)
class CallFailed(Exception):
    """One attempt of a call failed.

    `transient`: another attempt may succeed. `wait`: the seconds that the server asks the client to wait before it, or
    None. `status`: the status of an HTTP error, or None.
    """

    reason: Unscored
    message: str
    transient: bool
    status: int | None = None
    wait: float | None = None

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}" if self.message else str(self.reason)


def read_refusal(response: "httpx.Response", server: Server) -> CallFailed:
    """Returns the failure for a response with HTTP status 300 or above. Raises Stop if every later call would fail."""
    text, code = _error_text(response)
    status = response.status_code
    message = f"HTTP {status}: {text}" if text else f"HTTP {status}"
    return _failure(status, message, f"{text} {code}".lower(), response, server)


def read_error(error: Any, response: "httpx.Response", server: Server) -> CallFailed:
    """Returns the failure for an `error` that a response with HTTP status 200 holds. Raises Stop as `read_refusal`."""
    text, code = _text_and_code(error)
    match = re.search(r"\b[45]\d\d\b", code)
    default = 400 if _FILTER.search(f"{text} {code}".lower()) else 500
    named = next((status for name, status in NAMED.items() if name in code), default)
    message = shorten(hide_key(" ".join(filter(None, (code, text))), response))
    return _failure(int(match[0]) if match else named, message, f"{text} {code}".lower(), response, server)


def _failure(status: int, message: str, words: str, response: "httpx.Response", server: Server) -> CallFailed:
    """Returns the failure for a status and the `words` of an error, in lower case. Raises Stop as `read_refusal`."""
    wait = requested_wait(response)
    wait = wait_in_sentence(words) if wait is None else wait
    if status == 401 or (status in (400, 403) and _BAD_KEY.search(words)):
        name = server.api_key_env
        key_fix = f"put a valid key into {name}" if name else "set api_key_env in the endpoint file"
        raise Stop(f"{response.url.host} rejects the API key ({message})", key_fix)
    no_quota = _QUOTA.search(words) and (wait is None or "insufficient" in words)  # otherwise a rate limit
    if status == 402 or no_quota:
        raise Stop(f"the account has no credit or quota left ({message})", "add credit or raise the quota")
    if status in (404, 405, 410):
        url = str(response.request.url.copy_with(userinfo=b"", query=None))
        raise Stop(f"{message}, from {url} for model {server.model}", "fix base_url or model in the endpoint file")
    if status in (400, 403, 422, 451) and _FILTER.search(words):
        return CallFailed(Unscored.REFUSED, message, transient=False)
    fix = "name a vision-language model, served with image input" if _NO_IMAGES.search(words) else None
    if status in (400, 422):
        fix = fix or _fix_of_field(words, server)
    if fix:
        raise Stop(f"the server rejects the request ({message})", fix)
    transient = status in RETRIED or status >= 500
    return CallFailed(Unscored.SERVER_ERROR, message, transient, status, wait if transient else None)


def hide_key(text: str, response: "httpx.Response") -> str:
    """Returns the text without the API key, the password and the secret query parameters of the request."""
    request = response.request
    key = request.headers.get("authorization", "").partition(" ")[2]
    query = [value for name, value in request.url.params.multi_items() if _SECRET_NAME.search(name)]
    for secret in (key, request.url.password or "", *query):
        text = text.replace(secret, "…") if secret else text
    return text


def _error_text(response: "httpx.Response") -> tuple[str, str]:
    """Returns the error message of a response, shortened, and its error code."""
    try:
        text, code = _text_and_code(response.json())
    except (ValueError, RecursionError):
        text, code = "", ""
    text = text or _without_html(text_of(response))
    return shorten(_USER.sub("", hide_key(text, response))), code


def text_of(response: "httpx.Response") -> str:
    """Returns the body as text: as JSON (UTF-8, 16 or 32) if possible, otherwise by the charset of the response."""
    body = response.content
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        charset = response.charset_encoding or "utf-8"
    try:
        return str(body, charset, "replace")
    except (LookupError, UnicodeError):
        return str(body, "utf-8", "replace")


def _without_html(text: str) -> str:
    """Returns an HTML page without tags, and any other text unchanged."""
    text = text[:PAGE]
    if not re.search(r"<(?:!doctype|html|head|body|title|h1|center|p)\b", text, re.IGNORECASE):
        return text
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return html.unescape(re.sub(r"<[^<>]*>", " ", text))


def _text_and_code(error: Any, levels: int = LEVELS) -> tuple[str, str]:
    """Returns the message and the code of an error in any of the forms that servers use."""
    if isinstance(error, list) and levels:
        parts = [_text_and_code(part, levels - 1) for part in error[:3]]
        return "; ".join(text for text, _ in parts if text), " ".join(code for _, code in parts)
    if isinstance(error, str):
        return error, ""
    if not isinstance(error, dict) or not levels:
        return "" if error is None or isinstance(error, list | dict) else json.dumps(error), ""
    codes = [str(error[key]) for key in ("code", "type", "param", "status") if isinstance(error.get(key), str | int)]
    keys = [key for key in _MESSAGE_KEYS if error.get(key)]
    nested = [key for key in keys if isinstance(error[key], dict | list)]
    text, code = _text_and_code(error[(nested or keys)[0]], levels - 1) if keys else ("", "")
    if isinstance(error.get("loc"), list):
        text = f"{'.'.join(map(str, error['loc']))}: {text}"
    for key, inner in (("innererror", "code"), ("metadata", "raw")):  # Azure, OpenRouter
        if isinstance(error.get(key), dict) and isinstance(detail := error[key].get(inner), str):
            codes, text = ([*codes, detail], text) if key == "innererror" else (codes, f"{text} ({detail})")
    return text, " ".join(filter(None, (*codes, code)))


def _fix_of_field(words: str, server: Server) -> str | None:
    """Returns the fix if the server rejects a field of the request, and None if it rejects something else."""
    if not _REFUSED_FIELD.search(words):
        return None
    if "max_tokens" in words or "max_completion_tokens" in words:
        if re.search(r"too large|at most|maximum|exceeds?\b|less than", words):
            return "lower max_new_tokens in params.yaml"
        other = "max_tokens" if server.token_limit == "max_completion_tokens" else "max_completion_tokens"
        return f"set token_limit: {other} in the endpoint file"
    if "temperature" in words:
        return "set extra: {temperature: 1} in the endpoint file, or the value that the model supports"
    if any(name in words for name in ("response_format", "json_schema", "guided", "structured output")):
        return "set json_schema: false in the endpoint file"
    if "logprobs" in words:
        return "set log_probs: false in the endpoint file"
    if re.search(r"(?<![-\w])seed(?![-\w])", words) and "seed" not in server.extra:
        return "set extra: {seed: null} in the endpoint file"
    for name in (*server.extra, *server.query):
        if re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", words):
            return f"remove {name} from the endpoint file"
    return None
