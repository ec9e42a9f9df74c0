"""What the questioner is told: the same for every image, with the features that its question is to have or without."""

from collections.abc import Sequence

ASK = "ask a question about the image ."
THOUGHT = "</think>"  # ends what a model thinks before it says what it was asked for
BRIEF = 3  # words of an answer at most


def ask_for(target: Sequence[str]) -> str:
    """The prompt that asks for a question with these features: of any kind where there is none."""
    return f"{ASK.removesuffix(' .')} : {' , '.join(target)} ." if target else ASK


def ask_like(examples: Sequence[tuple[str, str]]) -> str:
    """The prompt that shows past questions and their true answers, for one like them."""
    shown = " ; ".join(f"{question} {answer}" for question, answer in examples)
    return f"{ASK.removesuffix(' .')} like : {shown} ."


def in_mind(text: str) -> str | None:
    """The answer to its own question that a model has in mind: what ends its thought after a colon, if it is brief."""
    thought, ended, _ = text.rpartition(THOUGHT)
    _, colon, answer = thought.rpartition(":")
    return answer.strip() if ended and colon and 0 < len(answer.split()) <= BRIEF else None
