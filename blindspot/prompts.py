"""What the questioner is told: the same for every image, with the traits that its question is to have or without."""

from collections.abc import Sequence

ASK = "ask a question about the image ."
THOUGHT = "</think>"  # ends what a model thinks before it says what it was asked for


def ask_for(hint: Sequence[str]) -> str:
    """The prompt that asks for a question with these traits: of any kind where there is none."""
    return f"{ASK.removesuffix(' .')} : {' , '.join(hint)} ." if hint else ASK


def ask_like(examples: Sequence[tuple[str, str]]) -> str:
    """The prompt that shows past questions and their true answers, for one like them."""
    shown = " ; ".join(f"{question} {answer}" for question, answer in examples)
    return f"{ASK.removesuffix(' .')} like : {shown} ."


def said(text: str) -> str:
    """What a model says after it has thought, or at once."""
    return text.rpartition(THOUGHT)[2].strip()
