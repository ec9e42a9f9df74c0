from blindspot.taxonomy.reading.question_features import all_features, columns, has_all


def test_each_ability_is_a_skill_and_its_verb_gives_the_meta_skill() -> None:
    found = columns("is the small red star left of the blue square ?", "yes")
    assert found["skills"][0] == "judging left-of"
    assert found["meta_skills"] == ["judging positions"]
    assert {"left-of", "answer yes", "5 details", "recognising blue"} <= {*found["features"]}


def test_recognition_of_an_object_is_not_a_meta_skill() -> None:
    assert columns("how many dogs are there ?", "2")["meta_skills"] == ["counting"]


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
