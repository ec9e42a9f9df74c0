"""The formats of a comparison."""

import json
import re
from xml.etree import ElementTree as Xml

import pytest

from blindspot.diff.diff import Diff, diff
from blindspot.diff.show import FORMATS, verdict
from tests.diff.sides import mode, side

FAILING = ("new", "worse")
HOSTILE = '<script>alert("x")</script> | `a`\x1b[31m'


def compared(name: str = "counting") -> Diff:
    old = side([0] * 40, features=(name,), modes=[mode(name)])
    new = side([1] * 20 + [0] * 20, features=(name,), modes=[mode(name)], answer=HOSTILE, question=HOSTILE)
    return diff(old, new, asking=False)


def test_json_has_every_figure_and_no_nan() -> None:
    found = json.loads(FORMATS["json"](compared(), FAILING), parse_constant=pytest.fail)
    assert found["failed"] and found["common_questions"] == 40
    assert {row["change"] for row in found["modes"]} == {"worse"}
    assert found["modes"][1]["only_new"] == 20 and found["modes"][1]["difference"][0] == 0.5


def test_junit_has_a_test_case_for_each_row() -> None:
    suite = Xml.fromstring(FORMATS["junit"](compared(), FAILING))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "2", "0")
    assert [case.find("failure") is not None for case in suite] == [True, True]
    assert [case.find("failure") for case in Xml.fromstring(FORMATS["junit"](compared(), ()))] == [None, None]


@pytest.mark.parametrize("form", FORMATS)
def test_texts_of_models_and_names_are_no_markup(form: str) -> None:
    shown = FORMATS[form](compared(HOSTILE), FAILING)
    assert "<script>" not in shown.replace("&lt;script>", "") if form in ("html", "junit", "markdown") else True
    assert "\x1b" not in shown
    assert form != "markdown" or all(len(re.findall(r"(?<!\\)\|", line)) == 9 for line in shown.splitlines()[-2:])


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_names_the_row_and_its_counts(form: str) -> None:
    shown = FORMATS[form](compared(), FAILING)
    assert "counting" in shown and "20" in shown and "worse" in shown


def test_the_page_is_one_file_with_the_same_bytes() -> None:
    page = FORMATS["html"](compared(), FAILING)
    assert page == FORMATS["html"](compared(), FAILING)
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', page)


def test_the_verdict_names_what_fails() -> None:
    assert verdict(compared(), FAILING) == "failed: 2 of 2 rows are new or worse"
    assert verdict(compared(), ("gone",)) == "passed: no row is gone"
    assert verdict(compared(), ()) == "2 rows are compared"
    nothing = diff(side([0, 1]), side([1, 0]), asking=False)
    assert verdict(nothing, FAILING) == "nothing could be compared on common questions"
