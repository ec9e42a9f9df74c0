"""Problems of transport: lost connections, slow replies, redirects, requested waits."""

import json
from email.utils import formatdate

from blindspot.records.unscored import Unscored
from tests.models.fake_server import Reply, completion
from tests.models.faults.fault import STOP, Fault, body, status

_FAST = {"timeout": 0.3}
_WHOLE = json.dumps(completion())
_NO_CONNECTION = Unscored.NO_CONNECTION

TRANSPORT: list[Fault] = [
    body("lost before the reply", "", _NO_CONNECTION, "127.0.0.1", calls=2, drop="before"),
    body("reset", "", _NO_CONNECTION, "127.0.0.1", calls=2, drop="reset"),
    body("lost within the body", _WHOLE, _NO_CONNECTION, "127.0.0.1", calls=2, drop="half"),
    body("a content-length that is too long", _WHOLE, _NO_CONNECTION, calls=2, length=10_000),
    body("a content-length that is too short", _WHOLE, Unscored.UNREADABLE, calls=2, length=60),
    body("a content-length that is not a number", _WHOLE, _NO_CONNECTION, calls=2, headers={"content-length": "many"}),
    body("chunked", _WHOLE, "yes", chunked=True),
    body(
        "chunked without an end",
        _WHOLE,
        _NO_CONNECTION,
        calls=2,
        headers={"transfer-encoding": "chunked"},
        drop="half",
    ),
    body("not HTTP", "", _NO_CONNECTION, calls=2, raw=b"SSH-2.0-OpenSSH_9.6\r\n", drop="before"),
    body("a status that is not a number", "", _NO_CONNECTION, calls=2, raw=b"HTTP/1.1 OK fine\r\n\r\n", drop="before"),
    body("a slow reply", _WHOLE, Unscored.TIMEOUT, "after 0.3 s", calls=2, delay=0.6, options=_FAST),
    body("a reply byte by byte", _WHOLE, Unscored.TIMEOUT, "after 0.3 s", calls=2, drip=0.05, options=_FAST),
    Fault("lost, then an answer", (Reply(drop="before"), Reply(completion())), "yes", 2),
    Fault("slow, then an answer", (Reply(delay=0.6), Reply(completion())), "yes", 2, (), _FAST),
]

_HERE = "/v1/chat/completions"
REDIRECTS: list[Fault] = [
    Fault("307 within the server", (Reply("", 307, {"location": _HERE}), Reply(completion())), "yes", 2),
    Fault("308 within the server", (Reply("", 308, {"location": _HERE}), Reply(completion())), "yes", 2),
    status(
        "301 within the server loses the body",
        301,
        "",
        _NO_CONNECTION,
        "redirects to",
        "/v2/",
        headers={"location": "/v2/"},
    ),
    status(
        "303 within the server loses the body", 303, "", _NO_CONNECTION, "redirects to", headers={"location": "/v2/"}
    ),
    status("301 without a location", 301, "moved", Unscored.SERVER_ERROR, "HTTP 301", "moved"),
    status("307 to an invalid URL", 307, "", _NO_CONNECTION, headers={"location": "http://127.0.0.1:99999/"}),
    status("307 to an invalid host", 307, "", _NO_CONNECTION, calls=2, headers={"location": "http://[::1"}),
    status(
        "307 to https", 307, "", _NO_CONNECTION, "redirects to https://", headers={"location": "https://127.0.0.1/v1"}
    ),
    status("304", 304, "", Unscored.SERVER_ERROR, "HTTP 304"),
]


def _wait(name: str, **headers: str) -> Fault:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return Fault(name, (Reply({"error": "slow"}, 429, sent), Reply(completion())), "yes", 2)


def _days(name: str, code: int = 429, **headers: str) -> Fault:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return status(name, code, {"error": "come back"}, STOP, "asks the client to wait", "come back", headers=sent)


#: Waits of almost no time, and waits that end the stage. test_waits.py has waits between.
WAITS: list[Fault] = [
    _wait("Retry-After: 0", retry_after="0"),
    _wait("Retry-After in the past", retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
    _wait("Retry-After that is not a time", retry_after="soon"),
    _wait("a negative Retry-After", retry_after="-5"),
    _wait("Retry-After of year 0", retry_after="Wed, 21 Oct 0000 07:28:00 GMT"),
    _wait("Retry-After as a Unix time in the past", retry_after="1445412480"),
    _wait("retry-after-ms", retry_after_ms="20"),
    _wait("retry-after-ms that is not a number", retry_after_ms="x"),
    _wait("a reset in ms", x_ratelimit_reset_requests="20ms"),
    _wait("a reset that is not a time", x_ratelimit_reset_requests="?"),
    _wait("a reset of a limit that is not used up", x_ratelimit_reset_tokens="9h", x_ratelimit_remaining_tokens="5"),
    _days("Retry-After in days", retry_after="864000"),
    _days("Retry-After of 400 digits", retry_after="9" * 400),
    _days("Retry-After as a date next year", retry_after=formatdate(4e9, usegmt=True)),
    _days("Retry-After in days, of HTTP 503", 503, retry_after="864000"),
    _days("a reset in hours", x_ratelimit_reset_requests="6h0m0s"),
    _days("a reset in days", x_ratelimit_reset_tokens="2d3h"),
]
