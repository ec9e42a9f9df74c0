"""Tests gaps: the meaning of each name, the laws of logic, and the errors."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blindspot.errors import BlindspotError
from blindspot.scenes.gaps import VALUES, Facts, Gap, facts_of
from blindspot.scenes.oracle import rule, rule_question
from blindspot.scenes.question import Question
from blindspot.scenes.scene import Scene, Thing
from tests.scenes.strategies import CASES, FEW

SCENE = Scene(
    (
        Thing(0, 0, "small", "red", "star"),
        Thing(0, 2, "large", "purple", "circle"),
        Thing(1, 1, "small", "red", "square"),
        Thing(2, 0, "large", "red", "square"),
    )
)


def facts(drawn: tuple[Scene, Question]) -> Facts:
    scene, question = drawn
    return facts_of(rule_question(question, scene), scene)


def comparison(rng: Random) -> str:
    name = rng.choice([*VALUES])
    values = [str(value) for value in VALUES[name]]
    numbers = [value for value in values if value.isdecimal()]
    if numbers and rng.random() < 0.5:
        return f"{name} {rng.choice(['<', '<=', '>', '>=', '==', '!='])} {rng.choice(numbers)}"
    if rng.random() < 0.3:
        return f"{name} {rng.choice(['in', 'not in'])} ({', '.join(rng.sample(values, 2))})"
    return f"{name} {rng.choice(['==', '!='])} {rng.choice(values)}"


def any_gap(rng: Random, depth: int = 2) -> str:
    if depth == 0 or rng.random() < 0.3:
        return comparison(rng)
    if rng.random() < 0.3:
        return f"not ({any_gap(rng, depth - 1)})"
    return f"({any_gap(rng, depth - 1)}) {rng.choice(['and', 'or'])} ({any_gap(rng, depth - 1)})"


GAPS = st.randoms(use_true_random=False).map(any_gap)


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("family == counting and answer >= 3", "how many red things are there ?", True),
        ("family == counting and answer >= 4", "how many red things are there ?", False),
        ("answer < 4", "how many red things are there ?", True),
        ("answer < 4", "is there a red star ?", False),  # its answer is not a number
        ("not answer >= 4", "is there a red star ?", True),
        ("answer == yes", "is there a red star ?", True),
        ("answer == red", "what colour is the star ?", True),
        ("attribute == colour", "what colour is the star ?", True),
        ("colour == red", "what colour is the star ?", False),  # the question asks for it and does not mention it
        ("colour != red", "what colour is the star ?", True),
        ("colour == purple and relation == left_of", "is the star left of the purple circle ?", True),
        ("colour == purple and relation == left_of", "is the star left of the circle ?", False),
        ("relation == above", "what colour is the circle above the large square ?", True),
        ("word == topmost", "what colour is the topmost square ?", True),
        ("relation == left_of", "what colour is the leftmost square ?", False),
        ("word == more", "are there more stars than circles ?", True),
        ("shape == star or size == large", "is the large square below the small square ?", True),
        ("shape == star and shape == circle", "is the star left of the circle ?", True),  # one description has each
        ("shape in (circle, triangle)", "is the star left of the circle ?", True),
        ("shape not in (circle, triangle)", "is the star left of the circle ?", False),
        ("said == 3", "is the small star left of the circle ?", True),
        ("said == 0", "what colour is the leftmost thing ?", True),  # "leftmost" is not part of a description
        ("said == 0", "how many things are there ?", True),
        ("things == 4", "how many things are there ?", True),
        ("family == 'counting'", "how many things are there ?", True),
    ],
)
def test_names_have_the_values_of_the_question(text: str, question: str, expected: bool) -> None:
    assert Gap(text).holds(facts_of(rule(question, SCENE), SCENE)) is expected


@given(GAPS, GAPS, CASES)
@FEW
def test_and_or_and_not_follow_logic(one: str, other: str, drawn: tuple[Scene, Question]) -> None:
    found = facts(drawn)

    def holds(text: str) -> bool:
        return Gap(text).holds(found)

    a, b = holds(one), holds(other)
    assert holds(f"({one}) and ({other})") is (a and b)
    assert holds(f"({one}) or ({other})") is (a or b)
    assert holds(f"not ({one})") is (not a)
    assert holds(f"not (({one}) and ({other}))") is holds(f"not ({one}) or not ({other})")


@given(st.randoms(use_true_random=False), CASES)
@FEW
def test_operators_are_consistent(rng: Random, drawn: tuple[Scene, Question]) -> None:
    found, name = facts(drawn), rng.choice([*VALUES])
    value, other = rng.sample(VALUES[name], 2)

    def holds(text: str) -> bool:
        return Gap(text).holds(found)

    assert holds(f"{name} != {value}") is not holds(f"{name} == {value}")
    assert holds(f"{name} in ({value}, {other})") is holds(f"{name} == {value} or {name} == {other}")
    assert holds(f"{name} not in ({value}, {other})") is not holds(f"{name} in ({value}, {other})")
    if isinstance(value, int):
        numbers = [fact for fact in found[name] if isinstance(fact, int)]
        assert holds(f"{name} >= {value}") is any(number >= value for number in numbers)
        assert holds(f"{name} < {value}") is any(number < value for number in numbers)


@given(CASES)
@FEW
def test_every_fact_is_a_value_that_a_gap_accepts(drawn: tuple[Scene, Question]) -> None:
    for name, values in facts(drawn).items():
        assert values <= set(VALUES[name])


def test_an_unparsed_text_has_only_the_facts_of_the_scene() -> None:
    found = facts_of(rule("why ?", SCENE), SCENE)
    assert {name for name, values in found.items() if values} == {"things"}


@given(
    st.one_of(
        st.text(),
        st.text("()[]{},'\"=<>!+-*/.:@ \n\0notandrif0189", max_size=80),
        st.lists(st.sampled_from([*VALUES, "==", "!=", ">=", "and", "or", "not", "in", "(", ")", "4", "red"])).map(
            " ".join
        ),
    )
)
@FEW
def test_any_other_text_gives_a_one_line_error(text: str) -> None:
    try:
        Gap(text)
    except BlindspotError as error:
        assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("famly == counting", "unknown name famly: did you mean family?"),
        ("colour == purpel", "purpel is not a valid colour: did you mean purple?"),
        ("colour == star", "star is not a valid colour: it is one of red, green, blue, yellow, purple, orange"),
        ("relation == topmost", "topmost is not a valid relation: it is one of left_of"),
        ("family == color", "did you mean colour?"),
        ("colour >= 3", "3 is not a valid colour"),
        ("colour >= red", "red is not a number, so it has no order: compare it with == or !="),
        ("answer > yes", "yes is not a number"),
        ("answer >= 10", "10 is not a valid answer"),
        ("answer == -1", "-1 is not a value"),
        ("answer == True", "True is not a valid answer"),
        ("2 <= answer <= 4", "2 <= answer <= 4 is not a comparison"),
        ("counting", "counting is not a comparison"),
        ("'counting' != 'size'", "is not a comparison"),
        ("colour in red", "in needs a list, not red"),
        ("colour in ()", "in needs a list"),
        ("family is counting", "write == or !="),
        ("family == counting and", "cannot be read"),
        ("family = counting", "cannot be read"),
        ("", "cannot be read"),
        ("(" * 199 + "said", "cannot be read"),
        ("not " * 120 + "said", "said is not a comparison"),
        ("__import__('os').system('true')", "is not a comparison"),
        ("(lambda: family)() == counting", "is not a comparison"),
        ("family == counting if said == 1 else said == 2", "is not a comparison"),
        ("said == 1 or " * 60 + "said == 2", "more than 500 characters"),
    ],
)
def test_the_error_names_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(BlindspotError) as refused:
        Gap(text)
    assert said in str(refused.value)
