"""Tests replies of judges as models write them: each is understood, or is ambiguous and not understood."""

import json

import pytest

from blindspot.judges.vlm import CRITERIA, Sameness, Validity
from blindspot.records.answer import Answer
from blindspot.replies import read_reply

GOOD = {"reasoning": "ok", **dict.fromkeys(CRITERIA, True), "reference": "3"}
VALID = json.dumps(GOOD)
SAME = '{"reasoning": "ok", "same": true}'
OTHER = SAME.replace("true", "false")
#: Pairs of how a judgement and its opposite are written.
OPPOSITES = [("true", "false"), ("True", "False"), ('"yes"', '"no"'), ('"Yes."', '"No."'), ('"Y"', '"N"')]
OPPOSITES += [('"same": 1', '"same": 0'), ('"same": "1"', '"same": "0"')]

#: Each says that the two answers are the same.
UNDERSTOOD = {
    "plain": SAME,
    "blanks around": f"\n\n  {SAME}\n",
    "encoded twice": json.dumps(SAME),
    "a fence": f"```json\n{SAME}\n```",
    "a fence in capitals": f"```JSON\n{SAME}\n```",
    "a fence without a name": f"```\n{SAME}\n```",
    "a fence of Python": f"```python\n{SAME}\n```",
    "a fence of tildes": f"~~~json\n{SAME}\n~~~",
    "a fence that stays open": f"```json\n{SAME}",
    "words before": f"Here is my evaluation:\n\n{SAME}",
    "words after": f"{SAME}\n\nLet me know if you need anything else.",
    "words before a fence": f"Sure!\n```json\n{SAME}\n```\nBoth say three.",
    "a box": f"<|begin_of_box|>{SAME}<|end_of_box|>",
    "LaTeX": f"\\boxed{{{SAME}}}",
    "a dollar sign": f"${SAME}$",
    "doubled braces": f"{{{SAME}}}",
    "a byte order mark": f"\ufeff{SAME}",
    "zero-width spaces": f"\u200b{SAME}\u200b",
    "no-break spaces": SAME.replace(" ", "\u00a0"),
    "an end-of-turn token": f"{SAME}<|im_end|>",
    "braces in words before": f"I compare {{x}} and {{y}}. {SAME}",
    "an open brace before": f"The set {{ of stars. {SAME}",
    "an inch sign before": f'5" wide: {SAME}',
    "a quoted brace before": f'It says "{{" here: {SAME}',
    "other JSON before": f'{{"step": 1}} {SAME}',
    "the schema before": json.dumps(Sameness.model_json_schema()) + SAME,
    "the form without values before": f'{{"reasoning": "…", "same": …}}\n{SAME}',
    "twice": f"{SAME}\n{SAME}",
    "in a list": f"[{SAME}]",
    "in an object": f'{{"result": {SAME}}}',
    "in an object in an object": f'{{"a": {{"b": {SAME}}}}}',
    "in a function call": f'{{"name": "judge", "arguments": {SAME}}}',
    "booleans of Python": SAME.replace("true", "True"),
    "a boolean as text": SAME.replace("true", '"true"'),
    "yes": SAME.replace("true", '"yes"'),
    "yes with a full stop": SAME.replace("true", '"Yes."'),
    "Y": SAME.replace("true", '"Y"'),
    "bold": SAME.replace("true", '"**true**"'),
    "1": SAME.replace("true", "1"),
    "1.0": SAME.replace("true", "1.0"),
    "1 as text": SAME.replace("true", '"1"'),
    "single quotes": str({"reasoning": "it's fine", "same": True}),
    "typographic quotes": "{“reasoning”: “ok”, “same”: true}",
    "keys without quotes": "{reasoning: 'ok', same: true}",
    "a comma at the end": '{"reasoning": "ok", "same": true,}',
    "a comment": '{"reasoning": "ok", // fine\n "same": true}',
    "a line end in a text": '{"reasoning": "a\nb", "same": true}',
    "a brace in a text": '{"reasoning": "a } b {", "same": true}',
    "escaped quotes in a text": '{"reasoning": "says \\"three\\"", "same": true}',
    "quotes in a text": '{"reasoning": "says "three" here", "same": true}',
    "half a surrogate pair in a text": '{"reasoning": "\\ud835", "same": true}',
    "no reasoning": '{"same": true}',
    "reasoning is null": '{"reasoning": null, "same": true}',
    "reasoning is None": "{'reasoning': None, 'same': True}",
    "reasoning is a list": '{"reasoning": ["a", "b"], "same": true}',
    "reasoning is an object": '{"reasoning": {"step": 1}, "same": true}',
    "reasoning last": '{"same": true, "reasoning": "ok"}',
    "a further key": SAME[:-1] + ', "confidence": 0.9}',
    "keys in capitals": '{"REASONING": "ok", "SAME": true}',
    "blanks in a key": '{"reasoning ": "ok", " same": true}',
    "is_same": '{"reasoning": "ok", "is_same": true}',
    "isSame": '{"reasoning": "ok", "isSame": true}',
    "a key twice with one value": '{"same": true, "same": true}',
}

