"""A chat-completions server on loopback that injects random faults."""

import json
import random
from collections import Counter
from collections.abc import Callable

from tests.models.fake_server import FakeServer, Reply, completion, serving

__all__ = ["FAULTS", "KEY", "SLOW", "Server", "serving"]

FAULTS = ("500", "503", "429", "slow", "dropped", "half", "empty", "page")
KEY = "sk-planted-0123456789abcdef"
SLOW = 3.0  # s, above the client's timeout


class Server(FakeServer):
    """Replies with `reply(prompt)`, except that a share of the calls get a random fault.

    Attributes:
        share: the probability of a fault.
        injected: the number of calls with each fault, "none" included.
    """

    def __init__(self, share: float = 0.0, key: str | None = None, faults: tuple[str, ...] = FAULTS) -> None:
        super().__init__(self._reply_or_fault, key=key)
        self.reply: Callable[[str], str] = lambda prompt: f"about {prompt}"
        self.share, self.faults, self.random = share, faults, random.Random(1)
        self.injected: Counter[str] = Counter()

    @property
    def attempts(self) -> Counter[str]:
        """The number of calls with each question."""
        with self.lock:
            return Counter(self.questions)

    def _reply_or_fault(self, question: str, _: int) -> Reply:
        with self.lock:
            fault = self.random.choice(self.faults) if self.random.random() < self.share else "none"
            self.injected[fault] += 1
        finish = {"withheld": "content_filter", "long": "length"}.get(fault, "stop")
        whole = completion(None if fault == "withheld" else self.reply(question), finish)
        if fault.isdigit():
            headers = {"retry-after": "0"} if fault == "429" else {}
            return Reply({"error": {"message": "injected"}}, int(fault), headers)
        faulty = {
            "slow": Reply(whole, delay=SLOW),
            "dropped": Reply(drop="before"),
            "half": Reply(json.dumps(whole)[:60]),
            "empty": Reply(whole | {"choices": []}),
            "page": Reply("<html>maintenance</html>"),
            "drip": Reply(" " * 40, drip=SLOW / 20),  # proxies send blanks to keep a connection
            "uncounted": Reply({name: value for name, value in whole.items() if name != "usage"}),
        }
        return faulty.get(fault, Reply(whole))
