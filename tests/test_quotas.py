"""Quotas of questions for discovered failure modes."""

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from blindspot.protocols import PastFailure, ProposedQuestion, Target
from blindspot.questioner.templates import TemplateQuestioner
from blindspot.quotas import MOST_PER_VALID, MOST_PROPOSED, Quota, ask_quotas, quotas_of
from blindspot.records.image import Image
from blindspot.records.rollout import Asked
from blindspot.records.verdict import Outcome
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene, random_scene
from blindspot.search.discovered import questions_of
from blindspot.taxonomy.reading.question_features import all_features
from tests.candidates import SaysOne
from tests.failure_modes import mode

DICE = random.Random(3)
IMAGES = [Image(f"im{number}", Path("none"), "test", random_scene(DICE).to_json()) for number in range(60)]
SCENES = {image.image_id: Scene.from_json(image.scene or "") for image in IMAGES}


class Asks:
    """Asks the same question about every image; every third reply has none, and it expects the answer no."""

    identity = "asks/1"

    def __init__(self, question: str) -> None:
        self.question, self.proposed, self.targets = question, 0, Counter[Target]()

    def ask(self, images: Sequence[Image], seed: int) -> list[ProposedQuestion]:
        raise AssertionError("it must be steered")

    def ask_for(
        self,
        targets: Sequence[Target],
        images: Sequence[Image],
        seed: int,
        past: Sequence[Sequence[str]] = (),
        failures: Sequence[Sequence[PastFailure]] = (),
    ) -> list[ProposedQuestion]:
        assert len({image.image_id for image in images}) == min(len(images), len(IMAGES))
        self.proposed += len(images)
        self.targets.update(targets)
        asked, declined = ProposedQuestion(self.question, "no"), ProposedQuestion("", reason="declined")
        return [declined if place % 3 == 0 else asked for place in range(len(images))]


Row = tuple[str, str | None, Outcome]


def rows(*outcomes: Row) -> list[Asked]:
    return [
        Asked(f"im{place}", question, "?", reference, outcome, None)
        for place, (question, reference, outcome) in enumerate(outcomes)
    ]


def test_a_quota_asks_more_the_fewer_questions_are_valid_and_in_the_mode() -> None:
    question = "is the star left of the circle ?"
    failures: list[Row] = [(question, "yes", "failure")] * 2
    others: list[Row] = [("what colour is the star ?", "red", "correct")] * 9
    seen = rows(*failures, (question, "no", "correct"), (question, None, "invalid"), *others)
    [quota] = quotas_of([mode("judging left-of", "answer yes")], questions_of(seen, []), 0.25)
    assert (quota.valid, quota.asked) == (40, 80)
    [rare] = quotas_of([mode("judging left-of", "answer maybe")], questions_of(seen, []), 0.25)
    assert rare.asked == MOST_PER_VALID * rare.valid
    [unseen] = quotas_of([mode("counting")], questions_of(seen, []), 0.25)
    assert unseen.asked == MOST_PER_VALID * unseen.valid


def test_a_questioner_is_steered_by_the_mode_and_only_the_words_decide() -> None:
    left, many = mode("judging left-of", "answer yes"), mode("counting")
    asker = Asks("is the star left of the circle ?")
    found = ask_quotas([Quota(left, 10, 12), Quota(many, 10, 12)], asker, SaysOne(), IMAGES, seed=1)
    assert {(row.mode_id, row.method, row.questioner) for row in found} == {(left.mode_id, "quota", "asks/1")}
    assert {row.target for row in found} == {left.features}
    assert len(found) == 12 and len({row.rollout_id for row in found}) == 12
    assert set(asker.targets) == {left.features, many.features}
    assert asker.targets[many.features] == MOST_PROPOSED * 12  # none of its questions is in the mode


def test_replies_that_are_left_out_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    ask_quotas([Quota(mode("counting"), 10, 12)], Asks("is the star left of the circle ?"), SaysOne(), IMAGES, seed=1)
    said = capsys.readouterr().out
    assert (
        "harvest: counting: 0 of 12 questions are asked; other replies: another kind of question × 32, declined × 16"
        in said
    )


def test_the_same_seed_gives_the_same_questions_and_another_seed_other_images() -> None:
    quota = Quota(mode("judging left-of"), 10, 12)
    one, same, other = (
        ask_quotas([quota], Asks("is the star left of the circle ?"), SaysOne(), IMAGES, seed) for seed in (1, 1, 2)
    )
    assert one == same and [row.image_id for row in one] != [row.image_id for row in other]


def test_templates_draw_until_each_mode_has_its_valid_questions() -> None:
    quotas = [Quota(mode("counting"), 25, 75), Quota(mode("counting", "answer 2"), 10, 30)]
    found = ask_quotas(quotas, TemplateQuestioner(), SaysOne(), IMAGES, seed=1)
    assert Counter(row.mode_id for row in found) == {"counting": 25, "counting--answer 2": 10}
    for row in found:
        features = all_features(row.question, rule(row.question, SCENES[row.image_id]).answer)
        assert features.issuperset((row.mode_id or "").split("--"))


def test_a_mode_that_no_template_asks_for_has_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blindspot.quotas.MOST_DRAWN", 512)
    assert ask_quotas([Quota(mode("reading"), 40, 40)], TemplateQuestioner(), SaysOne(), IMAGES, seed=1) == []


def test_without_modes_nothing_is_asked() -> None:
    assert ask_quotas([], Asks("how many ?"), SaysOne(), IMAGES, seed=1) == []


def test_a_question_is_asked_once_about_an_image() -> None:
    about_stars = Quota(mode("recognising stars"), 100, 100)
    rollouts = ask_quotas([about_stars], Asks("how many stars are there ?"), SaysOne(), IMAGES, 1)
    assert 30 <= len(rollouts) <= len(IMAGES) and len({one.image_id for one in rollouts}) == len(rollouts)
    drawn = ask_quotas([about_stars], TemplateQuestioner(), SaysOne(), IMAGES[:3], 1)
    assert len({(one.image_id, one.question) for one in drawn}) == len(drawn) > 10
