"""Breaks every rule once, with the real Great Expectations."""

from dataclasses import replace
from math import nan
from pathlib import Path

import pandas as pd
import pytest

from blindspot.checks import images as image_checks
from blindspot.checks import rollouts as rollout_checks
from blindspot.checks import run
from blindspot.checks import taxonomy as taxonomy_checks
from blindspot.checks.images import IMAGE
from blindspot.checks.rollouts import ASKED, AUDITED, DISCOVERED, REPEAT, ROLLOUT, VERDICT
from blindspot.checks.run import Suite, check
from blindspot.checks.taxonomy import FAILURE_MODE, PRIMITIVE
from blindspot.errors import BlindspotError
from blindspot.records.failure_mode import FailureMode
from blindspot.records.rollout import Asked, Rollout
from blindspot.records.unscored import Unscored
from blindspot.records.verdict import Audited, Repeat
from blindspot.store import to_frame


def images() -> pd.DataFrame:
    splits = ("train", "validation", "test", "test")
    rows = [(f"i{number}.png", f"i{number}", None, None, None, split) for number, split in enumerate(splits)]
    return pd.DataFrame(rows, columns=list(IMAGE.columns))


def rollouts() -> pd.DataFrame:
    rows = [
        Rollout("t-0", "trained", "i0", "how many stars are there ?", "3", "q/1", "c/1", target=("counting",)),
        Rollout("t-1", "trained", "i0", "", "", "q/1", "", error=Unscored.TIMEOUT),
        Rollout("b-0", "base", "i1", "is there a star ?", "yes", "q/0", "c/1"),
    ]
    return to_frame(rows).drop(columns="raw")


def verdicts() -> pd.DataFrame:
    rows = [
        ("t-0", "trained", "i0", "q", "3", "failure", None, None, "4", "counting", "oracle/1", 0.5, None),
        ("t-1", "trained", "i0", "", "", "unscored", "timeout", "after 60 s", None, None, "oracle/1", None, None),
        ("b-0", "base", "i1", "q", "yes", "correct", None, None, "yes", "existence", "oracle/1", None, None),
        ("b-1", "base", "i1", "hm", "yes", "invalid", "unparsed", None, None, None, "oracle/1", None, None),
    ]
    return pd.DataFrame(rows, columns=list(VERDICT.columns))


def repeats() -> pd.DataFrame:
    rows = [
        Repeat("t-0", "sampled", 1, "q", "3", "failure", None, "oracle/1"),
        Repeat("t-0", "sampled", 2, "q", "", "unscored", "timeout", "oracle/1"),
    ]
    return to_frame(rows)


def audits() -> pd.DataFrame:
    rows = [
        Audited("t-0", "trained", "i0", "q", "3", "failure", "vlm@1", "failure", "a person"),
        Audited("t-1", "trained", "i0", "q", "3", "failure", "vlm@1", None, "a person"),
        Audited("q-0", "quota", "i0", "q", "3", "failure", "vlm@1", "correct", "a person", "counting"),
    ]
    return to_frame(rows)


def asked() -> pd.DataFrame:
    rows = [
        Asked("i0", "how many stars are there ?", "3", "4", "failure", None),
        Asked("i1", "how many stars are there ?", "3", "3", "correct", None),
        Asked("i2", "stars", "3", None, "invalid", "unparsed"),
    ]
    return to_frame(rows)


def discovered() -> pd.DataFrame:
    rows = asked()
    rows.insert(0, "stage", ["explore", "train", "train"])
    return rows


def modes() -> pd.DataFrame:
    mode = FailureMode(
        mode_id="m-1",
        name="counting",
        features=("counting",),
        asked=40,
        failures=30,
        error_rate=0.75,
        low=0.6,
        high=0.86,
        log_likelihood_ratio=20.0,
        q_value=0.01,
        examples=("t-0",),
        recurrence=0.9,
        status="confirmed",
        discovered_asked=12,
        discovered_failures=9,
    )
    untested = replace(mode, mode_id="m-3", asked=0, failures=0, error_rate=nan, low=0.0, high=1.0, status="too_few")
    predicted = replace(mode, mode_id="m-4", found_in="predicted", recurrence=None)
    rows = [mode, replace(mode, mode_id="m-2"), untested, predicted]
    return to_frame(rows)


