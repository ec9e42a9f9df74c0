"""Fills the prompts of the questioner. They do not depend on the image."""

from collections.abc import Sequence

from blindspot.prompts.files import RolePrompts
from blindspot.taxonomy.modes.instructions import instruct

THOUGHT_END = "</think>"  # ends the thought that precedes a question in the form thought
MAX_ANSWER_WORDS = 3  # a longer text at the end of a thought is not an answer


def question_prompt(
    prompts: RolePrompts,
    target: Sequence[str] = (),
    failures: Sequence[tuple[str, str]] = (),
    past: Sequence[str] = (),
) -> str:
    """Returns the prompt that asks for a question with the features of the target, or for any question.

    `prompts`: those of the role questioner. `failures`: past questions that the candidate failed, each with its true
    answer, to ask similar ones. `past`: past questions, to ask different ones.
    """
    return prompts.render(
        "ask",
        target=[*target],
        instruction=instruct(target),
        failures=[{"question": question, "answer": answer} for question, answer in failures],
        past=[*past],
        form=prompts.form,
    )


def expected_answer(text: str) -> str | None:
    """Returns the answer that the questioner expects to its own question, or None if its reply does not give one.

    A questioner may think before it asks. The expected answer is the text between the last colon of the thought and
    THOUGHT_END, if it has at most MAX_ANSWER_WORDS words.
    """
    thought, ended, _ = text.rpartition(THOUGHT_END)
    _, colon, answer = thought.rpartition(":")
    return answer.strip() if ended and colon and 0 < len(answer.split()) <= MAX_ANSWER_WORDS else None
