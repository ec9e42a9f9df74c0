"""Fills the prompts of a VLM judge. They contain the question and the answers as data, each on its own line.

`prompts` of these functions: those of the role judge; None for the default ones.
"""

from blindspot.prompts.files import RolePrompts, default_prompts
from blindspot.prompts.template import quoted


def ask_validity(question: str, prompts: RolePrompts | None = None) -> str:
    """Returns the prompt of the first step, which does not show the candidate's answer."""
    return (prompts or default_prompts("judge")).render("validity", question=quoted(question))


def ask_sameness(question: str, reference: str, answer: str, prompts: RolePrompts | None = None) -> str:
    """Returns the prompt of the second step."""
    values = {"question": quoted(question), "reference": quoted(reference), "answer": quoted(answer)}
    return (prompts or default_prompts("judge")).render("sameness", **values)


def ask_again(prompt: str, prompts: RolePrompts | None = None) -> str:
    """Returns the prompt to send after a reply that could not be read. `prompt`: the one that was replied to."""
    return (prompts or default_prompts("judge")).render("again", prompt=prompt)
