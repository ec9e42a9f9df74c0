"""A VLM behind an OpenAI-compatible server."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from tqdm import tqdm

from blindspot.errors import BlindspotError
from blindspot.models.call_errors import RETRIED, CallFailed, Stop
from blindspot.models.calls import Calls
from blindspot.models.completions import read_choice
from blindspot.models.connection import Connection
from blindspot.models.description import Server
from blindspot.models.pictures import data_url, small_picture
from blindspot.models.server import shown
from blindspot.models.special_tokens import escape_common
from blindspot.protocols import Form
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.sampling import Sampling
from blindspot.records.unscored import Unscored
from blindspot.replies import Marks, clean, read_text
from blindspot.store import work_folder

FIRST_WAIT = 0.5  # s before the second attempt at a call, at most
BAR_FROM = 300  # calls at once from which a bar is shown; fewer are a batch of a caller that has a bar
PROBE = "What colour is this picture? Answer in one word."
PROBES = 3  # times that it is asked where nothing readable comes back
CALLS = "calls.db"  # in the work folder


class EndpointVLM:
    """A served VLM, at temperature 0 unless a sampling is given. `identity`: its name and a digest of where it is.

    Every answer is kept in the work folder as soon as it arrives, under a digest of all that shapes it, and is never
    paid for again. A call that fails after its retries, a refusal and a reply that is cut off are answers with an
    error, which are not kept. A refused key, an exhausted quota, an unknown model or path, a field that the server
    does not take, many failures in a row, or a limit that is reached raise BlindspotError.
    """

    def __init__(self, server: Server, max_new_tokens: int, probe: bool = False) -> None:
        """`probe`: before the first call whose answer is not kept, one question about a small picture is asked.

        Raises BlindspotError where the key is missing, the server cannot be reached, or it serves another revision.
        """
        self._server, self._max_new_tokens, self._unprobed = server, max_new_tokens, probe
        address = hashlib.sha256(" ".join(_place(server)).encode()).hexdigest()[:16]
        self.identity = f"{server.model}@{address}"
        self._kept = Calls(work_folder() / CALLS)
        self._loop, self._probing = asyncio.Runner(), asyncio.Lock()
        self._connection = Connection(server, FIRST_WAIT)
        self._loop.run(self._connection.reach())

    def complete(
        self, images: Sequence[Image], prompts: Sequence[str], form: Form, sampling: Sampling | None = None
    ) -> list[Answer]:
        """What the model says to each image and prompt, in the same order; as JSON where a `form` is asked for."""
        return self._loop.run(self._complete(images, prompts, form, sampling))

    def tell(self, prompts: Sequence[str], form: Form) -> list[Answer]:
        """What it says to each prompt where it is shown no image."""
        return self._loop.run(self._complete([None] * len(prompts), prompts, form, None))

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
                    found = await self._answer(image, prompt, form, sampling)
                except Exception as error:
                    self._connection.ended = self._connection.ended or error
                    raise
            bar.update()
            return found

        # Calls under way are waited for, and their answers kept, even where one of them ends the run.
        found = await asyncio.gather(*(one(*pair) for pair in once), return_exceptions=True)
        bar.close()
        ended = self._connection.ended
        if isinstance(ended, Stop):
            what, fix = ended.args
            raise BlindspotError(f"{self._server.model}: {what}", f"{fix}, then run again; every answer is kept")
        if ended:
            raise ended
        answers = dict(zip(once, found, strict=True))
        return [cast(Answer, answers[pair]) for pair in asked]

    async def _answer(self, image: Image | None, prompt: str, form: Form, sampling: Sampling | None) -> Answer:
        picture = data_url(image.path, self._server.max_image_bytes) if image else None
        request = self._request(picture, prompt, form, sampling)
        key = self._key(request)
        kept = self._kept.get(key)
        if kept is not None and (answer := _read_kept(kept, self._server.thought_marks)).error is None:
            return answer
        if self._unprobed:
            await self._probe(image is not None, form)
        try:
            completion = await self._connection.ask(self._sent(request))
        except CallFailed as failure:
            return Answer("", failure.reason, failure.message)
        if completion.answer.error is None:
            if kept is not None:  # under these thought_marks it is no answer
                self._kept.drop(key)
            self._kept.put(key, json.dumps({"choice": completion.choice}), model_of(self._server))
        return completion.answer

    async def _probe(self, with_picture: bool, form: Form) -> None:
        """Asks one question, first and alone. Raises Stop where the reply shows that no other can be answered."""
        async with self._probing:
            if not self._unprobed:
                return
            request = self._request(small_picture() if with_picture else None, PROBE, form, None)
            for tries_left in reversed(range(PROBES)):
                try:
                    await self._connection.ask(self._sent(request))
                    break
                except CallFailed as failure:
                    if _tells_nothing(failure):
                        break
                    if tries_left == 0 or failure.status is not None:
                        what = f"the first question, about a small picture, fails ({failure})"
                        raise Stop(what, f"fix the endpoint file (base_url {shown(self._server.base_url)})") from None
            self._unprobed = False

    def _request(self, picture: str | None, prompt: str, form: Form, sampling: Sampling | None) -> dict[str, Any]:
        shown_picture = [{"type": "image_url", "image_url": {"url": picture}}] if picture else []
        content = [*shown_picture, {"type": "text", "text": escape_common(clean(prompt))}]
        request = {
            "model": self._server.model,
            "messages": [{"role": "user", "content": content}],
            **(asdict(sampling) if sampling else {"temperature": 0.0}),
            self._server.token_limit: self._max_new_tokens,
        }
        if form and self._server.json_schema:
            schema = {"name": form.__name__, "strict": True, "schema": form.model_json_schema()}
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
        return request

    def _sent(self, request: dict[str, Any]) -> dict[str, Any]:
        """The request with the fields of the endpoint file; a field that is null there is left out."""
        return {name: value for name, value in (request | self._server.extra).items() if value is not None}

    def _key(self, request: dict[str, Any]) -> str:
        """A digest of all that shapes the answer: where the model is, which version of it, and the whole request."""
        server = self._server
        where = [
            server.base_url,
            *([server.revision] if server.revision else []),
            *([server.query] if server.query else []),
        ]
        shaped = [*where, request | {"extra_body": server.extra}]
        return hashlib.sha256(json.dumps(shaped, sort_keys=True).encode()).hexdigest()


def _read_kept(text: str, marks: Marks) -> Answer:
    """The answer in a reply that is kept, read anew; one with an error where it holds none."""
    try:
        kept = json.loads(text)
        if "choice" in kept:
            return read_choice(kept["choice"], marks).answer
        # an earlier version kept texts and errors
        return read_text("" if kept.get("error") else kept["text"], True, marks)
    except (ValueError, TypeError, LookupError, AttributeError):
        return Answer("", Unscored.UNREADABLE)


def model_of(server: Server) -> str:
    """What the kept replies of a served model are filed under: its name and its server."""
    return f"{server.model} at {shown(server.base_url)}"


def _place(server: Server) -> list[str]:
    return [part for part in (server.base_url, server.model, server.revision) if part]


def _tells_nothing(failure: CallFailed) -> bool:
    """Whether a failure says nothing of other calls: a refusal, an overload, a slow reply."""
    if failure.reason in (Unscored.NO_CONNECTION, Unscored.UNREADABLE):
        return False
    return failure.status is None or failure.status >= 500 or failure.status in RETRIED