def primitives() -> pd.DataFrame:
    rows = [("t-0", ["counting stars"]), ("t-1", []), ("t-2", ["the colour of a star", "left of"])]
    return pd.DataFrame(rows, columns=list(PRIMITIVE.columns))


GOOD = {"image": (images, IMAGE), "rollout": (rollouts, ROLLOUT), "verdict": (verdicts, VERDICT)}
GOOD |= {"failure_mode": (modes, FAILURE_MODE), "primitive": (primitives, PRIMITIVE), "repeat": (repeats, REPEAT)}
GOOD |= {"audited": (audits, AUDITED), "asked": (asked, ASKED), "discovered": (discovered, DISCOVERED)}

#: (suite, row, column, bad value, what the error must say)
BREACHES = [
    ("discovered", 1, "stage", "harvest", "harvest"),
    ("discovered", 1, "stage", None, "stage"),
    ("image", 1, "image_id", "../../etc/passwd", "../../etc/passwd"),
    ("image", 1, "image_id", "i0", "be unique"),
    ("image", 1, "image_id", None, "not be null"),
    ("image", 1, "file_name", "../i1.png", "file_name"),
    ("image", 1, "file_name", "i1.png\n", "file_name"),
    ("image", 1, "file_name", None, "file_name"),
    ("image", 1, "scene", "[{", "json"),
    ("image", 1, "boxes", '[{"category": "dog", "area": 1.5}]', "match json schema"),
    ("image", 1, "boxes", '{"category": "dog", "area": 0.5}', "match json schema"),
    ("image", 1, "duplicate_of", "i2", "duplicate_of"),
    ("image", 1, "split", "holdout", "holdout"),
    ("rollout", 2, "rollout_id", "t-0", "be unique"),
    ("rollout", 2, "method", "psychic", "psychic"),
    ("rollout", 2, "question", None, "question"),
    ("rollout", 2, "answer", None, "answer"),
    ("rollout", 2, "image_id", "", "image_id"),
    ("rollout", 2, "candidate", "", "candidate"),
    ("rollout", 2, "questioner", "", "questioner"),
    ("rollout", 1, "error", "", "error"),
    ("verdict", 2, "rollout_id", "t-0", "be unique"),
    ("verdict", 2, "method", "psychic", "psychic"),
    ("verdict", 2, "outcome", "wrong", "wrong"),
    ("verdict", 2, "reference", None, "reference"),
    ("verdict", 2, "reason", "unparsed", "reason"),
    ("verdict", 3, "reason", None, "reason"),
    ("verdict", 2, "verifier", "", "verifier"),
    ("verdict", 2, "verifier", None, "verifier"),
    ("verdict", 0, "persists", 1.5, "persists"),
    ("verdict", 2, "persists", 0.5, "persists"),
    ("repeat", 0, "way", "backwards", "backwards"),
    ("repeat", 0, "outcome", "wrong", "wrong"),
    ("repeat", 0, "reason", "why", "reason"),
    ("repeat", 1, "reason", None, "reason"),
    ("repeat", 0, "answer", None, "answer"),
    ("asked", 0, "outcome", "wrong", "wrong"),
    ("asked", 0, "question", None, "not be null"),
    ("asked", 0, "reference", None, "reference"),
    ("asked", 0, "reason", "unparsed", "reason"),
    ("asked", 2, "reason", None, "reason"),
    ("asked", 0, "image_id", "i0", "unique"),
    ("audited", 1, "rollout_id", "t-0", "be unique"),
    ("audited", 1, "judged", "wrong", "wrong"),
    ("audited", 0, "audited", "wrong", "wrong"),
    ("audited", 1, "auditor", "", "auditor"),
    ("audited", 1, "verifier", None, "verifier"),
    ("audited", 2, "mode_id", None, "mode_id"),
    ("primitive", 1, "rollout_id", "t-0", "be unique"),
    ("primitive", 1, "primitives", None, "not be null"),
    ("failure_mode", 1, "mode_id", "m-1", "be unique"),
    ("failure_mode", 1, "name", "", "name"),
    ("failure_mode", 1, "failures", 41, "asked and failures"),
    ("failure_mode", 1, "status", "perhaps", "status"),
    ("failure_mode", 1, "failures", -1, "failures"),
    ("failure_mode", 1, "discovered_failures", 0, "discovered_failures"),
    ("failure_mode", 1, "error_rate", nan, "error_rate"),
    ("failure_mode", 1, "low", 0.8, "error_rate and low"),
    ("failure_mode", 1, "high", 0.7, "high and error_rate"),
    ("failure_mode", 1, "high", 1.2, "high"),
    ("failure_mode", 1, "q_value", -0.1, "q_value"),
    ("failure_mode", 1, "recurrence", None, "recurrence"),
]


