"""What happens to a call on its way: lost connections, late replies, redirects, waits that are asked for."""

import json
from email.utils import formatdate

from blindspot.records.unscored import Unscored
from tests.models.fake_server import Reply, completion
from tests.models.faults.fault import STOP, Fault, body, status

_FAST = {"timeout": 0.3}
_WHOLE = json.dumps(completion())
_LOST = Unscored.NO_CONNECTION

TRANSPORT: list[Fault] = [
    body("dropped before the reply", "", _LOST, "127.0.0.1", calls=2, drop="before"),
    body("reset", "", _LOST, "127.0.0.1", calls=2, drop="reset"),
    body("dropped in the body", _WHOLE, _LOST, "127.0.0.1", calls=2, drop="half"),
    body("a content-length that is too long", _WHOLE, _LOST, calls=2, length=10_000),
    body("a content-length that is too short", _WHOLE, Unscored.UNREADABLE, calls=2, length=60),
    body("a content-length that is no number", _WHOLE, _LOST, calls=2, headers={"content-length": "many"}),
    body("chunks", _WHOLE, "yes", chunked=True),
    body("chunks without an end", _WHOLE, _LOST, calls=2, headers={"transfer-encoding": "chunked"}, drop="half"),
    body("no HTTP", "", _LOST, calls=2, raw=b"SSH-2.0-OpenSSH_9.6\r\n", drop="before"),
    body("a status that is no number", "", _LOST, calls=2, raw=b"HTTP/1.1 OK fine\r\n\r\n", drop="before"),
    body("too slow", _WHOLE, Unscored.TIMEOUT, "after 0.3 s", calls=2, delay=0.6, options=_FAST),
    body("in drips", _WHOLE, Unscored.TIMEOUT, "after 0.3 s", calls=2, drip=0.05, options=_FAST),
    Fault("dropped, then an answer", (Reply(drop="before"), Reply(completion())), "yes", 2),
    Fault("slow, then an answer", (Reply(delay=0.6), Reply(completion())), "yes", 2, (), _FAST),
]

_HERE = "/v1/chat/completions"
REDIRECTS: list[Fault] = [
    Fault("307 within the server", (Reply("", 307, {"location": _HERE}), Reply(completion())), "yes", 2),
    Fault("308 within the server", (Reply("", 308, {"location": _HERE}), Reply(completion())), "yes", 2),
    status(
        "301 within the server loses the body", 301, "", _LOST, "redirects to", "/v2/", headers={"location": "/v2/"}
    ),
    status("303 within the server loses the body", 303, "", _LOST, "redirects to", headers={"location": "/v2/"}),
    status("301 without a location", 301, "moved", Unscored.SERVER_ERROR, "HTTP 301", "moved"),
    status("307 to a URL that is none", 307, "", _LOST, headers={"location": "http://127.0.0.1:99999/"}),
    status("307 to a host that is none", 307, "", _LOST, calls=2, headers={"location": "http://[::1"}),
    status("307 to https", 307, "", _LOST, "redirects to https://", headers={"location": "https://127.0.0.1/v1"}),
    status("304", 304, "", Unscored.SERVER_ERROR, "HTTP 304"),
]


def _wait(name: str, **headers: str) -> Fault:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return Fault(name, (Reply({"error": "slow"}, 429, sent), Reply(completion())), "yes", 2)


def _days(name: str, code: int = 429, **headers: str) -> Fault:
    sent = {key.replace("_", "-"): value for key, value in headers.items()}
    return status(name, code, {"error": "come back"}, STOP, "asks to wait", "come back", headers=sent)


#: Waits that are over at once, and waits that end the stage. Those between are in tests/models/test_waits.py.
WAITS: list[Fault] = [
    _wait("Retry-After: 0", retry_after="0"),
    _wait("Retry-After in the past", retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
    _wait("Retry-After of rubbish", retry_after="soon"),
    _wait("Retry-After below zero", retry_after="-5"),
    _wait("Retry-After of year 0", retry_after="Wed, 21 Oct 0000 07:28:00 GMT"),
    _wait("Retry-After as a time since 1970, in the past", retry_after="1445412480"),
    _wait("retry-after-ms", retry_after_ms="20"),
    _wait("retry-after-ms of rubbish", retry_after_ms="x"),
    _wait("a reset in ms", x_ratelimit_reset_requests="20ms"),
    _wait("a reset of rubbish", x_ratelimit_reset_requests="?"),
    _wait("a reset of a limit that is not spent", x_ratelimit_reset_tokens="9h", x_ratelimit_remaining_tokens="5"),
    _days("Retry-After in days", retry_after="864000"),
    _days("Retry-After of 400 digits", retry_after="9" * 400),
    _days("Retry-After as a date next year", retry_after=formatdate(4e9, usegmt=True)),
    _days("Retry-After in days, of HTTP 503", 503, retry_after="864000"),
    _days("a reset in hours", x_ratelimit_reset_requests="6h0m0s"),
    _days("a reset in days", x_ratelimit_reset_tokens="2d3h"),
]
