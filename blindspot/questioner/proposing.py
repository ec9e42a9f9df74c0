"""Turns a questioner's reply into a proposed question."""

from collections import Counter

from blindspot.errors import BlindspotError
from blindspot.prompts.roles import ReplyFormat
from blindspot.protocols import ProposedQuestion
from blindspot.questioner.reading import read_question
from blindspot.records.unscored import OF_SERVER, Unscored
from blindspot.replies import Marks, shorten

_TOO_SHORT = "raise max_new_tokens in the sections explore and harvest, or disable thinking (extra)"
_OTHER = "choose another questioner, or another questioner.form in the prompts file"
#: By the most frequent reason why replies have no question.
_FIXES = {
    Unscored.CUT_OFF.value: _TOO_SHORT,
    Unscored.UNFINISHED_THOUGHT.value: _TOO_SHORT,
    Unscored.THOUGHT_ONLY.value: _TOO_SHORT,
    **dict.fromkeys((one.value for one in OF_SERVER), "fix the problem that the server reports, then run again"),
}


def proposed(reply: str, form: ReplyFormat | None, marks: Marks, log_prob: float = 0.0) -> ProposedQuestion:
    """Returns the question in a reply, or why there is none. `form`: that of the questioner's prompts."""
    asked = read_question(reply, form or "text", marks)
    if asked.reason is None or form == "thought":
        # An empty question of the embedded questioner stays unscored, so that its results do not change.
        return ProposedQuestion(asked.question, asked.answer, log_prob)
    return ProposedQuestion("", None, log_prob, asked.reason, shorten(reply))


def counted(reasons: Counter[str]) -> str:
    """Returns the reasons why replies have no question, with their counts, as text."""
    return ", ".join(f"{reason} × {count}" for reason, count in reasons.most_common())


def no_question(who: str, reasons: Counter[str], message: str) -> BlindspotError:
    """Returns the error for a questioner whose replies all lack a question.

    `who`: the questioner. `reasons`: why, with counts. `message`: the start of one of the replies, or "".
    """
    shown = f", for example “{message}”" if message else ""
    fix = _FIXES.get(reasons.most_common(1)[0][0], _OTHER)
    return BlindspotError(f"no reply of {who} has a question: {counted(reasons)}{shown}", fix)
