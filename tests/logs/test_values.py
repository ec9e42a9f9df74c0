"""Texts, lists, verdicts and scores of cells."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.logs.chat import prompt_of
from blindspot.logs.values import literal, number_of, text_of, texts_of, verdict_of
from tests.logs.files import row, table

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (" a ", "a"),
        (3, "3"),
        (3.0, "3"),
        (0.25, "0.25"),
        (np.int64(3), "3"),
        (np.float64(2.0), "2"),
        (["a"], "a"),
        (np.array(["a"]), "a"),
        ([["a"]], "a"),
        ({"answer": "a"}, "a"),
        (["a", "b"], '["a", "b"]'),
        ({"x": 1}, '{"x": 1}'),
        ("None", "None"),
        ("NA", "NA"),
        ("", None),
        ("  ", None),
        (None, None),
        (math.nan, None),
        (pd.NA, None),
        (pd.NaT, None),
        ([], "[]"),
        (1e300, "1e+300"),
    ],
)
def test_texts(value: Any, text: str | None) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("cat", ["cat"]),
        (["cat", "dog", "cat"], ["cat", "dog", "cat"]),
        ('["cat", "dog"]', ["cat", "dog"]),
        ("['cat', \"dog's\"]", ["cat", "dog's"]),
        ([{"answer": "cat", "answer_confidence": "yes"}] * 3, ["cat"] * 3),
        ("[{'answer': 'cat'}, {'answer': 'dog'}]", ["cat", "dog"]),
        ({"text": ["cat", "dog"], "answer_start": [1, 2]}, ["cat", "dog"]),
        (np.array(["cat", "dog"], dtype=object), ["cat", "dog"]),
        ("[10, 20, 50, 80]", ["[10, 20, 50, 80]"]),
        ("[7]", ["7"]),
        ("[left", ["[left"]),
        ("[cat]", ["[cat]"]),
        (["cat", None, ""], ["cat"]),
        (4, ["4"]),
        (None, []),
        ("", []),
        ("[]", []),
    ],
)
def test_one_or_several_texts(value: Any, texts: list[str]) -> None:
    assert texts_of(value) == texts


def test_nothing_is_executed(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    text = f"[open({str(mark)!r}, 'w').write('x')]"
    assert texts_of(text) == [text] and not mark.exists()


@given(JSON)
def test_any_value_has_a_text(value: Any) -> None:
    text = text_of(value)
    assert text is None or text.strip()
    assert all(one.strip() for one in texts_of(value))


@given(JSON, st.booleans())
def test_any_value_is_a_verdict_or_not(value: Any, one_is_wrong: bool) -> None:
    verdict = verdict_of(value, one_is_wrong)
    assert verdict in (None, 0.0, 1.0) or math.isnan(verdict)
    number = number_of(value)
    assert number is None or not math.isinf(number)


@given(JSON, JSON, JSON)
def test_any_cells_can_be_read(question: Any, reference: Any, answer: Any) -> None:
    found = row(table([{"question": question, "reference": reference, "answer": answer}]))
    assert isinstance(found["question"], str) and isinstance(found["references"], list)
    assert found["unscored"] is None or found["unscored"] in ("no question", "no answer")


@given(st.text())
def test_any_text_may_look_like_a_literal(text: str) -> None:
    assert isinstance(literal(text), str | list | dict)


def test_deep_literals() -> None:
    deep = "[" * 50_000 + "]" * 50_000
    assert literal(deep) == deep


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": "a.png"}}],
        [{"type": "image", "image": "a.png"}, "What?"],
        [{"type": "input_text", "text": "What?"}, {"type": "input_image", "image_url": "a.png"}],
    ],
)
def test_prompts_in_chat_form(content: list[Any]) -> None:
    prompt = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": content}]
    assert prompt_of(prompt)[0] == "What?"
    for form in (prompt, str(prompt)):
        found = row(table([{"messages": form, "response": "a"}], question="messages"))
        assert found["question"] == "What?" and found["image"] == "a.png"


@pytest.mark.parametrize("value", [None, "text", 3, [], ["a"], [{"content": "a"}], {"role": "user"}])
def test_other_prompts_stay(value: Any) -> None:
    assert prompt_of(value) == (value, None)
