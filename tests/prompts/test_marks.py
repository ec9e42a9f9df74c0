"""The prompts for marks say what the oracle means."""

from pathlib import Path

from blindspot.prompts.files import read_prompts
from blindspot.questioner.prompts import question_prompt
from blindspot.scenes.marks import LABEL
from blindspot.scenes.parse import parse
from blindspot.scenes.question import MARK_FAMILIES
from blindspot.scenes.scene import COLOURS, SHAPES

MARKS = Path("configs/prompts/marks.yaml")


def test_every_example_is_in_the_grammar_and_every_family_has_one() -> None:
    prompt = question_prompt(read_prompts(MARKS, "questioner"))
    [listed] = [part for part in prompt.split("\n\n") if " · " in part]
    asked = [parse(text) for text in " ".join(listed.split()).split(" · ")]
    assert all(question is not None and question.drawn for question in asked)
    assert {question.family for question in asked if question} == {*MARK_FAMILIES}


def test_candidate_questioner_and_judge_get_the_same_explanation() -> None:
    texts = [
        question_prompt(read_prompts(MARKS, "questioner")),
        read_prompts(MARKS, "candidate").render("answer", question="Is there a drawn star?"),
        read_prompts(MARKS, "judge").render("validity", question="Is there a drawn star?"),
    ]
    assert len({text.split("\n\n")[0] for text in texts}) == 1
    explained = texts[0].split("\n\n")[0]
    assert all(word in explained for word in ("double outline", LABEL, *SHAPES, *COLOURS, "in front of"))
