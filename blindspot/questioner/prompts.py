"""The prompts of the questioner.

The embedded questioner (lab/bootstrap_questioner.py) was trained on these exact strings. A change of any of them
requires training it again. The prompts do not depend on the image.
"""

from collections.abc import Sequence

ASK = "ask a question about the image ."
THOUGHT_END = "</think>"  # ends the thought that precedes a question
MAX_ANSWER_WORDS = 3  # a longer text at the end of a thought is not an answer


def ask_for(target: Sequence[str]) -> str:
    """Returns the prompt that asks for a question with the features of the target; ASK if the target is empty."""
    return f"{ASK.removesuffix(' .')} : {' , '.join(target)} ." if target else ASK


def ask_like(examples: Sequence[tuple[str, str]]) -> str:
    """Returns the prompt that shows past questions with their true answers and asks for a similar question."""
    shown = " ; ".join(f"{question} {answer}" for question, answer in examples)
    return f"{ASK.removesuffix(' .')} like : {shown} ."


def expected_answer(text: str) -> str | None:
    """Returns the answer that the questioner expects to its own question, or None if its reply does not give one.

    A questioner may think before it asks. The expected answer is the text between the last colon of the thought and
    THOUGHT_END, if it has at most MAX_ANSWER_WORDS words.
    """
    thought, ended, _ = text.rpartition(THOUGHT_END)
    _, colon, answer = thought.rpartition(":")
    return answer.strip() if ended and colon and 0 < len(answer.split()) <= MAX_ANSWER_WORDS else None
