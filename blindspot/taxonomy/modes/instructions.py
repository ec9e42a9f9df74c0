"""Phrases a target as an instruction to a questioner, in the words in which failure modes are described."""

from collections.abc import Sequence

from blindspot.taxonomy.modes.describe import ANSWER, asks, is_answer, quoted
from blindspot.taxonomy.reading.wording import ANSWER_KINDS, KIND


def instruct(target: Sequence[str]) -> str:
    """Returns sentences that ask for a question with these features. Empty if the target is empty.

    `instruct(("counting", "answer 2 or more"))` is "The question should ask how many objects there are. Its correct
    answer should be “2 or more”."
    """
    answers = [_answer(feature) for feature in target if is_answer(feature)]
    clauses = [asks(feature) for feature in target if not is_answer(feature)]
    sentences = [f"The question should {' and '.join(clauses)}."] if clauses else []
    if answers:
        whose = "Its" if clauses else "The"
        sentences.append(f"{whose} correct answer should be {' and '.join(answers)}.")
    return " ".join(" ".join(sentences).split())  # on one line


def _answer(feature: str) -> str:
    """Returns the true answer in quotes, or its kind in words."""
    kind = feature.removeprefix(KIND)
    return ANSWER_KINDS.get(kind, kind) if feature.startswith(KIND) else quoted(feature.removeprefix(ANSWER))
