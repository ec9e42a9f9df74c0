import pytest

from blindspot.taxonomy.reading.features import features

SEEN = ("recognising several attributes", "recognising small", "recognising red", "recognising stars")
REACHED = ("answer 2 or more", "answer 3 or more")


@pytest.mark.parametrize(
    ("question", "reference", "found"),
    [
        (
            "is the small red star left of the red star ?",
            "yes",
            [*SEEN, "left-of", "only judging left-of", "5 details", "answer yes"],
        ),
        (
            "what size is the star ?",
            "small",
            ["recognising stars", "size", "only telling the size", "1 detail", "answer small"],
        ),
        (
            "what size is the thing left of the star ?",
            "small",
            ["recognising stars", "left-of", "size", "1 detail", "answer small"],
        ),
        ("what shape is the leftmost thing ?", "star", ["leftmost", "shape", "0 details", "answer star"]),
        (
            "how many squares are there ?",
            "3",
            ["recognising squares", "only counting", "1 detail", "answer 3", *REACHED],
        ),
        ("how many squares are there ?", "zero", ["recognising squares", "only counting", "1 detail", "answer 0"]),
        (
            "What is the man holding?",
            "a red umbrella",
            ["recognising men", "action", "things", "1 detail", "answer a red umbrella"],
        ),
        (
            "What is the man doing?",
            "he is opening a red umbrella",
            ["recognising men", "action", "only telling the action", "1 detail"],
        ),
        ("zebra?", None, ["recognising zebras", "only understanding", "1 detail"]),
        ("", "", ["0 details"]),
    ],
)
def test_features_of_a_question(question: str, reference: str | None, found: list[str]) -> None:
    assert features(question, reference) == found


def test_recognised_objects_are_features_and_abilities_are_not() -> None:
    found = features("how many red stars are there ?", "1")
    assert {"recognising red", "recognising stars"} <= {*found}
    assert not any(feature.startswith("counting") for feature in found)


@pytest.mark.parametrize("text", ["9" * 5_000, "x" * 10_000, "هل هناك كلب؟", "٣", "²", "a\0b\n'c"])
def test_any_text_has_few_features(text: str) -> None:
    assert len(features(text, text)) < 20