#: Each is ambiguous or says nothing.
NOT_UNDERSTOOD = {
    "empty": "",
    "words": "They are the same.",
    "a word": "true",
    "an empty object": "{}",
    "reasoning alone": '{"reasoning": "they are the same"}',
    "another object": '{"verdict": "same"}',
    "the schema": json.dumps(Sameness.model_json_schema()),
    "cut in a value": SAME[:-8],
    "cut before the last brace": SAME[:-1],
    "two verdicts in an object": f'{{"first": {SAME}, "second": {OTHER}}}',
    "a key twice with two values": '{"same": true, "same": false}',
    "partially": SAME.replace("true", '"partially"'),
    "maybe": SAME.replace("true", '"maybe"'),
    "null": SAME.replace("true", "null"),
    "one half": SAME.replace("true", "0.5"),
    "2": SAME.replace("true", "2"),
    "-1": SAME.replace("true", "-1"),
    "NaN": SAME.replace("true", "NaN"),
    "a list of booleans": SAME.replace("true", "[true, false]"),
    "an object for a boolean": SAME.replace("true", '{"value": 0.4}'),
    "yes and no": SAME.replace("true", '"yes and no"'),
    "true/false": SAME.replace("true", '"true/false"'),
    "a boolean with a condition": SAME.replace("true", '"true, if colour is ignored"'),
    "a boolean that goes on": SAME.replace("true", "true only if colour is ignored, otherwise false"),
    "two booleans": SAME.replace("true", "true, false"),
    "a key in two spellings": '{"same": false, "SAME": true}',
    "a slip in a short key": '{"reasoning": "ok", "shame": true}',
    "a broken object that quotes another": f'{{"reasoning": "the answer says {SAME}", "same": false}}',
    "the opposite key": '{"reasoning": "ok", "not_same": true}',
    "another key": '{"reasoning": "ok", "different": true}',
    "another form": VALID,
}


@pytest.mark.parametrize("case", UNDERSTOOD)
def test_a_clear_judgement_is_understood_in_any_format(case: str) -> None:
    for text, same in ((UNDERSTOOD[case], True), (_opposite(UNDERSTOOD[case]), False)):
        found = read_reply(Answer(text), Sameness)
        assert found is not None and found.same is same
        found.reasoning.encode()


def _opposite(text: str) -> str:
    """Returns the same text with the opposite judgement."""
    said, other = next(pair for pair in OPPOSITES if pair[0] in text)
    return text.replace(said, other)


@pytest.mark.parametrize("case", NOT_UNDERSTOOD)
def test_an_ambiguous_reply_is_not_understood(case: str) -> None:
    assert read_reply(Answer(NOT_UNDERSTOOD[case]), Sameness) is None


@pytest.mark.parametrize(
    ("value", "reference"),
    [
        ('"3"', "3"),
        ("3", "3"),
        ("3.0", "3"),
        ("2.5", "2.5"),
        ("-3", "-3"),
        ("null", ""),
        ("true", "yes"),
        ("false", "no"),
        ('["red", "blue"]', "red, blue"),
        ('[1, null, "x"]', "1, , x"),
        ('{"a": 1}', '{"a": 1}'),
        ('"caf\\u00e9 \\ud835 \\u0000"', "café \ufffd "),
        ("1e400", "Infinity"),
    ],
)
def test_a_reference_of_any_type_is_read_as_text(value: str, reference: str) -> None:
    found = read_reply(Answer(VALID.replace('"3"', value)), Validity)
    assert found is not None and found.reference == reference


@pytest.mark.parametrize("sign", [" ", "-", ""])
def test_criteria_are_found_under_other_spellings_of_their_keys(sign: str) -> None:
    names = {name: name.title().replace("_", sign) if sign else _camel(name) for name in GOOD}
    for criterion in CRITERIA:
        said = {names[name]: value for name, value in (GOOD | {criterion: False}).items()}
        found = read_reply(Answer(json.dumps(said)), Validity)
        assert found is not None and [name for name in CRITERIA if not getattr(found, name)] == [criterion]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


@pytest.mark.parametrize(
    ("criterion", "key"),
    [
        ("not_taste", "taste"),
        ("not_taste", "is_taste"),
        ("answerable", "unanswerable"),
        ("answerable", "not_answerable"),
        ("true_premise", "false_premise"),
        ("true_premise", "untrue_premise"),
        ("objective", "subjective"),
        ("objective", "not_objective"),
        ("one_question", "several_questions"),
        ("objective", ""),
    ],
)
def test_a_criterion_is_never_read_from_its_opposite(criterion: str, key: str) -> None:
    for value in (True, False):
        said = {key if name == criterion else name: value if name == criterion else one for name, one in GOOD.items()}
        assert read_reply(Answer(json.dumps(said)), Validity) is None


@pytest.mark.parametrize(
    ("criterion", "key"),
    [
        ("answerable", "answerble"),
        ("objective", "objectiv"),
        ("one_question", "one_questions"),
        ("true_premise", "1_premise"),
        ("true_premise", "true premises"),
    ],
)
def test_a_typing_error_in_a_key_is_corrected(criterion: str, key: str) -> None:
    found = read_reply(Answer(VALID.replace(f'"{criterion}": true', f'"{key}": false')), Validity)
    assert found is not None and not getattr(found, criterion)


def test_a_repeated_form_does_not_count_as_a_judgement() -> None:
    shown = '{"reasoning": "…", "same": true}'
    for text in (f"{OTHER}\n(Format: {shown})", f"{shown}\n{OTHER}"):
        found = read_reply(Answer(text), Sameness)
        assert found is not None and found.same is False
    assert read_reply(Answer(shown), Sameness) is not None  # a judge that gives no reasoning
