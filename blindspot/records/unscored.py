"""The reasons why a question is unscored."""

from enum import StrEnum


class Unscored(StrEnum):
    """A reason why a question is excluded from every rate. `__doc__` of a member explains it in one sentence.

    Records hold a free-text message beside the reason, such as the server's error message or the model's reply.
    """

    def __new__(cls, value: str, explanation: str = "") -> "Unscored":
        """Creates a member whose docstring is the explanation."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.__doc__ = explanation
        return member

    CUT_OFF = "cut off", "The token limit ended the reply before it was complete."
    UNFINISHED_THOUGHT = "unfinished thought", "The reasoning text of the reply does not end, so there is no answer."
    THOUGHT_ONLY = "thought only", "The reply is reasoning text without an answer after it."
    EMPTY = "empty reply", "The reply is complete and has no text."
    PICTURE_REFUSED = "picture refused", "The processor of a local model does not accept the picture."
    REFUSED = "refused", "The model, or a content filter before it, declined to reply."
    INCOMPLETE = "incomplete reply", "The server ended the reply early: an error, an abort or a tool call."
    UNREADABLE = "unreadable reply", "The server's reply is not a chat completion with text."
    SERVER_ERROR = "server error", "The server answered with an HTTP error, or with an error in place of a reply."
    TIMEOUT = "timeout", "No reply arrived within the endpoint's timeout."
    NO_CONNECTION = "no connection", "The connection to the server failed."
    NO_QUESTION = "no question", "The questioner's reply contains no question."
    NO_ANSWER = "no answer", "The answer is empty."
    ANSWER_NOT_UNDERSTOOD = (
        "answer not understood",
        "The oracle, or the comparison with the true answers, cannot read the answer as one clear value.",
    )
    JUDGEMENT_NOT_UNDERSTOOD = "judgement not understood", "The judge's reply does not have the required form."
    NO_REFERENCE = "no reference", "The judge rates the question as valid but gives no answer of its own."
    NO_MAJORITY = "no majority", "No outcome has a majority of the judge's votes."
    UNPARSED = "unparsed", "The question is outside of the oracle's grammar (`verifier.unparsed: unscored`)."
    BUDGET = "budget spent", "A limit of the section budget was reached before the question was answered or judged."


#: Reasons for a missing reply that lie with the server or the connection, not with the model.
OF_SERVER = frozenset(
    {Unscored.INCOMPLETE, Unscored.UNREADABLE, Unscored.SERVER_ERROR, Unscored.TIMEOUT, Unscored.NO_CONNECTION}
)
#: Reasons for a missing reply for which the model is not to blame.
NOT_OF_THE_MODEL = OF_SERVER | {Unscored.PICTURE_REFUSED, Unscored.BUDGET}
