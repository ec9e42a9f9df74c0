from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.searchers.baselines import BLOCK, Bandit, BestOf, FewShot, Fixed, search
from blindspot.judges.oracle import OracleVerifier
from blindspot.protocols import ProposedQuestion
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.scenes.draw import draw_scenes
from blindspot.scenes.parse import parse
from blindspot.scenes.planted import PlantedCandidate
from blindspot.search.journal import Journal
from tests.project import meter

SCENES = draw_scenes(60, seed=8)
IMAGES = [Image(f"{place}", Path("a.png"), "train", scene.to_json()) for place, scene in enumerate(SCENES)]
COUNTING = PlantedCandidate(["family == counting"], 0.0, 0)


class Parrot:
    """Asks the given questions in turn, and keeps its prompts."""

    identity = "parrot"

    def __init__(self, *questions: str) -> None:
        self.prompts: list[str] = []
        self._questions = questions

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        return [ProposedQuestion(self._questions[place % len(self._questions)]) for place in range(len(images))]

    def ask_by(self, prompts: Sequence[str], images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        self.prompts = [*prompts]
        return self.ask(images, seed)


def row(question: str, failed: bool) -> Asked:
    return Asked("0", question, "no", "yes", "failure" if failed else "correct", None)


def families(asked: Sequence[str]) -> Counter[str]:
    return Counter(question.family for text in asked if (question := parse(text)))


def test_a_search_spends_exactly_its_budget(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "asked.jsonl", COUNTING, OracleVerifier("invalid"), meter(candidate_calls=BLOCK + 7))
    asked = search(Fixed(TemplateQuestioner()), IMAGES, journal, seed=0)
    assert len(asked) == journal.meter.calls["candidate_calls"] == BLOCK + 7
    assert {row.outcome for row in asked if "how many" in row.question} == {"failure"}


def test_the_same_seed_gives_the_same_search(tmp_path: Path) -> None:
    found = [
        search(
            Bandit(), IMAGES, Journal(tmp_path / name, COUNTING, OracleVerifier("invalid"), meter(judge_calls=80)), 3
        )
        for name in ("a", "b")
    ]
    assert found[0] == found[1]


def test_a_bandit_learns_to_ask_what_fails(tmp_path: Path) -> None:
    bandit = Bandit()
    before = families(bandit.ask(IMAGES, 0))
    search(bandit, IMAGES, Journal(tmp_path / "a", COUNTING, OracleVerifier("invalid"), meter(judge_calls=400)), 0)
    # Fails for correct code with probability 8e-7 over seeds (binomial: a tenth of 60). Later all are.
    assert before["counting"] < 20 < 50 < families(bandit.ask(IMAGES, 0))["counting"]


def test_few_shot_shows_past_failures() -> None:
    parrot = Parrot("is there a star ?")
    searcher = FewShot(parrot, shots=2)
    searcher.ask(IMAGES[:3], 0)
    assert parrot.prompts == ["ask a question about the image ."] * 3
    searcher.learn([row("is there a star ?", True), row("is there a circle ?", False)])
    searcher.ask(IMAGES[:3], 0)
    assert len(parrot.prompts) == 3
    assert all("is there a star ? yes" in prompt and "circle" not in prompt for prompt in parrot.prompts)


def test_best_of_n_asks_what_resembles_failures() -> None:
    star, circle = "is there a star ?", "how many circles are there ?"
    searcher = BestOf(Parrot(star, circle), number=2)
    assert searcher.ask(IMAGES[:3], 0) == [star] * 3
    searcher.learn([row(circle, False)])
    assert searcher.ask(IMAGES[:3], 0) == [star] * 3  # a single kind of outcome teaches nothing
    searcher.learn([row(circle, True), row(circle, True), row(star, False), row(star, False)])
    assert searcher.ask(IMAGES[:3], 0) == [circle] * 3
