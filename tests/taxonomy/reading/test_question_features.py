from blindspot.taxonomy.reading.question_features import all_features, columns, has_all


def test_the_verb_of_an_ability_gives_its_group() -> None:
    found = columns("is the small red star left of the blue square ?", "yes")
    assert found["abilities"][0] == "judging left-of"
    assert found["groups"] == ["judging positions"]
    assert {"left-of", "answer yes", "5 details", "recognising blue"} <= {*found["features"]}


def test_recognition_of_an_object_is_in_no_group() -> None:
    assert columns("how many dogs are there ?", "2")["groups"] == ["counting"]


def test_without_an_answer_there_are_fewer_features() -> None:
    question = "how many stars are there ?"
    assert all_features(question, "4") - all_features(question, None) == {
        "answer 4",
        "answer 2 or more",
        "answer 3 or more",
        "answer 4 or more",
        "counting four or more",
    }


def test_any_text_has_features() -> None:
    assert all_features("", None) == {"0 details"}
    assert all_features("🦆" * 2000, "x " * 9) == {"0 details"}


def test_a_question_has_features_of_its_words_and_of_its_wording() -> None:
    question = "who is left of the red car ?"
    assert has_all({"asks who", "recognising red", "answer: person"}, question, "man")
    assert not has_all({"asks who", "answer: person"}, question, None)
    assert has_all(set(), "", None)
