"""The command `blindspot analyze`, as a user runs it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import blindspot
from blindspot.analysis.command import _summary, analyze_files
from blindspot.errors import run
from blindspot.logs.columns import Columns
from tests.analysis.made_logs import PLANTED, drawn
from tests.project import REPOSITORY, environment, files

COMMAND = [sys.executable, "-m", "blindspot.cli", "analyze"]


def analyze(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory, with a log."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    drawn(PLANTED).to_csv("log.csv", index=False)
    yield tmp_path


def test_help_names_every_option_and_has_examples(tmp_path: Path) -> None:
    done = analyze(tmp_path, "--help")
    assert done.returncode == 0 and "analyze [OPTIONS] " in done.stdout.splitlines()[0]
    options = ("out", "question", "reference", "answer", "wrong", "score", "wrong-below", "image", "image-id", "id")
    for option in (*options, "model", "image-folder", "threshold", "judge"):
        assert f"--{option} " in done.stdout
    assert "Examples:" in done.stdout and files(tmp_path) == {}


def test_the_summary_states_rates_modes_and_the_report(folder: Path) -> None:
    done = analyze(folder, "log.csv", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    read, first, mode, report = done.stdout.replace("\u00a0", " ").splitlines()
    columns = "question: question, true answer: reference, answer: prediction, verdict (1: wrong): wrong"
    assert read == f"note: log.csv: columns read: {columns}, id of the image: image_id"
    assert first == "log: 256 of 1,200 scored answers are wrong (21 %), 0 unscored"
    assert mode == "  confirmed       62 %  Counting questions (44 of 71 held out wrong, strong evidence)"
    assert report == "report: out/reports/index.html" and Path("out/reports/index.html").is_file()
    assert {one.name for one in folder.iterdir()} == {"log.csv", "out"}


def test_neither_mlflow_nor_torch_is_loaded(folder: Path) -> None:
    code = (
        "import sys; from blindspot.cli import app\n"
        "try: app(['analyze', 'log.csv', '--out', 'out'])\n"
        "finally: print([name for name in ('mlflow', 'torch', 'transformers', 'datasets') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(folder), capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def lines(*names: str, out: str = "out", threshold: float | None = None, **columns: object) -> list[str]:
    """The lines that the command prints."""
    chosen = Columns(**columns)  # type: ignore[arg-type]
    return [*analyze_files([*map(Path, names)], chosen, Path(out), threshold, None)]


def test_modes_that_recur_rarely_come_last_and_mixes_name_their_parts() -> None:
    [model] = blindspot.analyze(drawn(PLANTED)).models
    [mode] = model.modes
    rare = replace(mode, mode_id="rare", name="Rare", recurrence=0.59, status="not_confirmed", mix_of=("counting",))
    rare = replace(rare, mix_share=0.9)
    printed = [line.replace("\u00a0", " ") for line in _summary(replace(model, modes=(rare, mode)))]
    assert printed[1:] == [
        "  confirmed       62 %  Counting questions (44 of 71 held out wrong, strong evidence)",
        "  Found again in fewer than 60 % of the resamples:",
        "  not confirmed   62 %  Rare (44 of 71 held out wrong, undecided: more questions might confirm it, "
        "part of “Counting questions”)",
    ]


def test_notes_come_first_and_several_models_are_summarised(folder: Path) -> None:
    log = drawn(PLANTED)
    log.loc[0, "question"] = None
    pd.concat([log.assign(model="a"), log.assign(model="b", wrong=0)]).to_csv("both.csv", index=False)
    printed = lines("both.csv")
    assert printed[0].endswith("id of the image: image_id, model: model")
    assert printed[1].startswith("note: both.csv: 2 rows have no question and are unscored")
    assert [line[:3] for line in printed[2:]] == ["a: ", "  c", "b: ", "  t", "  N", "rep"]
    assert "verdicts and references disagree on" in printed[5]


def test_a_mode_with_too_few_held_out_questions_has_no_rate(folder: Path) -> None:
    log = drawn(PLANTED)
    log.assign(image_id=[f"i{place % 3}" for place in range(len(log))]).to_csv("few.csv", index=False)
    assert "  too few            –  Counting questions (0 of 0 held out wrong)" in lines("few.csv")


def write(name: str, text: str) -> Callable[[], list[str]]:
    def create() -> list[str]:
        Path(name).write_text(text, encoding="utf-8")
        return [name]

    return create


def folder_named_like_a_log() -> list[str]:
    Path("logs.csv").mkdir()
    return ["logs.csv"]


def copied() -> list[str]:
    Path("copy.csv").write_bytes(Path("log.csv").read_bytes())
    return ["log.csv", "copy.csv"]


def unscorable() -> list[str]:
    drawn(PLANTED).drop(columns=["wrong", "reference"]).to_csv("bare.csv", index=False)
    return ["bare.csv"]


def german() -> list[str]:
    drawn(PLANTED).rename(columns={"question": "frage"}).to_csv("frage.csv", index=False)
    return ["frage.csv"]


def of(*words: str) -> Callable[[], list[str]]:
    return lambda: [*words]


BAD = {
    "no such file": (of("nothere.csv"), "nothere.csv does not exist: give the path of a log"),
    "a folder": (folder_named_like_a_log, "logs.csv is a folder: give the files in it"),
    "an empty file": (write("empty.csv", ""), "empty.csv is empty: give a file with rows"),
    "only names": (write("names.csv", "question,answer\n"), "names.csv has no rows: give a log with answers"),
    "no question": (german, "no column of frage.csv is recognised as the question (likely: frage; all: id, frage"),
    "no verdict": (unscorable, "none of the 1,200 answers can be scored (no reference): name a column with the"),
    "twice": (of("log.csv", "log.csv"), "log.csv is given twice: give each log once"),
    "a copy": (copied, "copy.csv has the same content as log.csv: give each log once"),
    "an unknown column": (of("log.csv", "--answer", "predicton"), "log.csv has no column predicton: give --answer"),
    "two verdicts": (of("log.csv", "--wrong", "wrong", "--score", "wrong"), "--wrong and --score each name a verdict"),
    "no limit": (of("log.csv", "--score", "wrong", "--wrong-below", "nan"), "--wrong-below is nan: give a number"),
    "threshold 0": (of("log.csv", "--threshold", "0"), "the threshold 0 is not between 0 and 1: give an error rate"),
    "threshold 1": (of("log.csv", "--threshold", "1"), "the threshold 1 is not between 0 and 1: give an error rate"),
    "threshold -1": (of("log.csv", "--threshold", "-1"), "the threshold -1 is not between 0 and 1: give an error"),
    "no image folder": (of("log.csv", "--image-folder", "img"), "img is not a folder: give --image-folder the folder"),
    "no judge file": (of("log.csv", "--judge", "judge.yaml"), "judge.yaml does not exist"),
    "judge none": (
        of("log.csv", "--judge", str(REPOSITORY / "configs/models/none.yaml")),
        "none.yaml describes no model",
    ),
    "out is a file": (of("log.csv", "--out", "log.csv"), "log.csv is a file: name a new folder with --out"),
    "out is here": (of("log.csv", "--out", "."), ". is the folder in which the command runs, or contains it"),
}


@pytest.mark.parametrize(("words", "message"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_nothing_is_written(
    words: Callable[[], list[str]], message: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from blindspot.cli import app

    given = words()
    before = files(folder)
    with pytest.raises(SystemExit) as ended:
        app(["analyze", *given, *([] if "--out" in given else ["--out", "out"])])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (1, "")
    assert printed.err.startswith("error: ") and message in printed.err and printed.err.count("\n") == 1
    assert files(folder) == before and not Path("out").exists()


def test_a_judge_that_does_not_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("judge.yaml").write_text("kind: endpoint\nbase_url: http://127.0.0.1:9/v1\nmodel: x\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        run(
            lambda: print(*analyze_files([Path("log.csv")], Columns(), Path("out"), None, Path("judge.yaml"))),
            True,
        )
    assert capsys.readouterr().err.startswith("error: no server answers at http://127.0.0.1:9/v1/ (")
    assert not Path("out").exists()


def test_a_log_in_the_folder_that_is_replaced_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines("log.csv")
    before = files(Path("out"))
    with pytest.raises(SystemExit):
        run(lambda: print(lines("out/data/verdicts/verdicts.parquet")), True)
    assert "verdicts.parquet is in out, which would be replaced" in capsys.readouterr().err
    assert files(Path("out")) == before


def test_what_an_analysis_writes_can_be_analyzed_again(folder: Path) -> None:
    first = lines("log.csv")[1:]
    again = lines("out/data/verdicts/verdicts.parquet", out="again")
    assert [line.partition(":")[2] for line in again[:1]] == [line.partition(":")[2] for line in first[:1]]
    assert again[1] == first[1] and "Counting questions" in again[1]
