"""Asks questions with a VLM behind a server."""

import hashlib
import json
from collections.abc import Sequence

from blindspot.models.account import Account
from blindspot.models.description import Server
from blindspot.models.endpoint import Call, EndpointVLM
from blindspot.prompts.files import RolePrompts
from blindspot.protocols import Form, PastFailure, ProposedQuestion, Target
from blindspot.questioner.prompts import question_prompt
from blindspot.questioner.proposing import proposed
from blindspot.records.answer import Answer, Sampling
from blindspot.records.image import Image
from blindspot.replies import ReplyForm


class AskedQuestion(ReplyForm):
    """A question about the image, and its correct answer."""

    question: str
    answer: str


class AskedOrDeclined(ReplyForm):
    """A question of the requested kind and its correct answer, or declined if there is no good one."""

    question: str
    answer: str
    declined: bool


class EndpointQuestioner:
    """A served VLM that samples one question about an image.

    Each question has a seed of its own, made of the seed and the index of the question. The stored reply to the same
    image, prompt and seed is used again.

    Attributes:
        identity: that of the VLM, with a digest of the prompts and of the sampling.
    """

    def __init__(
        self,
        server: Server,
        max_new_tokens: int,
        temperature: float,
        prompts: RolePrompts,
        account: Account | None = None,
    ) -> None:
        """`prompts`: those of the role questioner. `account`: what the replies are charged to.

        Raises BlindspotError if the key is missing, the server cannot be reached, or it serves another revision.
        """
        self._vlm = EndpointVLM(server, max_new_tokens, True, prompts.system, server.log_probs, account)
        self._marks, self._temperature, self._prompts = server.thought_marks, temperature, prompts
        texts = {name: template.text for name, template in prompts.templates.items()}
        settings = [prompts.system, prompts.form, texts, temperature, max_new_tokens]
        digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:8]
        self.identity = f"{self._vlm.identity}, prompts {digest}"

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        """Returns one question of any kind for each image, in the same order."""
        return self.ask_by([question_prompt(self._prompts)] * len(images), images, seed)

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        """Returns one question for each target and image, in the same order.

        `past`: earlier questions by image. `failures`: past failures about other images, by image.
        """
        none: list[tuple[()]] = [()] * len(targets)
        rows = zip(targets, failures or none, past or none, strict=True)
        prompts = [question_prompt(self._prompts, *row) for row in rows]
        return self._ask(prompts, images, seed, [AskedOrDeclined if target else AskedQuestion for target in targets])

    def ask_by(self, prompts: Sequence[str], images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        """Returns the question for each prompt and image, in the same order."""
        return self._ask(prompts, images, seed, [AskedQuestion] * len(prompts))

    def _ask(
        self, prompts: Sequence[str], images: Sequence[Image], seed: int, forms: Sequence[Form]
    ) -> list[ProposedQuestion]:
        calls = [
            Call(
                image,
                prompt,
                form if self._prompts.form == "json" else None,
                Sampling(self._temperature, _seed(seed, index)),
            )
            for index, (image, prompt, form) in enumerate(zip(images, prompts, forms, strict=True))
        ]
        return [self._proposed(reply) for reply in self._vlm.complete_each(calls)]

    def _proposed(self, reply: Answer) -> ProposedQuestion:
        if reply.error is None:
            return proposed(reply.text, self._prompts.form, self._marks, reply.log_prob)
        return ProposedQuestion("", None, 0.0, reply.error.value, reply.message)


def _seed(seed: int, index: int) -> int:
    """Returns the seed of one question, below 2³¹, because some servers accept no larger one."""
    return int.from_bytes(hashlib.sha256(f"{seed} {index}".encode()).digest()[:4]) >> 1
