import json
from pathlib import Path

import pytest

from bench.draws import DEPTHS, NUMBERS, RATES, draw, main
from blindspot.scenes.gaps import Gap


def test_the_candidate_of_a_seed_has_the_same_gaps_in_both_kinds() -> None:
    always, sometimes = draw("always", 7), draw("sometimes", 7)
    assert always.gaps == sometimes.gaps == draw("always", 7).gaps != draw("always", 8).gaps
    assert always.rate == 1.0 and RATES[0] <= sometimes.rate <= RATES[1]
    assert always.verifier.kind == sometimes.verifier.kind == "oracle"


def test_numbers_and_depths_of_gaps_vary() -> None:
    """Fails for correct code with probability 8e-6 over seeds (60 draws of five equally frequent numbers)."""
    drawn = [draw("always", seed).gaps for seed in range(60)]
    assert {len(gaps) for gaps in drawn} == {*range(NUMBERS[0], NUMBERS[1] + 1)}
    assert {gap.count(" and ") + 1 for gaps in drawn for gap in gaps} == {*DEPTHS}
    assert all(Gap(gap).text == gap for gaps in drawn for gap in gaps)


def test_candidates_without_a_weakness() -> None:
    assert (draw("mistakes", 1).gaps, draw("mistakes", 1).mistakes) == ([], 0.15)
    assert (draw("judged", 1).mistakes, draw("judged", 1).verifier.kind) == (0.0, "vlm")


def test_a_seed_in_the_file_is_not_searched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("".join(json.dumps({"seed": seed}) + "\n" for seed in (3, 4)), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["draws", "always", "--first", "3", "--seeds", "2", "--out", str(out)])
    main()
    assert capsys.readouterr().out == ""
    assert len(out.read_text("utf-8").splitlines()) == 2
