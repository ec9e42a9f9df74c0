"""Why a call of a served model failed: what the server says, whether to try again, whether to ask it anything more."""

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blindspot.models.description import Server
from blindspot.models.waits import asked_wait, wait_in
from blindspot.records.unscored import Unscored
from blindspot.replies import shorten

if TYPE_CHECKING:
    import httpx

RETRIED = (408, 409, 425, 429)  # of the 4xx; all 5xx besides
#: HTTP statuses that codes in words stand for, where an error comes with HTTP status 200.
NAMED = {
    "invalid_api_key": 401,
    "authentication_error": 401,
    "model_not_found": 404,
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
}
LEVELS = 4  # of an error's JSON that are read
PAGE = 20_000  # characters of an HTML page that are read
_SENTENCES = ("message", "msg", "detail", "error", "error_msg", "error_message", "error_description", "errors")
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
    sentence, code = _sentence(response)
    status = response.status_code
    message = f"HTTP {status}: {sentence}" if sentence else f"HTTP {status}"
    return _failure(status, message, f"{sentence} {code}".lower(), response, server)


def read_error(error: Any, response: "httpx.Response", server: Server) -> CallFailed:
    """The failure that an `error` in the place of a reply means, sent with HTTP status 200. Raises Stop likewise."""
    sentence, code = _of_error(error)
    found = re.search(r"\b[45]\d\d\b", code)
    filtered = 400 if _FILTER.search(f"{sentence} {code}".lower()) else 500
    named = next((status for name, status in NAMED.items() if name in code), filtered)
    message = shorten(hide_key(" ".join(filter(None, (code, sentence))), response))
    return _failure(int(found[0]) if found else named, message, f"{sentence} {code}".lower(), response, server)


def _failure(status: int, message: str, words: str, response: "httpx.Response", server: Server) -> CallFailed:
    """What a status and a server's words mean. Raises Stop where no later call can go better."""
    wait = asked_wait(response)
    wait = wait_in(words) if wait is None else wait
    if status == 401 or (status in (400, 403) and _BAD_KEY.search(words)):
        name = server.api_key_env
        how = f"put a valid key into {name}" if name else "name the variable that holds its key: api_key_env"
        raise Stop(f"{response.url.host} refuses the key ({message})", how)
    spent = _QUOTA.search(words) and (wait is None or "insufficient" in words)  # else a limit per minute
    if status == 402 or spent:
        raise Stop(f"the account has no credit or quota left ({message})", "add credit or raise the quota")
    if status in (404, 405, 410):
        url = str(response.request.url.copy_with(userinfo=b"", query=None))
        raise Stop(f"{message}, asked at {url} for model {server.model}", "fix base_url or model in the endpoint file")
    if status in (400, 403, 422, 451) and _FILTER.search(words):
        return CallFailed(Unscored.REFUSED, message, passing=False)
    fix = "name a vision-language model, served with image input" if _NO_IMAGES.search(words) else None
    if status in (400, 422):
        fix = fix or _refused_field(words, server)
    if fix:
        raise Stop(f"the server does not take the request ({message})", fix)
    passing = status in RETRIED or status >= 500
    return CallFailed(Unscored.SERVER_ERROR, message, passing, status, wait if passing else None)


def hide_key(text: str, response: "httpx.Response") -> str:
    """The text without the key, the password and the secret query parameters that the request was sent with."""
    request = response.request
    key = request.headers.get("authorization", "").partition(" ")[2]
    query = [value for name, value in request.url.params.multi_items() if _SECRET_NAME.search(name)]
    for secret in (key, request.url.password or "", *query):
        text = text.replace(secret, "…") if secret else text
    return text


def _sentence(response: "httpx.Response") -> tuple[str, str]:
    """The server's own sentence, and its error code."""
    try:
        sentence, code = _of_error(response.json())
    except (ValueError, RecursionError):
        sentence, code = "", ""
    sentence = sentence or _plain(text_of(response))
    return shorten(_USER.sub("", hide_key(sentence, response))), code


def text_of(response: "httpx.Response") -> str:
    """The body as text: JSON is UTF-8 whatever charset the server names, which counts where it is not."""
    body = response.content
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        charset = response.charset_encoding or "utf-8"
    try:
        return str(body, charset, "replace")
    except (LookupError, UnicodeError):
        return str(body, "utf-8", "replace")


def _plain(text: str) -> str:
    """The words of an HTML page; any other text as it is."""
    text = text[:PAGE]
    if not re.search(r"<(?:!doctype|html|head|body|title|h1|center|p)\b", text, re.IGNORECASE):
        return text
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return html.unescape(re.sub(r"<[^<>]*>", " ", text))


def _of_error(error: Any, levels: int = LEVELS) -> tuple[str, str]:
    """The sentence and the code of an error in any of the forms that servers give it."""
    if isinstance(error, list) and levels:
        found = [_of_error(one, levels - 1) for one in error[:3]]
        return "; ".join(sentence for sentence, _ in found if sentence), " ".join(code for _, code in found)
    if isinstance(error, str):
        return error, ""
    if not isinstance(error, dict) or not levels:
        return "" if error is None or isinstance(error, list | dict) else json.dumps(error), ""
    codes = [str(error[key]) for key in ("code", "type", "param", "status") if isinstance(error.get(key), str | int)]
    nested = [key for key in _SENTENCES if error.get(key) and isinstance(error[key], dict | list)]
    named = [key for key in _SENTENCES if error.get(key)]
    sentence, code = _of_error(error[(nested or named)[0]], levels - 1) if named else ("", "")
    if isinstance(error.get("loc"), list):
        sentence = f"{'.'.join(map(str, error['loc']))}: {sentence}"
    for key, inner in (("innererror", "code"), ("metadata", "raw")):  # of Azure, of OpenRouter
        if isinstance(error.get(key), dict) and isinstance(said := error[key].get(inner), str):
            codes, sentence = ([*codes, said], sentence) if key == "innererror" else (codes, f"{sentence} ({said})")
    return sentence, " ".join(filter(None, (*codes, code)))


def _refused_field(words: str, server: Server) -> str | None:
    """The key that fixes a refusal of one field of the request; None where it is about something else."""
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
    for name in (*server.extra, *server.query):
        if re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", words):
            return f"remove {name} from the endpoint file"
    return None
