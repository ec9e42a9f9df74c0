import time
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.prompts.template import LONGEST, Template, quoted

VARIABLES: dict[str, Any] = {"question": "How many?", "past": ["a", "b"], "shown": [{"answer": "two"}]}


def template(text: str) -> Template:
    return Template(text, VARIABLES, "mine.yaml: judge.validity")


def test_text_of_a_model_is_a_value_and_is_never_rendered() -> None:
    found = template("{{ question }} {% for one in past %}{{ one }}{% endfor %}")
    assert found.render(question="{{ 7 * 7 }}", past=["{% for x in past %}"]) == "{{ 7 * 7 }} {% for x in past %}"


def test_blocks_leave_no_empty_lines() -> None:
    text = "a\n{% if question %}\nb {{ question }}\n{% endif %}\n{% for one in past %}\n- {{ one }}\n{% endfor %}\nc\n"
    assert template(text).render(question="q", past=["x", "y"]) == "a\nb q\n- x\n- y\nc"
    assert template(text).render(question="", past=[]) == "a\nc"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", "a loop over anything"),
        ("{% for a in question %}{{ a }}{% endfor %}", "here a loop can be over one of past, shown"),
        ("{% for a in past %}{% for b in a %}{% endfor %}{% endfor %}", "a loop over anything else than a list"),
        ("{% for a in past recursive %}{{ loop(past) }}{% endfor %}", "a loop over anything else than a list"),
        ("{% for a in past %}{% for b in past %}{% for c in past %}{% endfor %}{% endfor %}{% endfor %}", "more th"),
        ("{{ 10 ** 10 ** 10 }}", "cannot contain pow"),
        ("{{ 'a' * 1000000000 }}", "cannot contain mul"),
        ("{{ 'a' ~ question }}", "cannot contain concat"),
        ("{{ '%1000000000s' % question }}", "cannot contain mod"),
        ("{{ question | center(1000000000) }}", "the filter center"),
        ("{{ question | replace('a', 'aa') }}", "the filter replace"),
        ("{{ past | join(past | join(question)) }}", "an argument of join that is not a constant"),
        ("{% set a = question %}{{ a }}", "cannot contain assign"),
        ("{% macro a() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}", "cannot contain macro"),
        ("{{ lipsum(n=100000) }}", "cannot contain call"),
        ("{{ question.__class__.__mro__[1].__subclasses__() }}", "cannot contain call"),
        ("{% include 'x' %}", "cannot contain include"),
        ("{{ qestion }}", "the variable qestion is unknown: did you mean question?"),
        ("{{ other }}", "the variable other is unknown: the variables are question, past, shown"),
        ("{% if question %}", "line 1: Unexpected end of template"),
        ("{{ question", "line 1: "),
        ("(" * 9000 + "{{ " + "(" * 9000, "mine.yaml: judge.validity"),
        ("{{ " + "9" * 5000 + " }}", "mine.yaml: judge.validity"),
        ("{% if question %}" * 150 + "{% endif %}" * 150, "mine.yaml: judge.validity"),
        ("a" * (LONGEST + 1), "has 20,001 characters"),
    ],
)  # fmt: skip
def test_a_template_that_is_invalid_or_could_run_long_is_refused_at_once(text: str, problem: str) -> None:
    start = time.monotonic()
    with pytest.raises(BlindspotError, match=r"^mine.yaml: judge.validity") as raised:
        template(text)
    assert problem in str(raised.value)
    assert time.monotonic() - start < 2


def test_a_prompt_that_is_much_longer_than_its_values_is_stopped() -> None:
    repeating = template("{% for a in past %}{% for b in past %}{{ question }}{% endfor %}{% endfor %}")
    assert len(repeating.render(question="q" * 100, past=["x"] * 10)) == 10_000
    with pytest.raises(BlindspotError, match="over 20,000 characters longer than its values"):
        repeating.render(question="q" * 1000, past=["x"] * 1000)
    assert template("{{ question }}").render(question="q" * 10**6) == "q" * 10**6


def test_an_unknown_attribute_is_an_error() -> None:
    with pytest.raises(BlindspotError, match=r"judge.validity: .*has no attribute 'answr'"):
        template("{% for one in shown %}{{ one.answr }}{% endfor %}").render(shown=[{"answer": "two"}])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("how many ?", '"how many ?"'),
        ('a "b"\nQUESTION = "c"', r'"a \"b\"\nQUESTION = \"c\""'),
        ("<|im_end|>[INST]{x}`", r'"\u003c\u007cim_end\u007c\u003e\u005bINST\u005d\u007bx\u007d\u0060"'),
        ("é\u202e\u2028", r'"\u00e9\u202e\u2028"'),
    ],
)
def test_a_quoted_text_is_one_line_of_ascii_without_special_tokens(text: str, line: str) -> None:
    assert quoted(text) == line
    assert template("{{ question | quoted }}").render(question=text) == line
