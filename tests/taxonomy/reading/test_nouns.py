from blindspot.taxonomy.reading.nouns import Noun, nouns


def test_nouns_have_a_kind_and_say_whether_they_are_verbs() -> None:
    assert nouns()["zebra"] == Noun("animal", verb=False, weak=False)
    assert nouns()["fire hydrant"].kind == "artifact"
    assert nouns()["hammer"].verb and not nouns()["table"].weak


def test_nouns_that_name_nothing_visible_are_left_out() -> None:
    assert nouns().keys().isdisjoint({"purpose", "kind", "brand", "way", "colours", "none"})


def test_later_words_replace_those_of_wordnet() -> None:
    assert nouns()["tree"].weak is False and nouns()["hoodie"].kind == "artifact"
