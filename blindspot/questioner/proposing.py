"""Turns a questioner's reply into a proposed question."""

from blindspot.prompts.roles import ReplyFormat
from blindspot.protocols import ProposedQuestion
from blindspot.questioner.reading import read_question
from blindspot.replies import Marks, shorten


def proposed(reply: str, form: ReplyFormat | None, marks: Marks, log_prob: float = 0.0) -> ProposedQuestion:
    """Returns the question in a reply, or why there is none. `form`: that of the questioner's prompts."""
    asked = read_question(reply, form or "text", marks)
    if asked.reason is None or form == "thought":
        # An empty question of the embedded questioner stays unscored, so that its results do not change.
        return ProposedQuestion(asked.question, asked.answer, log_prob)
    return ProposedQuestion("", None, log_prob, asked.reason, shorten(reply))
