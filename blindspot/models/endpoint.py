"""A VLM behind an OpenAI-compatible server."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from tqdm import tqdm

from blindspot.errors import BlindspotError
from blindspot.models.calls import Calls
from blindspot.models.description import Server
from blindspot.models.pictures import data_url
from blindspot.models.server import open_client
from blindspot.protocols import Form
from blindspot.ranks import ranks
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.store import work_folder

if TYPE_CHECKING:
    from openai import APIStatusError
    from openai.types.chat import ChatCompletion
    from tenacity import RetryCallState

FIRST_WAIT, LONGEST_WAIT = 0.5, 60.0  # s between two attempts at a call
GIVE_UP = 20  # calls in a row that failed after their retries: the server is lost
BAR_FROM = 300  # calls at once; fewer are a batch of whoever asks, who has a bar already


class Stop(Exception):
    """No further call is to be made: a cap is reached, or the server is lost. Carries what is so, and the mend."""


class Unreadable(Exception):
    """The server's reply is no chat completion."""


class EndpointVLM:
    """A served VLM, at temperature 0 unless it is told otherwise. `identity` is its name and a digest of where it is.

    Every reply is kept in the work folder as soon as it is there, under a digest of all that shapes it, and is never
    paid for again. A call that fails after its retries is an answer with an error; a key that is refused, a server
    that is not there or is lost, or a cap that is reached raises BlindspotError.
    """

    def __init__(self, server: Server, max_new_tokens: int) -> None:
        """Raises BlindspotError where the key is missing or the server cannot be reached."""
        from aiolimiter import AsyncLimiter

        self._server, self._max_new_tokens = server, max_new_tokens
        address = hashlib.sha256(f"{server.base_url} {server.model}".encode()).hexdigest()[:16]
        self.identity = f"{server.model}@{address}"
        self._kept = Calls(work_folder() / "calls.db")
        self._calls = self._tokens = self._failed_in_a_row = 0
        self._last_reason = ""
        self._ended: Exception | None = None
        rate = server.calls_per_minute
        self._pace = AsyncLimiter(1, 60 / rate) if rate else None
        self._loop = asyncio.Runner()
        self._client = open_client(server)
        self._loop.run(self._reach())

    def complete(
        self, images: Sequence[Image], prompts: Sequence[str], form: Form, sampling: Sampling | None = None
    ) -> list[Answer]:
        """What the model says to each image and prompt, in the same order; as JSON where a `form` is asked for."""
        return self._loop.run(self._complete(images, prompts, form, sampling))

    def tell(self, prompts: Sequence[str], form: Form) -> list[Answer]:
        """What it says to each prompt where it is shown no image."""
        return self._loop.run(self._complete([None] * len(prompts), prompts, form, None))

    async def _reach(self) -> None:
        from openai import APIStatusError, OpenAIError

        try:
            await self._client.with_options(max_retries=2).models.list()
        except APIStatusError as error:
            self._refuse_bad_key(error)  # any other status: a server, if one that lists no models
        except OpenAIError as error:
            raise BlindspotError(
                f"no server answers at {self._server.base_url} ({type(error).__name__})", "start it, or mend base_url"
            ) from None

    async def _complete(
        self, images: Sequence[Image | None], prompts: Sequence[str], form: Form, sampling: Sampling | None
    ) -> list[Answer]:
        places = asyncio.Semaphore(self._server.concurrency)
        asked = [*zip(images, prompts, strict=True)]
        once = dict.fromkeys(asked)  # what is asked twice is paid for once
        bar = tqdm(total=len(once), desc=self._server.model, disable=len(once) < BAR_FROM)

        async def one(image: Image | None, prompt: str) -> Answer:
            async with places:
                try:
                    found = await self._answer(self._request(image, prompt, form, sampling))
                except Exception as error:
                    self._ended = self._ended or error  # no other call is begun
                    raise
            bar.update()
            return found

        # Those under way are waited for, and kept, even where one of them ends the run.
        found = await asyncio.gather(*(one(*pair) for pair in once), return_exceptions=True)
        bar.close()
        if isinstance(self._ended, Stop):
            what, mend = self._ended.args
            raise BlindspotError(f"{self._server.model}: {what}", f"{mend} and run again; what was answered is kept")
        if self._ended:
            raise self._ended
        answers = dict(zip(once, found, strict=True))
        return [cast(Answer, answers[pair]) for pair in asked]

    async def _answer(self, request: dict[str, Any]) -> Answer:
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        key = hashlib.sha256(json.dumps([self._server.base_url, request], sort_keys=True).encode()).hexdigest()
        if (kept := self._kept.get(key)) is not None:
            return Answer(**json.loads(kept))
        try:
            reply = await self._attempt(request)
        except (APITimeoutError, TimeoutError):
            return self._failed("timeout")
        except APIConnectionError:
            return self._failed("no connection")
        except APIStatusError as error:
            self._refuse_bad_key(error)
            reason = f"HTTP {error.status_code}"
            return self._failed(reason) if _passing(error) else Answer("", reason)
        except Unreadable:
            return self._failed("unreadable reply")
        self._failed_in_a_row = 0
        self._kept.put(key, json.dumps(asdict(reply)))
        return reply

    def _failed(self, reason: str) -> Answer:
        self._failed_in_a_row += 1
        self._last_reason = reason
        return Answer("", reason)

    async def _attempt(self, request: dict[str, Any]) -> Answer:
        """The server's reply; tried again where that may help."""
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

        retrying = AsyncRetrying(
            stop=stop_after_attempt(1 + self._server.retries),
            wait=_wait,
            retry=retry_if_exception(_passing),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                self._check()
                if self._pace:
                    await self._pace.acquire()
                self._check()
                self._calls += 1
                return self._read(await self._send(request))
        raise AssertionError("tenacity raises the last error")

    async def _send(self, request: dict[str, Any]) -> "ChatCompletion":
        from openai import APIResponseValidationError

        try:
            async with asyncio.timeout(self._server.timeout):  # the client's own is of each read
                reply: ChatCompletion = await self._client.chat.completions.create(**request)
        except (ValueError, APIResponseValidationError):  # no JSON, or half of it
            raise Unreadable from None
        return reply

    def _read(self, reply: "ChatCompletion") -> Answer:
        used = getattr(getattr(reply, "usage", None), "total_tokens", None)
        try:
            choice = reply.choices[0]
            text = choice.message.content
        except (AttributeError, IndexError, TypeError):
            raise Unreadable from None
        finally:
            self._tokens += used or 0
        if used is None and self._server.max_tokens is not None:
            raise Stop("the server does not count tokens, so max_tokens cannot be kept to", "unset it")
        if choice.finish_reason == "length":
            return Answer("", "cut off")
        if choice.finish_reason == "content_filter" or text is None:
            return Answer("", "refused")
        return Answer(str(text).strip())

    def _check(self) -> None:
        """Raises what ended the run, or Stop before the first attempt too many; ranks share the caps evenly."""
        if self._ended:
            raise self._ended
        share, server = ranks().num_processes, self._server
        if self._failed_in_a_row >= GIVE_UP:
            raise Stop(f"the last {GIVE_UP} calls failed ({self._last_reason})", "see to the server")
        if server.max_calls is not None and self._calls >= server.max_calls // share:
            raise Stop(f"max_calls, {server.max_calls}, is reached", "raise it")
        if server.max_tokens is not None and self._tokens >= server.max_tokens // share:
            raise Stop(f"max_tokens, {server.max_tokens}, is reached", "raise it")

    def _request(self, image: Image | None, prompt: str, form: Form, sampling: Sampling | None) -> dict[str, Any]:
        picture = [{"type": "image_url", "image_url": {"url": data_url(image.path)}}] if image else []
        content = [*picture, {"type": "text", "text": prompt}]
        request = {
            "model": self._server.model,
            "messages": [{"role": "user", "content": content}],
            **(asdict(sampling) if sampling else {"temperature": 0.0}),
            self._server.token_limit: self._max_new_tokens,
        }
        if form and self._server.json_schema:
            schema = {"name": form.__name__, "strict": True, "schema": form.model_json_schema()}
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
        return request | {"extra_body": self._server.extra}

    def _refuse_bad_key(self, error: "APIStatusError") -> None:
        if error.status_code == 401:  # 403 may be of one picture
            name = self._server.api_key_env
            mend = f"put a valid key into {name}" if name else "name the variable that holds its key: api_key_env"
            raise BlindspotError(f"{self._server.base_url} refuses the key (HTTP {error.status_code})", mend) from None


def _passing(error: BaseException) -> bool:
    """Whether another attempt may succeed."""
    from openai import APIConnectionError, APIStatusError

    if isinstance(error, APIStatusError):
        return error.status_code in (408, 409, 429) or error.status_code >= 500
    return isinstance(error, APIConnectionError | TimeoutError | Unreadable)


def _wait(state: "RetryCallState") -> float:
    """Seconds till the next attempt: what the server asks for, else twice as long each time, with jitter."""
    from openai import APIStatusError
    from tenacity import wait_random_exponential

    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, APIStatusError):
        asked = error.response.headers.get("retry-after", "")
        if asked.replace(".", "", 1).isdigit():
            return min(float(asked), LONGEST_WAIT)
    return wait_random_exponential(FIRST_WAIT, LONGEST_WAIT)(state)
