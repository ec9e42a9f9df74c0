"""Calls of one server: their pace, their retries, what they may cost, and when to stop calling."""

import asyncio
import json
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tqdm import tqdm

from blindspot.distributed import process_state
from blindspot.errors import BlindspotError
from blindspot.models.call_errors import CallFailed, Stop, hide_key, read_error, read_refusal, text_of
from blindspot.models.completions import read_choice
from blindspot.models.description import Server
from blindspot.models.server import RedirectedElsewhere, api_url, open_client, refuse_other_revision, unreachable
from blindspot.records.answer import Answer
from blindspot.records.unscored import Unscored
from blindspot.replies import shorten

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

LONGEST_WAIT = 60.0  # s between two attempts at a call, where the server asks for no other
ASKED_WAIT, ANNOUNCED_WAIT = 600.0, 5.0  # s: the longest that a server may ask for; from which on a wait is printed
GIVE_UP = 20  # calls in a row that failed after their retries: no further call is made
#: Reasons of a failed call that count towards GIVE_UP: an HTTP error, or none or nothing readable from the server.
_SERVER = {Unscored.SERVER_ERROR, Unscored.TIMEOUT, Unscored.NO_CONNECTION, Unscored.UNREADABLE}


class Completion(NamedTuple):
    """A choice as the server sent it, and the answer in it."""

    choice: Any
    answer: Answer


