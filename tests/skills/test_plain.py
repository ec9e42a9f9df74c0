from blindspot.skills.plain import all_traits, columns


def test_every_ability_is_a_skill_and_what_is_done_a_meta_skill() -> None:
    found = columns("is the small red star left of the blue square ?", "yes")
    assert found["skills"][0] == "judging left-of"
    assert found["meta_skills"] == ["judging positions"]
    assert {"left-of", "answer yes", "5 details", "recognising blue"} <= {*found["traits"]}


def test_recognising_what_is_spoken_of_is_no_meta_skill() -> None:
    assert columns("how many dogs are there ?", "2")["meta_skills"] == ["counting"]


def test_without_an_answer_there_are_fewer_traits() -> None:
    question = "how many stars are there ?"
    assert all_traits(question, "4") - all_traits(question, None) == {
        "answer 4",
        "answer 2 or more",
        "answer 3 or more",
        "answer 4 or more",
        "counting four or more",
    }


def test_any_text_has_traits_or_none() -> None:
    assert all_traits("", None) == {"0 details"}
    assert all_traits("🦆" * 2000, "x " * 9) == {"0 details"}