@pytest.mark.parametrize("name", GOOD)
def test_every_breach_names_row_column_and_rule(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SHOWN", 99)  # one check for all breaches: half a second each
    make, suite = GOOD[name]
    breaches = [breach[1:] for breach in BREACHES if breach[0] == name]
    assert breaches
    frame = make()
    for number, (row, column, value, _) in enumerate(breaches):
        bad = {**make().loc[row].to_dict(), suite.key: f"bad-{number}"} | {column: value}
        frame = pd.concat([frame, pd.DataFrame([bad])], ignore_index=True)
    with pytest.raises(BlindspotError) as caught:
        check(frame, suite, tmp_path / "docs")
    text = str(caught.value)
    assert "\n" not in text and (tmp_path / "docs" / "index.html").is_file()
    for number, (_, column, value, said) in enumerate(breaches):
        named = str(value) if column == suite.key else f"bad-{number}"
        assert any(said in part and named in part and column in part for part in text.split("; ")), (number, text)


@pytest.mark.parametrize("name", GOOD)
def test_good_rows_pass_and_leave_data_docs(name: str, tmp_path: Path) -> None:
    make, suite = GOOD[name]
    for _ in range(2):  # the docs are replaced, not added to
        check(make(), suite, tmp_path / "docs")
    pages = list((tmp_path / "docs" / "validations" / name).rglob("*.html"))
    assert len(pages) == 1 and name in (tmp_path / "docs" / "index.html").read_text()
    for page in (tmp_path / "docs").rglob("*.html"):  # which loads nothing from the network
        assert "Content-Security-Policy\" content=\"default-src 'self'" in page.read_text()[:2000]


def test_a_set_without_one_of_the_splits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="distinct values to equal set"):
        check(images().iloc[1:], IMAGE, tmp_path / "docs")


def test_a_missing_column_is_named_alone(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"columns to match ordered list.*rollout_id.*method") as caught:
        check(rollouts().drop(columns=["rollout_id"]), ROLLOUT, tmp_path / "docs")
    assert "raised" not in str(caught.value) and ";" not in str(caught.value).partition(": nothing was written")[0]


def test_no_rows_at_all_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match="row count"):
        check(rollouts().iloc[:0], ROLLOUT, tmp_path / "docs")


def test_text_of_a_model_is_escaped_in_the_docs(tmp_path: Path) -> None:
    frame = rollouts()
    frame.loc[0, "method"] = "<script>alert('$x ${y}')</script>"
    with pytest.raises(BlindspotError, match="script"):
        check(frame, ROLLOUT, tmp_path / "docs")
    pages = "".join(page.read_text() for page in (tmp_path / "docs").rglob("*.html"))
    assert "<script>alert(" not in pages and "alert(" in pages


def test_every_suite_is_checked_here() -> None:
    modules = (image_checks, rollout_checks, taxonomy_checks)
    files = {path.stem for path in Path("blindspot/checks").glob("*.py")} - {"__init__", "run"}
    assert {module.__name__.split(".")[-1] for module in modules} == files
    suites = {value.name: value for module in modules for value in vars(module).values() if isinstance(value, Suite)}
    assert suites == {name: suite for name, (_, suite) in GOOD.items()}


def test_an_error_names_the_file_with_the_rules(tmp_path: Path) -> None:
    with pytest.raises(BlindspotError, match=r"nothing was written; fix .* \(rules: blindspot/checks/rollouts\.py\)"):
        check(verdicts().iloc[:0], VERDICT, tmp_path / "docs")