class Connection:
    """A server that is called within its description's limits. Not to be shared between event loops."""

    def __init__(self, server: Server, first_wait: float) -> None:
        """`first_wait`: longest wait before the second attempt, in seconds; it doubles from attempt to attempt.

        Raises BlindspotError where base_url or the key cannot be right.
        """
        from aiolimiter import AsyncLimiter

        self._server, self._first_wait, self._url = server, first_wait, api_url(server)
        self._calls = self._tokens = self._failed_in_a_row = 0
        self._last_failure, self._announced = "", -ASKED_WAIT
        rate = server.calls_per_minute
        self._pace = AsyncLimiter(1, 60 / rate) if rate else None
        self._client = open_client(server)
        self.ended: Exception | None = None  # what stopped the calls: no other is begun

    async def reach(self) -> None:
        """Asks for the list of models. Raises BlindspotError where no server answers or it refuses the key.

        A server that lists no models, or lists them in another form, is one nevertheless.
        """
        import httpx

        for attempt in range(3):
            try:
                async with asyncio.timeout(self._server.timeout):
                    response = await self._client.get("models")
                break
            except (httpx.DecodingError, httpx.TooManyRedirects):
                return
            except (httpx.HTTPError, TimeoutError, RedirectedElsewhere) as error:
                if attempt == 2 or isinstance(error, RedirectedElsewhere):
                    raise BlindspotError(*unreachable(error, self._url)) from None
                await asyncio.sleep(self._first_wait * 2**attempt)
        if response.status_code == 401:
            try:
                read_refusal(response, self._server)
            except Stop as stop:
                raise BlindspotError(*stop.args) from None
        refuse_other_revision(response, self._server)

    async def ask(self, request: dict[str, Any]) -> Completion:
        """The completion of a request; tried again where that may help.

        Raises CallFailed where every attempt failed, and Stop before the first call too many.
        """
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

        retrying = AsyncRetrying(
            stop=stop_after_attempt(1 + self._server.retries),
            wait=self._wait,
            retry=retry_if_exception(lambda error: isinstance(error, CallFailed) and error.passing),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    await self._take_turn()
                    completion = await self._attempt(request)
        except CallFailed as failure:
            self._failed_in_a_row = self._failed_in_a_row + 1 if failure.reason in _SERVER else 0
            self._last_failure = str(failure)
            raise
        self._failed_in_a_row = self._failed_in_a_row + 1 if completion.answer.error in _SERVER else 0
        self._last_failure = str(completion.answer.error or "")
        return completion

    async def _take_turn(self) -> None:
        """Waits for its turn; raises what ended the calls, or Stop where one more would be too many."""
        self._check()
        if self._pace:
            await self._pace.acquire()
            self._check()
        self._calls += 1

    def _check(self) -> None:
        if self.ended:
            raise self.ended
        share, server = process_state().num_processes, self._server  # ranks share the limits evenly
        if self._failed_in_a_row >= GIVE_UP:
            raise Stop(f"the last {GIVE_UP} calls failed ({self._last_failure})", "see to the server")
        if server.max_calls is not None and self._calls >= server.max_calls // share:
            raise Stop(f"max_calls, {server.max_calls}, is reached", "raise it")
        if server.max_tokens is not None and self._tokens >= server.max_tokens // share:
            raise Stop(f"max_tokens, {server.max_tokens}, is reached", "raise it")

    async def _attempt(self, request: dict[str, Any]) -> Completion:
        import httpx

        try:
            async with asyncio.timeout(self._server.timeout):  # the client's own is of each read
                response = await self._client.post("chat/completions", json=request)
        except (httpx.TimeoutException, TimeoutError):
            raise CallFailed(Unscored.TIMEOUT, f"after {self._server.timeout:g} s", passing=True) from None
        except httpx.DecodingError as error:
            raise CallFailed(Unscored.UNREADABLE, shorten(str(error)), passing=True) from None
        except (httpx.HTTPError, RedirectedElsewhere) as error:
            passing = not isinstance(error, RedirectedElsewhere)
            raise CallFailed(Unscored.NO_CONNECTION, unreachable(error, self._url)[0], passing) from None
        if response.status_code >= 300:
            raise read_refusal(response, self._server)
        return self._read(response)

    def _read(self, response: "httpx.Response") -> Completion:
        text = hide_key(text_of(response), response)  # a server may repeat it: in no message, raw reply or database
        unreadable = CallFailed(Unscored.UNREADABLE, shorten(text) or "the body is empty", True)
        try:
            payload = json.loads(text)
            if not isinstance(payload, dict):
                raise unreadable
            choices = payload.get("choices")
            choice = _first(choices) if isinstance(choices, list) else None
            error = payload.get("error") or (choice.get("error") if isinstance(choice, dict) else None)
            if error or payload.get("object") == "error":
                raise read_error(error or payload, response, self._server)
            if not isinstance(choice, dict):
                raise unreadable
            reply = read_choice(choice, self._server.thought_marks)
        except (ValueError, RecursionError):  # no JSON, or too many levels of it
            raise unreadable from None
        self._count_tokens(payload.get("usage"))
        if reply.passing:
            raise CallFailed(reply.answer.error or Unscored.UNREADABLE, reply.answer.message, passing=True)
        return Completion(choice, reply.answer)

    def _count_tokens(self, usage: object) -> None:
        counts = usage if isinstance(usage, dict) else {}
        used = counts.get("total_tokens")
        try:
            if used is None:
                used = int(counts["prompt_tokens"]) + int(counts["completion_tokens"])
            self._tokens += max(0, int(used))  # of any type, which int refuses
        except (KeyError, TypeError, ValueError, OverflowError):
            if self._server.max_tokens is not None:
                what = "the server does not count tokens, so max_tokens cannot be kept to"
                raise Stop(what, "unset it") from None

    def _wait(self, state: "RetryCallState") -> float:
        """Seconds before the next attempt: what the server asks for, else up to twice as long each time."""
        from tenacity import wait_random_exponential

        failure = state.outcome.exception() if state.outcome else None
        asked = failure.wait if isinstance(failure, CallFailed) else None
        if not asked:
            return wait_random_exponential(self._first_wait, LONGEST_WAIT)(state)
        if asked > ASKED_WAIT:
            self.ended = Stop(f"the server asks to wait {asked:,.0f} s ({failure})", "wait as long")
            return 0.0
        if asked >= ANNOUNCED_WAIT and time.monotonic() > self._announced + asked / 2:
            self._announced = time.monotonic()
            tqdm.write(f"{self._server.model}: the server asks to wait {asked:,.0f} s; waiting", file=sys.stderr)
        return asked


def _first(choices: list[Any]) -> Any:
    """The choice with index 0, else the one that is listed first."""
    numbered = (one for one in choices if isinstance(one, dict) and one.get("index") == 0)
    return next(numbered, choices[0] if choices else None)
