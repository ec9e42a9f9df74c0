"""What the pages say of a run, and the small parts that they are made of."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from blindspot.errors import BlindspotError
from blindspot.report.charts import line_chart
from blindspot.report.modes import page_name
from blindspot.report.page import percent
from blindspot.report.pictures import LONGEST_SIDE, data_uri, write_pictures
from blindspot.report.rates import methods
from blindspot.report.skills import squarify
from tests.report.site import make, mode_of, taxonomy_of

MODE = "modes/counting.html"
Pages = Callable[..., dict[str, str]]


@pytest.fixture
def pages(rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path) -> Pages:
    def make_pages(taxonomy: dict[str, Any] | None = None, asked: pd.DataFrame | None = None) -> dict[str, str]:
        return make(rows if asked is None else asked, pictures, tmp_path / "made", taxonomy)

    return make_pages


def taxonomy_with(rows: pd.DataFrame, **more: Any) -> dict[str, Any]:
    """With a mode that says `more`."""
    return taxonomy_of(rows) | {"failure_modes": [mode_of(rows, "counting", **more)]}


def test_modes_are_shown_with_rate_interval_and_examples(rows: pd.DataFrame, pages: Pages) -> None:
    mode, made = mode_of(rows, "counting"), pages()
    first = rows.set_index("rollout_id").loc[mode["examples"][0]]
    for text in (made["index.html"], made[MODE]):
        assert f"{mode['failures']} of {mode['asked']}" in text or f"Of {mode['asked']} valid questions" in text
        assert "60\u00a0% – 86\u00a0%" in text
        assert first["question"] in text and f"images/{first['image_id']}.png" in text
    assert "12 nats" in made[MODE] and "below 0.001" in made[MODE]


def test_a_mode_says_who_asked_and_what_was_said_instead(rows: pd.DataFrame, pages: Pages) -> None:
    text = pages()[MODE]
    counting = rows[(rows["family"] == "counting") & rows["outcome"].isin(("failure", "correct"))]
    trained = counting[counting["method"] == "trained"]
    failures = int((trained["outcome"] == "failure").sum())
    assert f'<th scope="row">Trained questioner</th><td>{failures} of {len(trained)}</td>' in text
    pairs = counting[counting["outcome"] == "failure"].groupby(["reference", "answer"]).size()
    (reference, answer), times = pairs.sort_values(kind="stable").index[-1], pairs.max()
    assert f'<td class="true" dir="auto"><span>{reference}<' in text
    assert f'<td class="said" dir="auto"><span>{answer}<' in text
    assert f"<td>{times}</td>" in text


def test_modes_that_share_a_feature_are_neighbours(pages: Pages) -> None:
    text = pages()[MODE]
    assert '<a href="counting--answer-2-or-more.html">counting + answer 2 or more</a>' in text
    assert "shares counting · 100\u00a0% of its questions are of both" in text


@pytest.mark.parametrize(
    ("known", "shown", "hidden"),
    [
        (["counting", "left & right"], "left &amp; right", ">novel"),
        ([], ">novel", "documented: "),
        (None, "", "Documented"),
    ],
)
def test_a_mode_is_known_or_new_or_nobody_looked(
    known: list[str] | None, shown: str, hidden: str, rows: pd.DataFrame, pages: Pages
) -> None:
    made = pages(taxonomy_with(rows, **({} if known is None else {"documented": known})))
    assert shown in made["index.html"] and shown in made[MODE]
    assert hidden not in made["index.html"]
    assert ("Known before" in made[MODE]) == (known is not None)


def test_who_wrote_of_a_weakness_is_said_and_what_its_questions_ask_for(rows: pd.DataFrame, pages: Pages) -> None:
    listed = {"name": "counting", "says": "They <cannot> count.", "source": "A. B., 2023", "url": "https://a.b/c"}
    made = pages(taxonomy_with(rows, documented=["counting"], kinds=["counting", "size"]) | {"documented": [listed]})
    assert "They &lt;cannot&gt; count." in made[MODE]
    assert '<a href="https://a.b/c" rel="noreferrer">A. B., 2023</a>' in made[MODE]
    assert "asks for: counting, size" in made["index.html"] and "counting, size <small>most of them" in made[MODE]


def test_stability_stands_beside_taxonomy_and_modes(rows: pd.DataFrame, pages: Pages) -> None:
    taxonomy = taxonomy_with(rows, recurrence=0.85) | {"stability": [0.5, 0.75, 1.0]}
    made = pages(taxonomy)
    assert "came back in 85\u00a0% of 20 resamples" in made["index.html"]
    assert "0.75 in the median (0.50 to 1.00)" in made["skills.html"]


def test_stability_that_was_not_measured_is_said(rows: pd.DataFrame, pages: Pages) -> None:
    made = pages(taxonomy_with(rows, recurrence=None))
    assert "came back in" not in made["index.html"] and "not measured" in made[MODE]
    assert "How stable the skills are was not measured" in made["skills.html"]


def test_skills_are_shown_with_what_is_known_of_them(rows: pd.DataFrame, pages: Pages) -> None:
    taxonomy = taxonomy_of(rows)
    taxonomy["skills"][0]["definition"] = "Says how many there are."
    text = pages(taxonomy)["skills.html"]
    for shown in ("Says how many there are.", "counting stars", "30 of 40 valid questions", "reading text"):
        assert shown in text
    assert '<a href="modes/counting.html">counting</a>' in text


def test_the_comparison_of_methods_is_shown_where_there_is_one(rows: pd.DataFrame, pages: Pages) -> None:
    figures = {"questions": 1191, "skills": 2, "skill_combinations": 7, "new_combinations": None}
    method = figures | {"primitives_per_question": 4.256, "words_per_question": 9.0}
    found = {
        "methods": {"trained": method, "base": method},
        "skills": {"shared": ["counting"], "exclusive": {"trained": ["<others>"], "base": []}},
    }
    found["combinations"] = {"trained": [{"skills": ["counting", "size & place"], "asked": 9, "failures": 7}]}
    text = pages(taxonomy_of(rows) | {"comparison": found})["methods.html"]
    for shown in ("1,191", "4.26", "<td>–</td>", "&lt;others&gt;", "1 skills that all asked for"):
        assert shown in text
    assert "counting + size &amp; place</th><td>7 of 9</td>" in text


def test_there_is_no_comparison_where_there_is_none(pages: Pages) -> None:
    assert "What the questions need" not in pages()["methods.html"]


def test_rates_stand_side_by_side_with_their_intervals(rows: pd.DataFrame, pages: Pages) -> None:
    text = pages()["methods.html"]
    for method in methods(rows):
        assert f"{percent(method.failure.value)} <small>{percent(method.failure.low)} – " in text
    assert "Reward, all parts together" in text


def test_how_it_was_made_is_told(pages: Pages) -> None:
    text = pages()["provenance.html"]
    for shown in ("1,200", "6,400", "7,780", "pass this on", "python <b>3", "No price"):
        assert shown in text


def test_who_fails_is_said_of_all_that_was_asked(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    base = make(rows[rows["method"] == "base"], pictures, tmp_path / "a")
    assert "Where <em>" in base["index.html"] and "One questioner asked" in base["index.html"]
    assert "none of them is a trained questioner’s. " in base["index.html"]
    assert "the templates’ are nearer" not in base["methods.html"]
    spoilt = rows.assign(outcome=rows["outcome"].where(rows["method"] != "trained", "invalid"))
    assert "No valid question" not in make(spoilt, pictures, tmp_path / "b")["index.html"]


def test_rates_keep_unscored_questions_apart() -> None:
    outcomes = ["failure"] * 3 + ["correct"] * 5 + ["invalid"] * 2 + ["unscored"] * 10
    (method,) = methods(pd.DataFrame({"method": "trained", "outcome": outcomes, "persists": None}))
    assert (method.failure.value, method.valid.value, method.wrong.value) == (0.3, 0.8, 0.375)
    assert (method.unscored.part, method.unscored.whole) == (10, 20)


def test_failures_that_persist_are_shown_where_they_were_asked_about_again(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    assert "Failures that persist" not in make(rows, pictures, tmp_path / "a")["index.html"]
    shares = iter([1.0, 0.6, 0.5, 0.0])
    failed = (rows["method"] == "trained") & (rows["outcome"] == "failure")
    asked = rows.assign(persists=[next(shares, None) if one else None for one in failed])
    assert "2 of 4 asked about again" in make(asked, pictures, tmp_path / "b")["index.html"]


def test_a_curve_is_drawn_from_left_to_right() -> None:
    chart = line_chart("reward", list(range(100)), [step / 100 for step in range(100)])
    xs = [float(point.split(",")[0]) for point in chart.smooth.split()]
    assert xs == sorted(xs) and len(xs) == 100
    assert chart.raw and not chart.marks
    assert line_chart("one", [5], [0.5], marked=True).marks
    assert line_chart("many", [0, 5], [7.0, 4500.4]).y_ticks[-1][1] == "4,500"


def test_percents() -> None:
    shown = [percent(share).replace("\u00a0", " ") for share in (0, 0.014, 0.0996, 0.5, 1)]
    assert shown == ["0 %", "1.4 %", "10 %", "50 %", "100 %"]


@pytest.mark.parametrize("sizes", [[1.0], [6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], [1000.0, 1.0, 1.0]])
def test_the_map_is_filled_by_size_without_overlap(sizes: list[float]) -> None:
    boxes = squarify(sizes, 1.6)
    areas = [width * height / 10_000 for _, _, width, height in boxes]
    assert areas == pytest.approx([size / sum(sizes) for size in sizes], abs=1e-4)
    for index, (x, y, w, h) in enumerate(boxes):
        assert x >= -0.01 and x + w <= 100.01 and y >= -0.01 and y + h <= 100.01
        for a, b, c, d in boxes[:index]:
            assert x + w <= a + 0.01 or a + c <= x + 0.01 or y + h <= b + 0.01 or b + d <= y + 0.01


def test_a_mode_s_page_has_a_name_that_every_file_system_takes() -> None:
    assert page_name("judging-positions--answer-yes") == "judging-positions--answer-yes"
    names = [page_name(name) for name in ("../x", "x", "..\\x", "x" * 300, "x" * 301, "色", "形", "", "A", "a")]
    assert len({*names}) == len(names)
    assert all(re.fullmatch("[a-z0-9-]{1,99}", name) for name in names)


def test_a_large_picture_is_shrunk_and_a_small_one_kept(tmp_path: Path) -> None:
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
