"""What the pages show of failure modes."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from blindspot.metrics import percent
from blindspot.report.modes import page_name
from stages.report import Params
from tests.report.site import COUNTS, make, mode_of, taxonomy_of

MODE = "modes/counting.html"
NOVEL = '<span class="new">novel</span>'
Pages = Callable[..., dict[str, str]]


def taxonomy_with(rows: pd.DataFrame, **more: Any) -> dict[str, Any]:
    """With one mode, which has these fields."""
    return taxonomy_of(rows) | {"failure_modes": [mode_of(rows, "counting", **more)]}


def test_modes_are_shown_with_rate_interval_and_examples(rows: pd.DataFrame, pages: Pages) -> None:
    mode, made = mode_of(rows, "counting"), pages()
    first = rows.set_index("rollout_id").to_dict("index")[mode.examples[0]]
    for text in (made["index.html"], made[MODE]):
        assert f"{mode.failures} of {mode.asked} valid questions" in text
        assert "60\u00a0% – 86\u00a0%" in text
        assert first["question"] in text and f"images/{first['image_id']}.png" in text
    assert "below 0.001" in made[MODE] and "27 of 30 wrong" in made[MODE]


def test_the_overview_lists_modes_as_sentences_with_features_and_an_example(rows: pd.DataFrame, pages: Pages) -> None:
    found = taxonomy_of(rows)
    modes = [replace(mode, recurrence=0.85, documented=()) for mode in found["failure_modes"]]
    text = pages(found | {"failure_modes": modes})["index.html"]
    assert "2 confirmed failure modes</h2>" in text
    table = text[text.index('class="plain modes"') :].split("</table>")[0]
    head, *lines = re.findall(r"<tr\b[^>]*>(.*?)</tr>", table, re.S)
    for column in (
        "Failure mode",
        "Example question",
        "Error rate",
        "Trained",
        "Share <small>of the failures",
        "Status",
        "Documented",
    ):
        assert f'<th scope="col">{column}' in head
    sentences = ["Counting questions", "Counting questions, when the answer is 2 or more"]
    for line, mode, sentence in zip(lines, modes, sentences, strict=True):
        question = rows.set_index("rollout_id").loc[mode.examples[0], "question"]
        assert f">{sentence}</a><small>{' + '.join(mode.features)}</small>" in line
        assert f"{question}</q>" in line
        assert f"<b>{percent(mode.error_rate)}</b> <small>60\u00a0% – 86\u00a0%</small>" in line
        assert (
            f"<small>{mode.failures} of {mode.asked} wrong</small>" in line
            and "<small>found again in 85\u00a0%</small></td>" in line
            and ">novel</span>" in line
        )


def test_only_the_parameter_is_stated_where_it_is_the_threshold(rows: pd.DataFrame, pages: Pages) -> None:
    same = pages(taxonomy_of(rows) | {"metrics": {**COUNTS, "threshold": 0.25}})["index.html"]
    assert "significantly above 25\u00a0%" in same and "modes.threshold" not in same


def test_both_thresholds_are_stated_where_they_differ(rows: pd.DataFrame, pages: Pages) -> None:
    text = pages(taxonomy_of(rows) | {"metrics": {**COUNTS, "threshold": 0.41}})["index.html"]
    assert "significantly above 41\u00a0%" in text
    assert "<code>modes.threshold</code> (25\u00a0%)" in text


def test_a_mode_shows_the_methods_and_the_wrong_answers(rows: pd.DataFrame, pages: Pages) -> None:
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


def test_modes_that_share_a_feature_are_related(pages: Pages) -> None:
    text = pages()[MODE]
    assert '<a href="counting--answer-2-or-more.html">Counting questions, when the answer is 2 or more</a>' in text
    assert "shares counting · 100\u00a0% of its questions are also in this mode" in text


@pytest.mark.parametrize(
    ("documented", "shown", "hidden"),
    [
        (("counting", "left & right"), "left &amp; right", NOVEL),
        ((), NOVEL, "documented: "),
        (None, ">–<", "documented: "),
    ],
)
def test_a_mode_is_documented_or_novel_or_was_not_matched(
    documented: tuple[str, ...] | None, shown: str, hidden: str, rows: pd.DataFrame, pages: Pages
) -> None:
    made = pages(taxonomy_with(rows, documented=documented, recurrence=0.9))
    assert shown in made["index.html"] and hidden not in made["index.html"]
    assert ("<dt>Documented</dt>" in made[MODE]) == (documented is not None)
    assert ("novel: this mode is confirmed, recurs, matches no weakness" in made[MODE]) == (documented == ())


def test_the_source_of_a_documented_weakness_is_shown(rows: pd.DataFrame, pages: Pages) -> None:
    listed = {"name": "counting", "says": "They <cannot> count.", "source": "A. B., 2023", "url": "https://a.b/c"}
    made = pages(taxonomy_with(rows, documented=("counting",), kinds=("counting", "size")) | {"documented": [listed]})
    assert "They &lt;cannot&gt; count." in made[MODE]
    assert '<a href="https://a.b/c" rel="noreferrer">A. B., 2023</a>' in made[MODE]
    assert "asks for: counting, size" in made["index.html"] and "counting, size <small>at least nine" in made[MODE]


def test_stability_is_shown_for_skills_and_modes(rows: pd.DataFrame, pages: Pages) -> None:
    taxonomy = taxonomy_with(rows, recurrence=0.85) | {"stability": [0.5, 0.75, 1.0]}
    made = pages(taxonomy)
    assert "found again in 85\u00a0% of 20 resamples" in made["index.html"]
    assert "Its median is 0.75 (0.50 to 1.00)" in made["skills.html"]


def test_missing_stability_is_stated(rows: pd.DataFrame, pages: Pages) -> None:
    made = pages(taxonomy_with(rows, recurrence=None))
    assert "found again in" not in made["index.html"] and "not measured" in made[MODE]
    assert "The stability of the skills was not measured" in made["skills.html"]


def test_the_page_of_a_mode_has_a_name_that_every_file_system_accepts() -> None:
    assert page_name("judging-positions--answer-yes") == "judging-positions--answer-yes"
    names = [page_name(name) for name in ("../x", "x", "..\\x", "x" * 300, "x" * 301, "色", "形", "", "A", "a")]
    assert len({*names}) == len(names)
    assert all(re.fullmatch("[a-z0-9-]{1,99}", name) for name in names)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"recurrence": 0.8}, '<span class="new">confirmed</span>, strong evidence'),
        ({"recurrence": 0.8, "p_value": 0.01}, '<span class="new">confirmed</span>, moderate evidence'),
        ({"recurrence": None, "p_value": 0.01}, '<span class="new">confirmed</span>, weak evidence'),
        ({"recurrence": 0.8, "p_value": 0.2, "status": "not_confirmed"}, "not confirmed, undecided"),
    ],
)
def test_the_strength_of_the_evidence_is_shown_with_the_status(
    more: dict[str, Any], said: str, rows: pd.DataFrame, pages: Pages
) -> None:
    made = pages(taxonomy_with(rows, **more))
    card, again = f" · {said}</p></div>", " <small>found again in 80\u00a0%</small></td>"
    row = f'<td data-head="Status">{said}{again if more["recurrence"] else "</td>"}'
    assert row in made["index.html"] and card in made["index.html"] and f"Status: {said}." in made[MODE]


def test_modes_that_recur_rarely_come_after_the_others_under_a_heading(rows: pd.DataFrame, pages: Pages) -> None:
    found = taxonomy_of(rows)
    rare, other = found["failure_modes"]
    missed = replace(other, recurrence=0.6, status="not_confirmed")
    made = pages(found | {"failure_modes": [replace(rare, recurrence=0.59), missed]})
    heading, text = "Found again in fewer than 60\u00a0% of the resamples", made["index.html"]
    assert text.count(f">{heading}</") == 2, "in the table and above the examples"
    table, examples = text.split('<section id="modes"')
    for part, last in ((table, f'href="{MODE}"'), (examples, 'id="counting"')):
        places = [part.index(one) for one in ("counting--answer-2-or-more", f">{heading}<", last)]
        assert places == sorted(places)
    assert "1 of 2" in made["modes/counting--answer-2-or-more.html"] and "2 of 2" in made[MODE]


def test_one_heading_stands_above_all_modes_that_recur_rarely(rows: pd.DataFrame, pages: Pages) -> None:
    found = taxonomy_of(rows)
    rare = [replace(mode, recurrence=0.1) for mode in found["failure_modes"]]
    text = pages(found | {"failure_modes": rare})["index.html"]
    assert text.count("Found again in fewer than 60") == 2


def test_a_mix_names_its_parts_with_links_on_the_overview_and_on_its_page(rows: pd.DataFrame, pages: Pages) -> None:
    found = taxonomy_of(rows)
    first, second = found["failure_modes"]
    wide = replace(first, documented=(), mix_of=(second.mode_id,), mix_documented=("left & right",), mix_share=0.9)
    made = pages(found | {"failure_modes": [replace(wide, recurrence=1.0), second]})
    link = f'counting--answer-2-or-more.html">{second.name}</a>; left &amp; right (documented)'
    assert f'<li>a mix of: <a href="modes/{link}</li>' in made["index.html"]
    assert (
        f'a mix of: <a href="{link} <small>90\u00a0% of the failures of this mode also belong to these' in made[MODE]
    )
    assert NOVEL not in made["index.html"] and "<b>A mix</b>" in made["index.html"]
    assert "a mix of:" not in made["modes/counting--answer-2-or-more.html"]


def test_a_mode_with_one_part_is_part_of_it_and_a_part_may_have_no_page(
    rows: pd.DataFrame, pictures: dict[str, Path], tmp_path: Path
) -> None:
    found = taxonomy_of(rows)
    first, second = found["failure_modes"]
    part = replace(first, mix_of=(second.mode_id,), mix_share=0.8)
    taxonomy = found | {"failure_modes": [part, second]}
    made = make(rows, pictures, tmp_path / "made", taxonomy, params=Params(modes=1))
    assert f"<li>part of: {second.name}</li>" in made["index.html"]
    assert "also belong to it</small>" in made[MODE]


def test_without_a_mix_and_a_rare_mode_neither_is_explained(pages: Pages) -> None:
    text = pages()["index.html"]
    assert "Found again in fewer" not in text
    assert "<b>A mix</b>" not in text and "a mix of:" not in text and "part of:" not in text
