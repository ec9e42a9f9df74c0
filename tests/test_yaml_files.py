from pathlib import Path

import pytest
from ruamel.yaml import YAML

from blindspot.errors import BlindspotError
from blindspot.yaml_files import MAX_BYTES, odd_values, parse_yaml, read_yaml


def fault(text: str) -> str:
    """The error of a YAML text."""
    with pytest.raises(BlindspotError) as raised:
        parse_yaml(text, "x.yaml", "fix it")
    assert "\n" not in str(raised.value) and str(raised.value).startswith("x.yaml")
    return str(raised.value)


def test_a_file_is_read_as_pyyaml_reads_it(tmp_path: Path) -> None:
    text = "a: [1, 2.5, true, null, é]\nb: &b {c: 1e-5, d: 2024-01-01}\ne: {<<: *b, c: 3}\nf: *b\n"
    (tmp_path / "x.yaml").write_text("\ufeff" + text, "utf-8")
    found = read_yaml(tmp_path / "x.yaml", "x.yaml", "fix it")
    assert found["a"] == [1, 2.5, True, None, "é"] and found["b"]["c"] == "1e-5"
    assert found["e"] == {"c": 3, "d": found["b"]["d"]} and found["f"] == found["b"]


def test_another_parser_reads_the_values() -> None:
    assert parse_yaml("a: 1e-5", "x.yaml", "fix it", YAML(typ="safe").load) == {"a": 1e-5}
    assert parse_yaml("", "x.yaml", "fix it") is None


def test_every_repeated_key_is_named_with_its_lines() -> None:
    said = fault("a: 1\nb:\n  c: 1\n  'c': 2\nd:\n- {e: 1, e: 2}\na: 2\n")
    for part in (
        "a is repeated (lines 1 and 7)",
        "b.c is repeated (lines 3 and 4)",
        "d.0.e is repeated (lines 6 and 6)",
    ):
        assert part in said
    assert said.endswith("keep one of them")


def test_a_merge_and_an_override_are_no_repetition() -> None:
    text = "x: &x {a: 1}\ny: &y {b: 2}\nz:\n  <<: *x\n  <<: *y\n  a: 3\n"
    assert parse_yaml(text, "x.yaml", "fix it")["z"] == {"a": 3, "b": 2}


def test_a_value_that_is_used_many_times_is_read_and_a_bomb_is_not() -> None:
    assert parse_yaml("a: &a [1]\nb: [*a, *a, *a]\n", "x.yaml", "fix it")["b"] == [[1], [1], [1]]
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    assert "more than 100,000 values" in fault(bomb)


def test_every_odd_value_is_named() -> None:
    values = {"a": [1, float("inf")], "b": {"c": float("nan")}, "d": "x\0", "e": 1e300, "f": "é\ud800"}
    assert [*odd_values(values)] == [
        "a.1: inf is not a finite number",
        "b.c: nan is not a finite number",
        "d: 'x\\x00' has a character that is not text",
        "f: '\\xe9\\ud800' has a character that is not text",
    ]


def test_a_path_that_is_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    for path, said in (
        (tmp_path, "is a folder"),
        (Path("/dev/null"), "is no regular file"),
        (tmp_path / "none.yaml", "does not exist"),
        (tmp_path / "large.yaml", "has more than 1,000,000 bytes"),
        (tmp_path / ("x" * 300), "cannot be read (File name too long)"),
        (Path("a\0b"), "cannot be read (embedded null"),
    ):
        with pytest.raises(BlindspotError) as raised:
            read_yaml(path, "mine", "fix it")
        assert str(raised.value).startswith(f"mine {said}")
