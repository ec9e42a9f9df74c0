"""The contents of the pages, and the parts that they are made of."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from blindspot.errors import BlindspotError
from blindspot.metrics import percent
from blindspot.prompts.files import DEFAULT
from blindspot.records.asker import How, askers
from blindspot.report.asking import Asking, role_prompts
from blindspot.report.charts import line_chart
from blindspot.report.pictures import LONGEST_SIDE, data_uri, write_pictures
from blindspot.report.rates import methods
from blindspot.report.skills import squarify
from tests.report.site import EVERY_PARAM, make, taxonomy_of

Pages = Callable[..., dict[str, str]]


def test_skills_are_shown_with_title_name_definition_and_modes(rows: pd.DataFrame, pages: Pages) -> None:
    taxonomy = taxonomy_of(rows)
    taxonomy["skills"][0]["definition"] = "Says how many there are."
    text = pages(taxonomy)["skills.html"]
    for shown in ("Says how many there are.", "counting stars", "30 of 40 valid questions", "reading text"):
        assert shown in text
    assert '<a href="modes/counting.html">Counting questions</a>' in text
    assert '<span class="name">Counting objects <small class="internal">counting</small></span>' in text
    assert '<span class="name">others</span>' in text
    assert re.search(
        r'data-name="counting">\s*<a href="#skill=counting" title="[^"]*"><span>Counting objects</span>', text
    )


def test_the_comparison_of_methods_is_shown(rows: pd.DataFrame, pages: Pages) -> None:
    figures = {"questions": 1191, "skills": 2, "skill_combinations": 7, "new_combinations": None}
    method = figures | {"primitives_per_question": 4.256, "words_per_question": 9.0}
    found = {
        "methods": {"trained": method, "base": method},
        "skills": {"shared": ["counting"], "exclusive": {"trained": ["<others>"], "base": []}},
    }
    found["combinations"] = {"trained": [{"skills": ["counting", "size & place"], "asked": 9, "failures": 7}]}
    text = pages(taxonomy_of(rows) | {"comparison": found})["methods.html"]
    for shown in ("1,191", "4.26", "<td>–</td>", "&lt;others&gt;", "Skills that all methods asked for: 1"):
        assert shown in text
    (line,) = re.findall(r"<tr>(.*?)</th><td>7 of 9</td>", text)
    assert re.findall(r">([^<]+)</a>", line) == ["Counting objects", "size &amp; place"]


def test_there_is_no_comparison_without_a_file(pages: Pages) -> None:
    assert "What the questions need" not in pages()["methods.html"]


def test_rates_are_shown_with_their_intervals(rows: pd.DataFrame, pages: Pages) -> None:
    text = pages()["methods.html"]
    found = methods(rows, askers(How.TRAINED))
    assert found
    for method in found:
        assert f"{percent(method.failure.value)} <small>{percent(method.failure.low)} – " in text
    assert "Total reward" in text


def test_calls_and_versions_are_shown(pages: Pages) -> None:
    text = pages()["provenance.html"]
    for shown in ("<td>1,200</td><td>1,180</td>", "<td>7,780</td><td>7,659</td>", "share this report", "python <b>3"):
        assert shown in text


def test_the_prompts_of_the_run_are_shown(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = DEFAULT.read_text("utf-8")
    file.write_text(text.replace("candidate:\n  system: null", "candidate:\n  system: <b>Hello"), "utf-8")
    values = {name: {"prompts": str(file)} for name in ("candidate", "verifier", "train", "taxonomy")}
    asking = Asking(role_prompts(values), EVERY_PARAM)
    page = make(rows, pictures, tmp_path / "report", asking=asking)["provenance.html"]
    assert "<h3>Primitive extractor</h3>" in page and "&lt;b&gt;Hello" in page
    assert "You check questions that are asked about an image." in page
    assert "Prompts</h2>" not in make(rows, pictures, tmp_path / "without", asking=None)["provenance.html"]


def test_the_overview_counts_all_methods_without_a_trained_questioner(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    base = make(rows[rows["method"] == "base"], pictures, tmp_path / "a")
    assert "Where <em>" in base["index.html"]
    assert "The trained questioner asked none of these questions. " in base["index.html"]
    assert "not selected for difficulty" not in base["methods.html"]
    assert "not selected for difficulty" in make(rows, pictures, tmp_path / "c")["methods.html"]
    spoilt = rows.assign(outcome=rows["outcome"].where(rows["method"] != "trained", "invalid"))
    assert "No valid question" not in make(spoilt, pictures, tmp_path / "b")["index.html"]


def test_rates_exclude_unscored_questions() -> None:
    outcomes = ["failure"] * 3 + ["correct"] * 5 + ["invalid"] * 2 + ["unscored"] * 10
    rows = pd.DataFrame({"method": "trained", "outcome": outcomes, "persists": None})
    (method,) = methods(rows, askers(How.TRAINED))
    assert (method.failure.value, method.valid.value, method.wrong.value) == (0.3, 0.8, 0.375)
    assert (method.unscored.part, method.unscored.whole) == (10, 20)


def test_persistent_failures_are_shown_where_failures_were_repeated(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    assert "Persistent failures" not in make(rows, pictures, tmp_path / "a")["index.html"]
    shares = iter([1.0, 0.6, 0.5, 0.0])
    failed = (rows["method"] == "trained") & (rows["outcome"] == "failure")
    persists: list[Any] = [next(shares, None) if one else None for one in failed]
    asked = rows.assign(persists=persists)
    assert "2 of 4 asked again" in make(asked, pictures, tmp_path / "b")["index.html"]


def test_a_curve_is_drawn_from_left_to_right() -> None:
    chart = line_chart("reward", list(range(100)), [step / 100 for step in range(100)])
    xs = [float(point.split(",")[0]) for point in chart.smooth.split()]
    assert xs == sorted(xs) and len(xs) == 100
    assert chart.raw and not chart.marks
    assert line_chart("one", [5], [0.5], marked=True).marks
    assert line_chart("many", [0, 5], [7.0, 4500.4]).y_ticks[-1][1] == "4,500"


@pytest.mark.parametrize("sizes", [[1.0], [6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], [1000.0, 1.0, 1.0]])
def test_the_map_is_filled_by_size_without_overlap(sizes: list[float]) -> None:
    boxes = squarify(sizes, 1.6)
    areas = [width * height / 10_000 for _, _, width, height in boxes]
    assert areas == pytest.approx([size / sum(sizes) for size in sizes], abs=1e-4)
    for index, (x, y, w, h) in enumerate(boxes):
        assert x >= -0.01 and x + w <= 100.01 and y >= -0.01 and y + h <= 100.01
        for a, b, c, d in boxes[:index]:
            assert x + w <= a + 0.01 or a + c <= x + 0.01 or y + h <= b + 0.01 or b + d <= y + 0.01


def test_a_large_picture_is_shrunk_and_a_small_one_is_kept(tmp_path: Path) -> None:
    Image.new("RGB", (900, 700), (1, 2, 3)).save(tmp_path / "large.png")
    Image.new("RGB", (48, 48), (1, 2, 3)).save(tmp_path / "small.png")
    pictures = {name: tmp_path / f"{name}.png" for name in ("large", "small")}
    addresses = write_pictures(pictures, ["large", "small", "large"], tmp_path / "images")
    assert addresses == {"large": "images/large.jpeg", "small": "images/small.png"}
    assert [Image.open(tmp_path / addresses[name]).width for name in addresses] == [LONGEST_SIDE, 48]


def test_a_corrupt_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(BlindspotError, match=r"bad\.png"):
        data_uri(tmp_path / "bad.png")
