import pytest

from blindspot.taxonomy.reading.framing import core
from blindspot.taxonomy.reading.language import normalise
from blindspot.taxonomy.reading.primitives import extract, with_words


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Hi, can you please tell me what this is? Thank you.", "what this is"),
        ("Could you tell me if there's milk in the fridge?", "there is milk in the fridge"),
        ("Is there a kettle? Please answer yes or no.", "is there a kettle"),
        ("What is it? Answer the question using a single word or phrase.", "what is it"),
        ("Can you see a dog?", "can you see a dog"),
        ("I wonder whether there is a lift", "there is a lift"),
        ("please", "please"),
        ("What does the answer say?", "what does the answer say"),
    ],
)
def test_the_part_that_asks(question: str, asked: str) -> None:
    text, start = core(normalise(question))
    assert text == asked and normalise(question)[start:].startswith(text)


def test_politeness_changes_no_primitive() -> None:
    plain = extract("What colour is the red bus's door?", None)
    assert extract("Hello, could you please tell me what colour is the red bus's door? Thanks", None) == plain


def test_words_are_those_of_the_whole_question() -> None:
    words = {one.ability: words for one, words in with_words("Hi! Please tell me how many dogs there are", None)}
    assert words["counting"] == "how many dogs" and words["recognising dogs"] == "dogs"
