"""The roles of prompts files, their templates, and the variables of each template with a sample value."""

from typing import Any, Literal, get_args

ReplyFormat = Literal["text", "tags", "json", "thought"]
FORMATS: tuple[ReplyFormat, ...] = get_args(ReplyFormat)

_QUESTION = '"How many dogs are there?"'
#: role → template → variable → sample value. A sample has the type of the values. docs/prompts.md explains each.
VARIABLES: dict[str, dict[str, dict[str, Any]]] = {
    "questioner": {
        "ask": {
            "target": ["counting", "answer 2"],
            "instruction": "Ask how many objects there are; the correct answer should be “2”.",
            "failures": [{"question": "How many dogs are there?", "answer": "two"}] * 2,
            "past": ["Is the door open?"] * 2,
            "form": "json",
        }
    },
    "candidate": {"answer": {"question": "How many dogs are there?"}},
    "judge": {
        "validity": {"question": _QUESTION},
        "sameness": {"question": _QUESTION, "reference": '"two"', "answer": '"2"'},
        "again": {"prompt": "You check questions."},
    },
    "primitive_extractor": {"extract": {"asked": '{"question": "How many dogs are there?", "true answer": "two"}'}},
    "skill_namer": {"name": {"what": "skill", "phrases": '"counting dogs"\n"counting cats"'}},
}
#: Variables without which a template cannot do its work.
NEEDED: dict[str, tuple[str, ...]] = {
    "candidate.answer": ("question",),
    "judge.validity": ("question",),
    "judge.sameness": ("question", "reference", "answer"),
    "judge.again": ("prompt",),
    "primitive_extractor.extract": ("asked",),
    "skill_namer.name": ("what", "phrases"),
}


def samples(variables: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the values that a template is tried with: all samples, and each one empty in turn."""
    return [variables, *({**variables, name: type(value)()} for name, value in variables.items())]
