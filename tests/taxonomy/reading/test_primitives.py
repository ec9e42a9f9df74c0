"""The rules that read the primitives of a question."""

import pytest

from blindspot.taxonomy.reading.language import name, plural, singular
from blindspot.taxonomy.reading.primitives import extract, with_words


def phrases(question: str, reference: str | None = None) -> list[str]:
    return [primitive.text for primitive in extract(question, reference)]


@pytest.mark.parametrize(
    ("question", "reference", "first"),
    [
        ("how many small red squares are there ?", "4", "counting small red squares"),
        ("how many circles do you see ?", "2", "counting circles"),
        ("what colour is the small star ?", "red", "telling the colour of small stars"),
        ("what is the size of the star ?", "small", "telling the size of stars"),
        ("How big is the box?", "large", "telling the size of boxes"),
        ("is the star small or large ?", "small", "telling the size of stars"),
        ("is the red star left of the blue circle ?", "yes", "judging left-of between red star and blue circle"),
        ("what colour is the leftmost thing ?", "red", "finding the leftmost thing"),
        ("what shape is the thing above the star ?", "star", "reaching what is above stars"),
        ("are there more red stars than things ?", "no", "comparing counts (more) of red stars and things"),
        ("are there as many stars as circles ?", "no", "comparing counts (as many) of stars and circles"),
        ("are the star and the circle the same colour ?", "no", "matching the colour of star and circle"),
        ("does the star have the same size as the circle ?", "no", "matching the size of star and circle"),
        ("is there a red star ?", "yes", "noticing presence of red stars"),
        ("What does the sign say?", "stop", "reading text"),
        ("What is the man holding?", "umbrella", "telling the action"),
        ("Who is this?", None, "identifying people"),
        ("zebra crossing?", None, "understanding zebra crossings"),
    ],
)
def test_the_ability_that_a_question_asks_for_comes_first(question: str, reference: str | None, first: str) -> None:
    assert phrases(question, reference)[0] == first


def test_attributes_and_objects_of_a_question_are_primitives_too() -> None:
    assert phrases("how many small red squares are there ?", "2")[1:] == [
        "counting up to three small red squares",
        "recognising several attributes",
        "recognising small squares",
        "recognising red squares",
        "recognising squares",
    ]


def test_each_primitive_has_the_words_that_show_it() -> None:
    found = {
        primitive.text: words for primitive, words in with_words("What’s on the Gray table,  behind the man?", "Tea")
    }
    assert found["placing in and on"] == "on the"
    assert found["recognising grey tables"] == "Gray table"
    assert found["recognising men"] == "man"
    counted = {primitive.text: words for primitive, words in with_words("How many dogs are there?", "Five")}
    assert counted["counting four or more dogs"] == "Five"


def test_unknown_nouns_are_kept() -> None:
    assert "recognising umbrellas" in phrases("Is there an umbrella?")


@pytest.mark.parametrize(("number", "far"), [("0", "none"), ("3", "up to three"), ("four", "four or more")])
def test_the_true_count_decides_how_far_to_count(number: str, far: str) -> None:
    assert f"counting {far} stars" in phrases("how many stars are there ?", number)


def test_an_absent_object_gives_noticing_absence() -> None:
    assert "noticing absence of stars" in phrases("are there any stars in the image ?", "no")


@pytest.mark.parametrize(
    ("question", "chain"),
    [
        ("what colour is the cup on the tray beside the sofa?", True),
        ("who stands behind the man in front of the shop?", True),
        ("is the cat on the sofa or on the floor?", False),
        ("what is on the table?", False),
    ],
)
def test_a_relation_chain_has_two_relations(question: str, chain: bool) -> None:
    assert ("following several relations" in phrases(question)) == chain


@pytest.mark.parametrize("text", ["", "   ", "?!", "🎉", "the of is"])
def test_text_without_words_has_no_primitive(text: str) -> None:
    assert phrases(text) == []


@pytest.mark.parametrize(
    "text", ["x" * 10_000, "is the red " * 1_000, "هل هناك كلب؟", "<b>how many</b> ?", "a\0b\n'c"]
)
def test_any_text_can_be_read(text: str) -> None:
    assert all(phrase and "\n" not in phrase for phrase in phrases(text, text))


def test_singular_and_plural() -> None:
    assert [singular(word) for word in ("stars", "boxes", "glass", "people", "bus", "babies")] == [
        "star",
        "box",
        "glass",
        "person",
        "bus",
        "baby",
    ]
    assert [plural(word) for word in ("star", "box", "person", "baby", "boy")] == [
        "stars",
        "boxes",
        "people",
        "babies",
        "boys",
    ]


def test_a_name_separates_known_adjectives_from_the_noun() -> None:
    assert name("little wooden fire truck").one == "small wooden fire truck"
    assert name("red one").many == "red things"


def test_less_regular_plurals() -> None:
    many = ["sizes", "cookies", "pies", "movies", "cities", "mazes", "watches", "buzzes", "series", "furniture"]
    one = ["size", "cookie", "pie", "movie", "city", "maze", "watch", "buzz", "series", "furniture"]
    assert [singular(word) for word in many] == one and [plural(word) for word in one] == many


def test_a_verb_after_an_object_is_no_object() -> None:
    assert "recognising cats" in phrases("Where is the cat located?")


@pytest.mark.parametrize("word", ["located", "positioned", "Situated", "placed"])
@pytest.mark.parametrize("relation", ["to the left of", "on the right side of", "above", "next to", "in front of"])
def test_a_participle_before_a_relation_changes_nothing(word: str, relation: str) -> None:
    plain, wordy = f"Is the mug {relation} the lamp?", f"Is the mug {word} {relation} the lamp?"
    assert extract(wordy, "yes") == extract(plain, "yes")
    assert next(words for _, words in with_words(wordy, "yes")).endswith(f"{relation} the lamp")


def test_a_participle_without_a_relation_still_asks_for_a_place() -> None:
    assert "telling the place" in [primitive.ability for primitive in extract("Where is the mug located?", None)]
