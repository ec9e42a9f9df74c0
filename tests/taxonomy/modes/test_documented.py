"""Which failure modes are documented, and which are novel."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from blindspot.errors import BlindspotError
from blindspot.records.failure_mode import FailureMode
from blindspot.taxonomy.modes.documented import Weakness, kinds_asked_for, matched, read_documented, with_documented
from blindspot.taxonomy.reading.ability_kinds import kinds_of
from blindspot.taxonomy.reading.primitives import extract
from blindspot.taxonomy.reading.question_features import columns

SHIPPED = Path(__file__).parents[3] / "configs" / "documented_weaknesses.yaml"
KNOWN = read_documented(SHIPPED)
ENTRY = {
    "name": "counting",
    "kinds": ["counting"],
    "says": "It miscounts.",
    "source": "A paper",
    "url": "https://a.org",
}
CHAIN = "what is left of the cup on the table ?"

Asked = tuple[str, str]  # question, true answer


def mode(*features: str) -> FailureMode:
    return FailureMode("m", " + ".join(features), features, 20, 15, 0.75, 0.5, 0.9, 9.0, 0.01, ())


def told(found: FailureMode, *asked: Asked, documented: list[Weakness] = KNOWN) -> FailureMode:
    """Returns the mode with its kinds and matches for these questions."""
    rows = [
        {**columns(*one), "kinds": kinds_asked_for(extract(*one)), "reference": one[1], "question": one[0]}
        for one in asked
    ]
    return with_documented([found], pd.DataFrame(rows), documented)[0]


def weakness(**changes: Any) -> Weakness:
    return Weakness.model_validate(ENTRY | changes)


@pytest.mark.parametrize(
    ("features", "asked", "kinds", "documented"),
    [
        (["counting"], ("how many stars are there ?", "3"), ["counting"], ["counting"]),
        (
            ["judging left-of", "answer yes"],
            ("is the cup left of the plate ?", "yes"),
            ["spatial relation"],
            ["left and right, above and below"],
        ),
        (
            ["noticing presence"],
            ("is there a dog ?", "no"),
            ["existence"],
            ["saying yes to what is not there"],
        ),
        (["noticing presence"], ("is there a dog ?", "yes"), ["existence"], ["overlooking what is out of place"]),
        (
            ["telling orientation"],
            ("was this photo taken from above ?", "yes"),
            ["orientation"],
            ["which way a thing faces", "the viewpoint of a picture"],
        ),
        (["comparing"], ("is it brighter than the lamp ?", "no"), ["comparison"], ["comparing two pictures"]),
        (
            ["matching the kind"],
            ("is the cup the same kind as the mug ?", "yes"),
            ["comparison", "object recognition"],
            [],
        ),
        (["counting"], ("how many of the candles are not lit ?", "2"), ["counting", "negation", "state"], []),
    ],
    ids=["counting", "position", "no", "yes", "two", "feature", "new pair", "new three"],
)
def test_a_mode_matches_entries_with_its_kinds(
    features: list[str], asked: Asked, kinds: list[str], documented: list[str]
) -> None:
    found = told(mode(*features), asked)
    assert {*found.kinds} == {*kinds}
    assert found.documented == tuple(documented)


def test_a_mode_has_the_kinds_that_nine_in_ten_of_its_questions_need() -> None:
    counts, colours = ("how many stars are there ?", "3"), ("how many stars have the colour of the sun ?", "3")
    assert told(mode("counting"), *[counts] * 10, *[colours] * 89).kinds == ("counting",)
    assert told(mode("counting"), *[counts] * 10, *[colours] * 90).kinds == ("counting", "colour")


def test_only_questions_of_the_mode_count() -> None:
    found = told(mode("counting"), ("how many stars are there ?", "3"), *[("what colour is the bus ?", "red")] * 50)
    assert (found.kinds, found.documented) == (("counting",), ("counting",))


def test_a_detail_counts_if_it_is_a_feature_of_the_mode() -> None:
    asked = ("is the purple cup left of the plate ?", "yes")
    assert told(mode("judging left-of"), asked).documented == ("left and right, above and below",)
    both = told(mode("judging left-of", "recognising purple"), asked)
    assert (both.kinds, both.documented) == (("colour", "spatial relation"), ())


def test_the_questions_of_the_mode_must_have_the_answer_and_the_features() -> None:
    asked = ("is there a dog ?", "no")
    entry = weakness(kinds=["existence"], answer="No", features=["recognising dogs"])
    assert told(mode("noticing presence"), asked, documented=[entry]).documented == ("counting",)
    assert told(mode("noticing presence"), asked, ("is there a dog ?", "yes"), documented=[entry]).documented == ()
    assert told(mode("noticing presence"), ("is there a cat ?", "no"), documented=[entry]).documented == ()


def test_a_mode_without_kinds_matches_nothing() -> None:
    found = told(mode("answer yes"), ("is the door open ?", "yes"), ("is the cup left of the plate ?", "yes"))
    assert (found.kinds, found.documented) == ((), ())


def test_without_a_list_no_mode_is_novel() -> None:
    found = told(mode("counting"), ("how many stars are there ?", "3"), documented=[])
    assert (found.kinds, found.documented) == (("counting",), None)


def test_matched_entries_are_returned_with_their_sources() -> None:
    found = told(mode("counting"), ("how many stars are there ?", "3"))
    (entry,) = matched([found, mode("new")], KNOWN)
    assert (
        entry["name"] == "counting" and entry["source"].startswith("Roni Paiss") and entry["url"].startswith("https:")
    )


@pytest.mark.parametrize("entry", KNOWN, ids=lambda entry: entry.name)
def test_every_entry_has_the_kinds_of_its_example(entry: Weakness) -> None:
    assert entry.example
    read = extract(entry.example, entry.answer)
    assert {*entry.kinds} <= {kind for primitive in read for kind in kinds_of(primitive.ability)}
    assert {*entry.features} <= {*columns(entry.example, entry.answer)["abilities"]}


def listed(folder: Path, *rows: object) -> str:
    """Returns the error about a file with these entries."""
    (folder / "mine.yaml").write_text(yaml.safe_dump([*rows]), "utf-8")
    with pytest.raises(BlindspotError) as raised:
        read_documented(folder / "mine.yaml")
    line = str(raised.value)
    assert "\n" not in line and f"taxonomy.documented: {folder / 'mine.yaml'}" in line and "docs/novelty.md" in line
    return line


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kinds": ["countng"]}, "entry 2 (mine): kinds.0 Value error, 'countng' is no kind, did you mean counting?"),
        ({"kinds": []}, "entry 2 (mine): kinds Tuple should have at least 1 item"),
        ({"answer": False}, "entry 2 (mine): answer Input should be a valid string"),
        ({"sauce": "A paper"}, "entry 2 (mine): sauce Extra inputs are not permitted"),
        ({"says": None}, "entry 2 (mine): says Input should be a valid string"),
        ({"url": "javascript:alert(1)"}, "entry 2 (mine): url String should match pattern"),
        ({"name": "counting"}, "entry 1 (counting): another has the same name"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_faulty_entry_is_named_in_the_error(changes: dict[str, object], said: str, tmp_path: Path) -> None:
    assert said in listed(tmp_path, ENTRY, ENTRY | {"name": "mine"} | changes)


def test_every_faulty_entry_is_named_in_the_error(tmp_path: Path) -> None:
    line = listed(tmp_path, {"name": "bare"}, "counting", ENTRY)
    assert "entry 1 (bare): kinds Field required, says Field required" in line
    assert "entry 2: Input should be" in line and "entry 3" not in line


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "is no list"), ("a: 1", "is no list"), ("- [", "is not YAML"), (None, "does not exist")],
    ids=["empty", "mapping", "no YAML", "absent"],
)
def test_an_unreadable_file_is_named_in_the_error(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(BlindspotError, match=f"mine.yaml {said}"):
        read_documented(path)


def test_an_empty_list_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("[]\n", "utf-8")
    assert read_documented(tmp_path / "none.yaml") == []


@pytest.mark.parametrize(
    ("ability", "kinds"),
    [
        ("comparing counts (more)", ("counting", "comparison")),
        ("comparing sizes", ("size", "comparison")),
        ("comparing", ("comparison",)),
        ("telling colours", ("colour",)),
        ("judging left-of", ("spatial relation",)),
        ("judging the mood", ()),
        ("finding the leftmost", ("spatial relation",)),
        ("finding the cause", ()),
    ],
)
def test_an_ability_in_the_words_of_an_llm_has_no_wrong_kind(ability: str, kinds: tuple[str, ...]) -> None:
    assert kinds_of(ability) == kinds
