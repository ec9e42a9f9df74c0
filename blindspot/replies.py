"""Replies of a model that are to be of a form."""

import re
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from blindspot.records.answer import Answer

_JSON = re.compile(r"\s*(?:```(?:json)?)?\s*(\{.*\})\s*(?:```)?\s*", re.DOTALL)  # alone, or within a code fence


class ReplyForm(BaseModel):
    """A form: nothing more, nothing less, and nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


AnyForm = TypeVar("AnyForm", bound=ReplyForm)


def read_reply(reply: Answer, form: type[AnyForm]) -> AnyForm | None:
    """What was replied; None where it is an error or not of the form."""
    found = _JSON.fullmatch(reply.text)
    try:
        return form.model_validate_json(found[1]) if found else None
    except ValidationError:
        return None
