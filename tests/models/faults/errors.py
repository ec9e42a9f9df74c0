"""Errors with HTTP status 200 instead of a reply."""

from typing import Any

from blindspot.records.unscored import Unscored
from tests.models.fake_server import completion
from tests.models.faults.fault import KEY, STOP, Fault, body, choice

_FAILED = Unscored.SERVER_ERROR


def _error(error: Any) -> dict[str, Any]:
    return {"error": error, "choices": None}


ERRORS: list[Fault] = [
    body("an error as text", _error("out of memory"), _FAILED, "out of memory", calls=2),
    body("an error as a list", _error([{"message": "bad"}]), _FAILED, "bad", calls=2),
    body("an error as a number", _error(7), _FAILED, "7", calls=2),
    body("an error as true", _error(True), _FAILED, calls=2),
    body("an empty error", _error({"message": None}), _FAILED, calls=2),
    body("an error of 900 levels", '{"error":' * 900 + "1" + "}" * 900, _FAILED, calls=2),
    body("code 502", _error({"message": "overloaded", "code": 502}), _FAILED, "overloaded", calls=2),
    body("code 502 as text", _error({"message": "overloaded", "code": "502"}), _FAILED, "overloaded", calls=2),
    body("code 429", _error({"message": "slow down", "code": 429}), _FAILED, "slow down", calls=2),
    body("code 400", _error({"message": "bad picture", "code": 400}), _FAILED, "bad picture"),
    body("code 400 and a type", _error({"message": "bad", "code": 400, "type": "BadRequestError"}), _FAILED, "bad"),
    body("a type of a permanent error", _error({"message": "bad", "type": "invalid_request_error"}), _FAILED, "bad"),
    body("a code that is not a number", _error({"message": "bad", "code": "server_busy"}), _FAILED, "bad", calls=2),
    body("a code of 5,000 digits", _error({"message": "bad", "code": "9" * 5000}), _FAILED, calls=2),
    body("code 401", _error({"message": "no such user", "code": 401}), STOP, "rejects the API key", "no such user"),
    body(
        "code 402",
        _error({"message": "Insufficient credits", "code": 402}),
        STOP,
        "Insufficient credits",
        "add credit",
    ),
    body("code 404", _error({"message": "no model m", "code": 404}), STOP, "no model m", "base_url or model"),
    body("a content filter", _error({"message": "stopped", "code": "content_filter"}), Unscored.REFUSED, "stopped"),
    body(
        "an error of a provider",
        _error({"message": "Provider returned error", "code": 502, "metadata": {"raw": "GPU lost"}}),
        _FAILED,
        "GPU lost",
        calls=2,
    ),
    body("an error object of vLLM", {"object": "error", "message": "too long", "code": 400}, _FAILED, "too long"),
    body(
        "an error in the choice",
        choice(error={"message": "provider died", "code": 502}),
        _FAILED,
        "provider died",
        calls=2,
    ),
    body("a null error and a choice", completion() | {"error": None}, "yes"),
    body("the API key in an error", _error({"message": f"wrong key {KEY}"}), _FAILED, "wrong key …", calls=2),
]
