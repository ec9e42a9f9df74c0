from pathlib import Path

import pytest

from blindspot.taxonomy.reading.nouns import nouns
from lab.noun_lexicon import OUTPUT, entries, group, sections

ENTRIES = """\
match:
  n: {sense: [{id: 'match%1:06:00::'}]}
  v: {sense: [{id: 'match%2:42:00::'}, {id: 'match%2:40:00::'}]}
purpose:
  n: {sense: [{id: 'purpose%1:09:00::'}]}
"""


def test_entries_are_read_from_the_files_of_wordnet(tmp_path: Path) -> None:
    (tmp_path / "src/yaml").mkdir(parents=True)
    (tmp_path / "src/yaml/entries-m.yaml").write_text(ENTRIES, "utf-8")
    found = dict(entries(tmp_path))
    assert found == {"match": {"n": [6], "v": [42, 40]}, "purpose": {"n": [9]}}
    assert [group(lemma, senses) for lemma, senses in found.items()] == ["artifact verb weak", None]


@pytest.mark.parametrize(
    ("lemma", "senses", "name"),
    [
        ("fire hydrant", {"n": [6]}, "artifact"),
        ("sugar maple", {"n": [20]}, None),
        ("Paris", {"n": [15]}, None),
        ("open", {"n": [6], "a": [0, 0]}, "artifact weak"),
    ],
)
def test_a_noun_is_kept_for_its_first_sense(lemma: str, senses: dict[str, list[int]], name: str | None) -> None:
    assert group(lemma, senses) == name


def test_the_file_has_sections_of_sorted_words() -> None:
    assert [*sections({"body": ["nose", "arm"], "animal": ["cat"]})] == ["[animal]\ncat\n", "[body]\narm nose\n"]
    assert OUTPUT.is_file() and "aardvark" in nouns()
