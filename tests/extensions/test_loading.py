"""What is loaded as an extension, and what the errors say."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blindspot.errors import BlindspotError
from blindspot.extensions import load, make
from blindspot.factory import open_candidate, open_steerable, open_verifier
from blindspot.kinds import installed
from blindspot.models.description import Extension, describe
from blindspot.params import CandidateParams, VerifierParams
from blindspot.prompts.files import embedded_prompts
from blindspot.protocols import Candidate, JudgedQuestions, Verifier
from blindspot.records.answer import Answer
from blindspot.records.image import Image
from blindspot.records.verdict import Verdict
from blindspot.rewards.archive import Archive
from blindspot.rewards.components import all_components, score_all
from tests.project import REPOSITORY

CANDIDATE = """
class Mine:
    identity = "mine/1"

    def __init__(self, word="yes"):
        self.word = word

    def answer(self, images, questions, sampling=None):
        from blindspot.records.answer import Answer

        return [Answer(self.word) for _ in questions]
"""
NONE = str(REPOSITORY / "configs/models/none.yaml")
PROMPTS = str(REPOSITORY / "configs/prompts/scenes.yaml")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The current folder, with a folder extensions. Its modules are forgotten after the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "extensions").mkdir()
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == "extensions"]:
        del sys.modules[name]


def write(folder: Path, name: str, text: str) -> None:
    (folder / "extensions" / name).write_text(text, "utf-8")


def candidate(model: str) -> Candidate:
    return open_candidate(CandidateParams(model=model, prompts=PROMPTS))


def test_a_dotted_path_and_a_file_name_the_same_class(folder: Path) -> None:
    write(folder, "mine.py", CANDIDATE)
    assert load("extensions.mine.Mine", "models", Candidate) is load("extensions/mine.py", "models", Candidate)


def test_options_reach_the_class_and_the_identity(folder: Path) -> None:
    write(folder, "mine.py", CANDIDATE)
    (folder / "mine.yaml").write_text("kind: extensions.mine.Mine\nword: no\n", "utf-8")
    (folder / "quoted.yaml").write_text('kind: extensions.mine.Mine\nword: "no"\n', "utf-8")
    assert describe("quoted.yaml") == Extension(kind="extensions.mine.Mine", options={"word": "no"})
    plain, quoted = candidate("extensions/mine.py"), candidate("quoted.yaml")
    assert quoted.answer([], ["?"]) == [Answer("no")] and plain.answer([], ["?"]) == [Answer("yes")]
    assert plain.identity.startswith("mine/1@") and quoted.identity != plain.identity


def test_the_identity_changes_with_the_file(folder: Path) -> None:
    write(folder, "one.py", CANDIDATE)
    write(folder, "two.py", CANDIDATE + "# changed\n")
    assert candidate("extensions/one.py").identity != candidate("extensions/two.py").identity


def test_a_class_that_completes_prompts_is_a_candidate_and_a_judge(folder: Path) -> None:
    write(
        folder,
        "vlm.py",
        "from blindspot.records.answer import Answer\n\n\nclass Echo:\n    identity = 'echo/1'\n\n"
        "    def complete(self, images, prompts, form, sampling=None):\n"
        "        return [Answer(prompt) for prompt in prompts]\n",
    )
    [answer] = candidate("extensions/vlm.py").answer([None], ["is there a red star ?"])  # type: ignore[list-item]
    assert "is there a red star ?" in answer.text
    judge = open_verifier(
        VerifierParams(kind="vlm", model="extensions/vlm.py", confirming_judge=NONE, prompts=PROMPTS)
    )
    assert judge.identity.startswith("echo/1@")


def test_a_file_outside_of_the_current_folder_is_loaded(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("elsewhere") / "mine.py"
    file.write_text(CANDIDATE, "utf-8")
    assert candidate(str(file)).answer([], ["?"]) == [Answer("yes")]


def test_an_entry_point_of_an_installed_package_is_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = folder / "site"
    (site / "mine-1.0.dist-info").mkdir(parents=True)
    (site / "mine_package.py").write_text(CANDIDATE, "utf-8")
    (site / "mine-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n", "utf-8")
    (site / "mine-1.0.dist-info/entry_points.txt").write_text(
        "[blindspot.models]\nbest = mine_package:Mine\n[blindspot.judges]\nstrict = mine_package:Gone\n", "utf-8"
    )
    monkeypatch.syspath_prepend(str(site))
    installed.cache_clear()
    (folder / "best.yaml").write_text("kind: best\n", "utf-8")
    assert candidate("best.yaml").answer([], ["?"]) == [Answer("yes")]
    assert VerifierParams(kind="strict").kind == "strict"
    with pytest.raises(BlindspotError, match="entry point strict cannot be imported"):
        open_verifier(VerifierParams(kind="strict"))
    (folder / "best.yaml").write_text("kind: bets\n", "utf-8")
    with pytest.raises(BlindspotError, match="'bets' is unknown, did you mean best"):
        candidate("best.yaml")
    monkeypatch.undo()
    installed.cache_clear()


WRONG: list[tuple[str, str, str, str]] = [
    ("extensions.gone.Mine", "", "", r"there is no module extensions.gone \(extensions/gone.py does not exist\)"),
    ("extensions.a.Mine", "a.py", "import no_such_package", "extensions.a cannot be imported .ModuleNotFoundError"),
    ("extensions.b.Mine", "b.py", "def (", "extensions.b cannot be imported .SyntaxError"),
    ("extensions.c.Mine", "c.py", "raise SystemExit(3)", "extensions.c cannot be imported .SystemExit: 3"),
    ("extensions.d.Mine", "d.py", "class Mini: ...", "has no class Mine: name one of Mini"),
    ("extensions.e.Mine", "e.py", "Mine = 3", "extensions.e.Mine is not a class"),
    ("extensions.f.Mine", "f.py", "class Mine: identity = 'm'", "extensions.f.Mine lacks the method judge"),
    ("extensions.g.Mine", "g.py", "class Mine:\n def judge(self): ...", "lacks the attribute identity .Verifier"),
    (
        "extensions.h.Mine",
        "h.py",
        "class Mine:\n def __init__(self, file): ...\n def judge(self): ...",
        "Mine.file. cannot be made with no arguments .missing a required argument: 'file'",
    ),
    (
        "extensions.i.Mine",
        "i.py",
        "class Mine:\n def __init__(self): 1 / 0\n def judge(self): ...",
        "extensions.i.Mine cannot be made .ZeroDivisionError: division by zero",
    ),
    (
        "extensions.j.Mine",
        "j.py",
        "class Mine:\n identity = property(lambda self: 'm')\n def judge(self): ...",
        "its identity cannot be set",
    ),
    ("nowhere_at_all.Mine", "", "", "there is no module nowhere_at_all: install its package"),
    ("extensions/k.py", "k.py", "class A: ...\nclass B: ...\nclass _C: ...", r"defines 2 public classes .*'A', 'B'"),
    ("extensions/l.py", "", "", "extensions/l.py does not exist"),
]


@pytest.mark.parametrize(("kind", "file", "text", "says"), WRONG, ids=[row[1] or row[0] for row in WRONG])
def test_each_fault_is_one_clear_error(kind: str, file: str, text: str, says: str, folder: Path) -> None:
    if file:
        write(folder, file, text)
    with pytest.raises(BlindspotError, match=says):
        make(kind, "judges", (Verifier,))


def test_options_that_do_not_fit_are_named(folder: Path) -> None:
    write(folder, "mine.py", CANDIDATE)
    (folder / "mine.yaml").write_text("kind: extensions.mine.Mine\nwrod: x\n", "utf-8")
    with pytest.raises(BlindspotError, match=r"candidate.model: .*with wrod \(got an unexpected keyword"):
        candidate("mine.yaml")


def test_a_questioner_needs_both_methods(folder: Path) -> None:
    write(folder, "mine.py", "class Mine:\n identity = 'm'\n def ask(self, images, seed): ...")
    with pytest.raises(BlindspotError, match=r"lacks the method ask_for \(Steerable\)"):
        open_steerable("extensions/mine.py", 1, 1, 1.0, embedded_prompts("questioner"))


VERDICTS = {
    "[]": "returns 0 verdicts for 1 answers",
    "['failure']": "a verdict is a str, not a Verdict",
    "[Verdict('wrong', 'v')]": "has the outcome 'wrong', which is not failure, correct",
    "[Verdict('failure', 'v')]": "a verdict failure has no reference, the true answer .question: is it .",
    "[Verdict('invalid', 'v')]": "a verdict invalid has no reason",
    "[Verdict('correct', 'v', 'why', '')]": "a verdict correct has a reason",
}


@pytest.mark.parametrize("returned", VERDICTS)
def test_a_verdict_that_no_table_accepts_is_an_error(returned: str, folder: Path) -> None:
    text = "from blindspot.records.verdict import Verdict\nclass Mine:\n identity = 'm'\n"
    write(folder, "mine.py", f"{text} def judge(self, images, questions, answers): return {returned}\n")
    verifier = open_verifier(VerifierParams(kind="extensions.mine.Mine"))
    with pytest.raises(BlindspotError, match=f"m@.*{VERDICTS[returned]}"):
        verifier.judge([], ["is it ?"], ["yes"])


@pytest.mark.parametrize(("returned", "says"), [("['yes']", "a str in place of an Answer"), ("[]", "0 answers for 1")])
def test_an_answer_that_no_table_accepts_is_an_error(returned: str, says: str, folder: Path) -> None:
    text = "class Mine:\n identity = 'm'\n def answer(self, images, questions, sampling=None): return "
    write(folder, "mine.py", f"{text}{returned}\n")
    with pytest.raises(BlindspotError, match=says):
        candidate("extensions/mine.py").answer([], ["is it ?"])


COMPONENT = "class Mine:\n name = {name!r}\n title = 'T'\n def score(self, batch): return []\n"


@pytest.mark.parametrize("name", ["failure", "reward", "Too long", "step"])
def test_a_component_needs_a_name_of_its_own(name: str, folder: Path) -> None:
    write(folder, "mine.py", COMPONENT.format(name=name))
    with pytest.raises(BlindspotError, match=f"the name of a component is {name!r}"):
        all_components(["extensions.mine.Mine"])


def test_a_kind_near_a_built_in_gets_a_suggestion() -> None:
    with pytest.raises(Exception, match="'orcale' is unknown, did you mean oracle"):
        VerifierParams(kind="orcale")


def test_values_of_an_unscored_question_do_not_count(folder: Path) -> None:
    write(folder, "mine.py", COMPONENT.format(name="mine").replace("return []", "return [0.5, 0.5]"))
    parts, image = all_components(["extensions.mine.Mine"]), Image("a", Path("a.png"), "train")
    verdicts: list[Any] = [Verdict("failure", "v"), Verdict("unscored", "v")]
    found = score_all(parts, JudgedQuestions([image] * 2, ["a ?", "b ?"], verdicts, [()] * 2, Archive(4)))
    assert found["mine"] == [0.5, None] and [*found][-1] == "mine"
    with pytest.raises(BlindspotError, match="mine returns 2 values for 1 questions"):
        score_all(parts, JudgedQuestions([image], ["a ?"], verdicts[:1], [()], Archive(4)))
