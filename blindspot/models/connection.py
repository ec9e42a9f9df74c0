"""Calls a server within its limits: rate, retries, numbers of calls and tokens, and failures in a row."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from tqdm import tqdm

from blindspot.distributed import process_state
from blindspot.errors import BlindspotError
from blindspot.models.account import Usage, usage_of
from blindspot.models.call_errors import CallFailed, Stop, hide_key, read_error, read_refusal, text_of
from blindspot.models.completions import read_choice
from blindspot.models.description import Server
from blindspot.models.server import (
    RedirectedElsewhere,
    api_url,
    listed_models,
    open_client,
    refuse_other_revision,
    unreachable,
)
from blindspot.records.answer import Answer
from blindspot.records.unscored import Unscored
from blindspot.replies import shorten

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

LONGEST_WAIT = 60.0  # s between two attempts of a call, unless the server asks for another wait
LONGEST_REQUESTED_WAIT = 600.0  # s; a server that asks for more ends the calls
PRINTED_WAIT = 5.0  # s; a requested wait of at least this length is printed
GIVE_UP = 20  # failed calls in a row, retries included, after which no further call is made
#: Reasons of a failed call that count towards GIVE_UP.
_SERVER = {Unscored.SERVER_ERROR, Unscored.TIMEOUT, Unscored.NO_CONNECTION, Unscored.UNREADABLE}


class Completion(NamedTuple):
    """A choice as the server sent it, the answer that was read from it, and its tokens; None if it sent none."""

    choice: Any
    answer: Answer
    usage: Usage | None


class Connection:
    """Calls a server within the limits of its description. An instance belongs to one event loop.

    Attributes:
        ended: the error that ended the calls. Once it is set, no further call begins.
    """

    def __init__(
        self, server: Server, first_wait: float, lose: Callable[[Usage | None], None] = lambda _: None
    ) -> None:
        """`first_wait`: the longest wait before the second attempt, in seconds. It doubles with each attempt.

        `lose`: gets the tokens of a reply that is followed by another attempt.

        Raises BlindspotError if base_url or the API key is invalid.
        """
        from aiolimiter import AsyncLimiter

        self._server, self._first_wait, self._url, self._lose = server, first_wait, api_url(server), lose
        self._calls = self._tokens = self._failed_in_a_row = 0
        self._last_failure, self._printed_at = "", -LONGEST_REQUESTED_WAIT
        rate = server.calls_per_minute
        self._pace = AsyncLimiter(1, 60 / rate) if rate else None
        self._client = open_client(server)
        self.ended: Exception | None = None

    async def reach(self) -> list[str]:
        """Returns the models that the server lists; none if it has no such list, or sends it in another form.

        Raises BlindspotError if no server answers, or if it rejects the API key or serves another revision.
        """
        import httpx

        for attempt in range(3):
            try:
                async with asyncio.timeout(self._server.timeout):
                    response = await self._client.get("models")
                break
            except (httpx.DecodingError, httpx.TooManyRedirects):
                return []
            except (httpx.HTTPError, TimeoutError, RedirectedElsewhere) as error:
                if attempt == 2 or isinstance(error, RedirectedElsewhere):
                    raise BlindspotError(*unreachable(error, self._url)) from None
                await asyncio.sleep(self._first_wait * 2**attempt)
        if response.status_code == 401:
            try:
                read_refusal(response, self._server)
            except Stop as stop:
                raise BlindspotError(*stop.args) from None
        models = listed_models(response)
        refuse_other_revision(models, self._server)
        return [*models]

    async def ask(self, request: dict[str, Any]) -> Completion:
        """Returns the completion of a request, and retries failures that are transient.

        Raises CallFailed if every attempt failed, and Stop if a limit is reached.
        """
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

        retrying = AsyncRetrying(
            stop=stop_after_attempt(1 + self._server.retries),
            wait=self._wait,
            retry=retry_if_exception(lambda error: isinstance(error, CallFailed) and error.transient),
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    await self._start_call()
                    completion = await self._attempt(request)
        except CallFailed as failure:
            self._failed_in_a_row = self._failed_in_a_row + 1 if failure.reason in _SERVER else 0
            self._last_failure = str(failure)
            raise
        self._failed_in_a_row = self._failed_in_a_row + 1 if completion.answer.error in _SERVER else 0
        self._last_failure = str(completion.answer.error or "")
        return completion

    async def _start_call(self) -> None:
        """Waits until the rate limit allows a call, and counts it. Raises `ended`, or Stop if a limit is reached."""
        self._check()
        if self._pace:
            await self._pace.acquire()
            self._check()
        self._calls += 1

    def _check(self) -> None:
        if self.ended:
            raise self.ended
        ranks, server = process_state().num_processes, self._server  # each rank gets an equal part of the limits
        if self._failed_in_a_row >= GIVE_UP:
            raise Stop(f"the last {GIVE_UP} calls failed ({self._last_failure})", "check the server and its log")
        if server.max_calls is not None and self._calls >= server.max_calls // ranks:
            raise Stop(f"max_calls, {server.max_calls}, is reached", "raise max_calls in the endpoint file")
        if server.max_tokens is not None and self._tokens >= server.max_tokens // ranks:
            raise Stop(f"max_tokens, {server.max_tokens}, is reached", "raise max_tokens in the endpoint file")

    async def _attempt(self, request: dict[str, Any]) -> Completion:
        import httpx

        try:
            async with asyncio.timeout(self._server.timeout):  # the timeout of the client is for each read
                response = await self._client.post("chat/completions", json=request)
        except (httpx.TimeoutException, TimeoutError):
            raise CallFailed(Unscored.TIMEOUT, f"after {self._server.timeout:g} s", transient=True) from None
        except httpx.DecodingError as error:
            raise CallFailed(Unscored.UNREADABLE, shorten(str(error)), transient=True) from None
        except (httpx.HTTPError, RedirectedElsewhere) as error:
            transient = not isinstance(error, RedirectedElsewhere)
            raise CallFailed(Unscored.NO_CONNECTION, unreachable(error, self._url)[0], transient) from None
        if response.status_code >= 300:
            raise read_refusal(response, self._server)
        return self._read(response)

    def _read(self, response: "httpx.Response") -> Completion:
        text = hide_key(text_of(response), response)  # a server may repeat the key, which must not be stored
        unreadable = CallFailed(Unscored.UNREADABLE, shorten(text) or "the body is empty", transient=True)
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
        except (ValueError, RecursionError):  # not JSON, or JSON with too many levels
            raise unreadable from None
        usage = usage_of(payload.get("usage"))
        self._count_tokens(usage)
        if reply.transient:
            self._lose(usage)
            raise CallFailed(reply.answer.error or Unscored.UNREADABLE, reply.answer.message, transient=True)
        return Completion(choice, reply.answer, usage)

    def _count_tokens(self, usage: Usage | None) -> None:
        if usage is None and self._server.max_tokens is not None:
            problem = "the server does not count tokens, so max_tokens cannot be enforced"
            raise Stop(problem, "remove max_tokens from the endpoint file")
        self._tokens += sum(usage or ())

    def _wait(self, state: "RetryCallState") -> float:
        """Returns the seconds until the next attempt: as the server asks, else with random exponential backoff."""
        from tenacity import wait_random_exponential

        failure = state.outcome.exception() if state.outcome else None
        requested = failure.wait if isinstance(failure, CallFailed) else None
        if not requested:
            return wait_random_exponential(self._first_wait, LONGEST_WAIT)(state)
        if requested > LONGEST_REQUESTED_WAIT:
            problem = f"the server asks the client to wait {requested:,.0f} s ({failure})"
            self.ended = Stop(problem, "wait that long")
            return 0.0
        if requested >= PRINTED_WAIT and time.monotonic() > self._printed_at + requested / 2:
            self._printed_at = time.monotonic()
            name = self._server.model
            tqdm.write(f"{name}: waiting {requested:,.0f} s, as the server asks", file=sys.stderr)
        return requested


def _first(choices: list[Any]) -> Any:
    """Returns the choice with index 0, else the first choice of the list, else None."""
    indexed = (choice for choice in choices if isinstance(choice, dict) and choice.get("index") == 0)
    return next(indexed, choices[0] if choices else None)
