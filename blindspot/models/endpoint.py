"""Calls a VLM behind an OpenAI-compatible server and caches its answers."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple, cast

from tqdm import tqdm

from blindspot.errors import BlindspotError
from blindspot.models.account import Account
from blindspot.models.call_errors import RETRIED, CallFailed, Stop
from blindspot.models.calls import Calls
from blindspot.models.completions import read_choice
from blindspot.models.connection import Connection
from blindspot.models.description import Server
from blindspot.models.pictures import data_url, small_picture
from blindspot.models.server import shown
from blindspot.models.special_tokens import escape_common
from blindspot.protocols import Form
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.records.unscored import Unscored
from blindspot.replies import Marks, clean, read_text
from blindspot.store import work_folder

FIRST_WAIT = 0.5  # s, longest wait before the second attempt of a call
BAR_FROM = 300  # calls from which a progress bar is shown; the callers of smaller batches show their own
PROBE = "What colour is this picture? Answer in one word."
PROBES = 3  # attempts of the probe
CALLS = "calls.db"  # in the work folder


class Call(NamedTuple):
    """One call: an image or None, a prompt, the form of the reply, and how it is sampled (None: at temperature 0)."""

    image: Image | None
    prompt: str
    form: Form
    sampling: Sampling | None


class EndpointVLM:
    """A served VLM.

    Each answer is stored in the work folder as soon as it arrives, under a digest of everything that determines it, so
    that no answer is paid for twice. A call that fails after its retries, a refusal and a reply that is cut off are
    answers with an error, which are not stored. A rejected API key, an exhausted quota, an unknown model or path, a
    rejected field, many failures in a row and a limit that is reached raise BlindspotError.

    Attributes:
        identity: the name of the model and a digest of its URL, name and revision.
    """

    def __init__(
        self,
        server: Server,
        max_new_tokens: int,
        probe: bool = False,
        system: str | None = None,
        log_probs: bool = False,
        account: Account | None = None,
    ) -> None:
        """`probe`: whether to send one test question before the first call whose answer is not stored.

        `system`: the system prompt, sent as a message of its own. `log_probs`: whether to request log-probabilities.
        `account`: what the replies are charged to.

        Raises BlindspotError if the key is missing, the server cannot be reached, or it serves another revision.
        """
        self._server, self._max_new_tokens, self._unprobed = server, max_new_tokens, probe
        self._log_probs = log_probs
        self._first = [{"role": "system", "content": escape_common(clean(system))}] if system else []
        digest = hashlib.sha256(" ".join(_address(server)).encode()).hexdigest()[:16]
        self.identity = f"{server.model}@{digest}"
        self._calls = Calls(work_folder() / CALLS)
        self._loop, self._probe_lock = asyncio.Runner(), asyncio.Lock()
        self._account = account or Account(None, "")
        self._connection = Connection(server, FIRST_WAIT, self._account.lose)
        self._loop.run(self._connection.reach())

    def complete(
        self, images: Sequence[Image], prompts: Sequence[str], form: Form, sampling: Sampling | None = None
    ) -> list[Answer]:
        """Returns the answer to each image and prompt, in the same order. Without `sampling`, at temperature 0.

        `form`: requests JSON of this form, if the server supports JSON schemas.
        """
        pairs = zip(images, prompts, strict=True)
        return self.complete_each([Call(image, prompt, form, sampling) for image, prompt in pairs])

    def complete_each(self, calls: Sequence[Call]) -> list[Answer]:
        """Returns the answer to each call, in the same order. A repeated call is paid for once.

        Where the budget is spent, the answer has the error BUDGET.
        """
        admitted = self._account.admit(len(calls))
        answers = self._loop.run(self._complete(calls[:admitted]))
        return answers + [Answer("", Unscored.BUDGET)] * (len(calls) - admitted)

    def tell(self, prompts: Sequence[str], form: Form) -> list[Answer]:
        """Returns the answer to each prompt, without an image."""
        return self.complete_each([Call(None, prompt, form, None) for prompt in prompts])

    async def _complete(self, calls: Sequence[Call]) -> list[Answer]:
        slots = asyncio.Semaphore(self._server.concurrency)
        unique = dict.fromkeys(calls)
        bar = tqdm(total=len(unique), desc=self._server.model, disable=len(unique) < BAR_FROM)

        async def complete_one(call: Call) -> Answer:
            async with slots:
                try:
                    answer = await self._answer(call)
                except Exception as error:
                    self._connection.ended = self._connection.ended or error
                    raise
            bar.update()
            return answer

        # Waits for the calls in flight and stores their answers even if one call ends the run.
        completed = await asyncio.gather(*map(complete_one, unique), return_exceptions=True)
        bar.close()
        ended = self._connection.ended
        if isinstance(ended, Stop):
            problem, fix = ended.args
            raise BlindspotError(f"{self._server.model}: {problem}", f"{fix}, then run again; all answers are stored")
        if ended:
            raise ended
        answers = dict(zip(unique, completed, strict=True))
        return [cast(Answer, answers[call]) for call in calls]

    async def _answer(self, call: Call) -> Answer:
        picture = data_url(call.image.path, self._server.max_image_bytes) if call.image else None
        request = self._request(picture, call)
        key = self._key(request)
        if self._account.is_over():
            return Answer("", Unscored.BUDGET)
        stored = self._calls.get(key)
        if stored is not None and (answer := _read_stored(stored, self._server.thought_marks)).error is None:
            self._account.pay_stored(key, stored)
            return answer
        if self._unprobed:
            await self._probe(call)
        try:
            completion = await self._connection.ask(self._sent(request))
        except CallFailed as failure:
            return Answer("", failure.reason, failure.message)
        if completion.answer.error is not None:
            self._account.lose(completion.usage)
            return completion.answer
        if stored is not None:  # it is no answer with the present thought_marks
            self._calls.drop(key)
        reply = json.dumps({"choice": completion.choice, "usage": completion.usage})
        self._calls.put(key, reply, model_of(self._server))
        self._account.pay(key, completion.usage)
        return completion.answer

    async def _probe(self, call: Call) -> None:
        """Sends the test question, in the form of the first call. Raises Stop if every call would fail like it."""
        async with self._probe_lock:
            if not self._unprobed:
                return
            request = self._request(small_picture() if call.image else None, call._replace(prompt=PROBE))
            for tries_left in reversed(range(PROBES)):
                try:
                    await self._connection.ask(self._sent(request))
                    break
                except CallFailed as failure:
                    if _is_of_one_call(failure):
                        break
                    if tries_left == 0 or failure.status is not None:
                        url = shown(self._server.base_url)
                        fix = f"fix the endpoint file (base_url {url})"
                        raise Stop(f"the test question failed ({failure})", fix) from None
            self._unprobed = False

    def _request(self, picture: str | None, call: Call) -> dict[str, Any]:
        _, prompt, form, sampling = call
        picture_parts = [{"type": "image_url", "image_url": {"url": picture}}] if picture else []
        content = [*picture_parts, {"type": "text", "text": escape_common(clean(prompt))}]
        request = {
            "model": self._server.model,
            "messages": [*self._first, {"role": "user", "content": content}],
            **(asdict(sampling) if sampling else {"temperature": 0.0}),
            self._server.token_limit: self._max_new_tokens,
        }
        if self._log_probs:
            request["logprobs"] = True
        if form and self._server.json_schema:
            schema = {"name": form.__name__, "strict": True, "schema": form.model_json_schema()}
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
        return request

    def _sent(self, request: dict[str, Any]) -> dict[str, Any]:
        """Returns the request with the fields of `extra` in the endpoint file. A null value removes the field."""
        return {name: value for name, value in (request | self._server.extra).items() if value is not None}

    def _key(self, request: dict[str, Any]) -> str:
        """Returns a digest of everything that determines the answer: URL, revision, query and the whole request."""
        server = self._server
        source = [
            server.base_url,
            *([server.revision] if server.revision else []),
            *([server.query] if server.query else []),
        ]
        hashed = [*source, request | {"extra_body": server.extra}]
        return hashlib.sha256(json.dumps(hashed, sort_keys=True).encode()).hexdigest()


def _read_stored(text: str, marks: Marks) -> Answer:
    """Returns the answer in a stored reply, read with the present marks, or an answer with an error."""
    try:
        stored = json.loads(text)
        if "choice" in stored:
            return read_choice(stored["choice"], marks).answer
        # earlier versions stored texts and errors
        return read_text("" if stored.get("error") else stored["text"], True, marks)
    except (ValueError, TypeError, LookupError, AttributeError):
        return Answer("", Unscored.UNREADABLE)


def model_of(server: Server) -> str:
    """Returns the name under which the replies of a served model are stored: that of the model and of its server."""
    return f"{server.model} at {shown(server.base_url)}"


def _address(server: Server) -> list[str]:
    return [part for part in (server.base_url, server.model, server.revision) if part]


def _is_of_one_call(failure: CallFailed) -> bool:
    """Returns whether other calls may succeed after this failure: a refusal, an overload, a slow reply."""
    if failure.reason in (Unscored.NO_CONNECTION, Unscored.UNREADABLE):
        return False
    return failure.status is None or failure.status >= 500 or failure.status in RETRIED
