"""HTTP statuses of 300 and above, and what each means for its call and for later calls."""

from typing import Any

from blindspot.records.unscored import Unscored
from tests.models.fake_server import Reply, completion
from tests.models.faults.fault import KEY, STOP, Fault, status

_ERROR = Unscored.SERVER_ERROR
_HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>nginx &amp; co</body></html>"


def _error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message} | more}


FORMS: list[Fault] = [
    status("an error as text", 400, {"error": "no such field"}, _ERROR, "no such field"),
    status("message at the top level", 400, {"message": "bad picture"}, _ERROR, "bad picture"),
    status(
        "error and message",
        400,
        {"status": 400, "error": "Bad Request", "message": "bad picture"},
        _ERROR,
        "bad picture",
    ),
    status("error is true", 400, {"error": True, "message": "bad picture"}, _ERROR, "bad picture"),
    status("error is null", 400, {"error": None, "message": "bad picture"}, _ERROR, "bad picture"),
    status("detail as text", 400, {"detail": "bad picture"}, _ERROR, "bad picture"),
    status(
        "detail as a list",
        422,
        {"detail": [{"loc": ["body", "messages"], "msg": "field required"}]},
        _ERROR,
        "body.messages: field required",
    ),
    status("a list of errors", 400, [_error("bad picture")], _ERROR, "bad picture"),
    status("error_msg", 400, {"error_code": 17, "error_msg": "bad picture"}, _ERROR, "bad picture"),
    status("an unknown form", 400, {"fault": {"faultstring": "bad picture"}}, _ERROR, "bad picture"),
    status("plain text", 400, "bad picture < 3", _ERROR, "bad picture < 3"),
    status("an empty body", 400, "", _ERROR, "HTTP 400"),
    status("a number", 400, 5, _ERROR, "HTTP 400"),
    status("1,000 lines", 400, "bad\n" * 1000, _ERROR, "bad bad"),
    status("100,000 opening brackets of HTML", 400, "<html>" + "<" * 100_000, _ERROR, "HTTP 400"),
    status("an error of 900 levels", 400, '{"error":' * 900 + "1" + "}" * 900, _ERROR, "HTTP 400"),
    status("an error of 200,000 levels", 500, "[" * 200_000, _ERROR, "HTTP 500", calls=2),
    status("a lone surrogate", 400, '{"error": "bad \\ud835"}', _ERROR, "bad \ufffd"),
    status("the API key in a message", 400, _error(f"bad request by {KEY}"), _ERROR, "bad request by …"),
]

PERMANENT: list[Fault] = [
    status(
        "401",
        401,
        _error(f"Incorrect API key provided: {KEY}"),
        STOP,
        "rejects the API key",
        "put a valid key into PLANTED_KEY",
    ),
    status(
        "400 for an invalid key (Gemini)",
        400,
        [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}],
        STOP,
        "rejects the API key",
    ),
    status("402", 402, _error("Payment required"), STOP, "Payment required", "add credit"),
    status(
        "429 without quota",
        429,
        _error("You exceeded your current quota", code="insufficient_quota"),
        STOP,
        "exceeded your current quota",
    ),
    status("400 without credit (Anthropic)", 400, _error("Your credit balance is too low"), STOP, "credit balance"),
    status(
        "404 for the model",
        404,
        _error("The model `m` does not exist.", code="model_not_found"),
        STOP,
        "does not exist",
        "/v1/chat/completions",
        "model m",
    ),
    status("404 for the path", 404, {"detail": "Not Found"}, STOP, "Not Found", "fix base_url or model"),
    status("404 as HTML", 404, "<html><h1>404 page not found</h1></html>", STOP, "404 page not found"),
    status(
        "404 without the query in the message",
        404,
        "no",
        STOP,
        "chat/completions for model m",
        options={"query": {"code": "sk-planted-query"}},
    ),
    status("405", 405, "", STOP, "HTTP 405"),
    status("410", 410, _error("The model m is retired."), STOP, "is retired"),
    status("403", 403, _error("You may not use this model."), _ERROR, "You may not"),
    status("413 as HTML", 413, "<html>413 Request Entity Too Large</html>", _ERROR, "413 Request Entity Too Large"),
    status("415", 415, "", _ERROR, "HTTP 415"),
    status("418", 418, "I am a teapot", _ERROR, "teapot"),
    status("422", 422, {"message": "no"}, _ERROR, "HTTP 422: no"),
]

TRANSIENT: list[Fault] = [
    *(
        status(str(code), code, _error("try later"), _ERROR, f"HTTP {code}: try later", calls=2)
        for code in (408, 409, 425, 429, 500, 501, 503, 504, 520, 529)
    ),
    status("502 as HTML", 502, _HTML, _ERROR, "502 Bad Gateway", "nginx & co", calls=2),
    status(
        "a rate limit that names the billing page",
        429,
        _error("Rate limit reached. See platform.openai.com/account/billing.", code="rate_limit_exceeded"),
        _ERROR,
        "Rate limit reached",
        calls=2,
    ),
    status(
        "an exhausted quota with retry-after",
        429,
        _error("You exceeded your current quota"),
        _ERROR,
        "quota",
        calls=2,
        headers={"retry-after": "0.01"},
    ),
    Fault("503, then an answer", (Reply(_error("loading"), 503), Reply(completion())), "yes", 2),
    Fault("an HTML page, then an answer", (Reply("<p>loading"), Reply(completion())), "yes", 2),
    Fault("503, then 400", (Reply(_error("loading"), 503), Reply(_error("bad"), 400)), _ERROR, 2, ("bad",)),
]
