"""The pages of an analysis: every text of a log is escaped, and nothing is loaded from elsewhere."""

import html
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

import blindspot
from tests.analysis.made_logs import KINDS, PLANTED, drawn

HOSTILE = [
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "\u202eright to left\u202c",
    "NUL \0 and \ud800",
    "{{ 7 * 7 }} {% raw %}",
    "&lt;b&gt;",
]
TAGS = {
    *("a", "article", "b", "body", "br", "caption", "circle", "code", "dd", "details", "div", "dl", "dt"),
    *("figcaption", "figure", "footer", "h1", "h2", "h3", "head", "header", "html", "img", "li", "link", "main"),
    *("meta", "nav", "p", "path", "q", "rect", "section", "small", "span", "strong", "style", "summary", "svg"),
    *("table", "tbody", "td", "th", "thead", "title", "tr", "ul"),
}


class Parsed(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def check(page: Path) -> Parsed:
    """Checks that a page has no script, no unknown element, and no address elsewhere."""
    parsed = Parsed(page.read_text("utf-8"))
    assert {tag for tag, _ in parsed.elements} <= TAGS
    for tag, attributes in parsed.elements:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        address = attributes.get("href") or attributes.get("src") or ""
        assert ":" not in address or address == "data:,", address
        if tag == "img":
            assert (page.parent / str(attributes["src"])).is_file()
    [policy] = [one["content"] for tag, one in parsed.elements if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None and policy.startswith("default-src 'none'") and "script-src" not in policy
    return parsed


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an analysis of two models whose log has hostile texts in every place."""
    rows = drawn(PLANTED).to_dict("records")
    for place, row in enumerate(rows):
        text = HOSTILE[place % len(HOSTILE)]
        row |= {"question": f"{row['question']} {text}", "image": f"javascript:{text}"}
        row |= {"id": f"{place} {text}", "prediction": text if row["wrong"] else row["reference"]}
        row |= {"model": HOSTILE[0] if place % 2 else f"{HOSTILE[1]}/.."}
        row |= {"reference": f"{row['reference']}{HOSTILE[place % 3] if place % 5 == 0 else ''}"}
        row |= {"error": HOSTILE[2] if place % 50 == 0 else None}
    folder = tmp_path_factory.mktemp("hostile") / "out"
    blindspot.analyze(pd.DataFrame(rows, dtype=object)).write(folder)
    return folder


def test_texts_of_the_log_are_escaped(hostile: Path) -> None:
    pages = sorted(hostile.rglob("index.html"))
    assert len(pages) == 3
    parsed = [check(page) for page in pages]
    assert all(HOSTILE[0] in one.text for one in parsed)
    assert any("{{ 7 * 7 }}" in one.text for one in parsed) and any("error: \"'><svg" in one.text for one in parsed)


def test_links_lead_to_pages(hostile: Path) -> None:
    pages = sorted(hostile.rglob("index.html"))
    assert len(pages) == 3
    for page in pages:
        links = [str(one["href"]) for tag, one in Parsed(page.read_text("utf-8")).elements if tag == "a"]
        files = [html.unescape(link).partition("#")[0] for link in links]
        assert any(files) and all((page.parent / link).resolve().is_file() for link in files if link)


def test_long_texts_do_not_bloat_the_page(tmp_path: Path) -> None:
    log = drawn(PLANTED)
    log["question"] = [
        f"{'word ' * 200_000 if place % 300 == 0 else ''}{text}" for place, text in enumerate(log["question"])
    ]
    log["prediction"] = [
        f"{text} {'x' * 1_000_000 if place % 300 == 0 else ''}" for place, text in enumerate(log["prediction"])
    ]
    page = blindspot.analyze(log).write(tmp_path / "out")
    assert page.stat().st_size < 100_000
    check(page)


def test_a_page_without_modes_says_why(tmp_path: Path) -> None:
    page = blindspot.analyze(drawn(dict.fromkeys(KINDS, 0.0), rows=50)).write(tmp_path / "out")
    text = check(page).text
    assert "None of the 50 scored answers is wrong." in text and "Failures by mode" not in text
    assert "without pictures" in text and "no URL is opened" not in text


def test_a_model_without_scored_answers_has_no_rate(tmp_path: Path) -> None:
    good, none = drawn(PLANTED, rows=60).assign(model="good"), drawn(PLANTED, rows=60).assign(model="none", wrong=None)
    log = pd.concat([good, none.assign(reference=None)], ignore_index=True)
    page = blindspot.analyze(log).write(tmp_path / "out")
    row = next(line for line in page.read_text("utf-8").splitlines() if ">none</a>" in line)
    assert "0 of 0</td><td>–</td><td>60</td>" in row
    text = check(tmp_path / "out/none/reports/index.html").text
    assert "No answer is scored." in text and "of the scored answers are wrong" not in text


def test_pictures_are_shown_and_missing_ones_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log = drawn(PLANTED)
    (tmp_path / "img").mkdir()
    log["image"] = [f"img/{image}.png" for image in log.pop("image_id")]
    for place, path in enumerate(sorted({*log["image"]})):
        if place % 2:
            Image.new("RGB", (30, 20), (place % 256, place // 256, 0)).save(path)
    analysis = blindspot.analyze(log)
    parsed = check(analysis.write(tmp_path / "out"))
    shown = [one for tag, one in parsed.elements if tag == "img"]
    assert 0 < len(shown) < 12 and f"{12 - len(shown)} pictures are not shown" in parsed.text
    assert all(str(one["alt"]).startswith("Image img/im") for one in shown)
    assert any("images do not exist" in note for note in analysis.notes)


def test_addresses_of_pictures_are_not_loaded(tmp_path: Path) -> None:
    log = drawn(PLANTED)
    log["image"] = [f"http://example.org/{image}.jpg" for image in log.pop("image_id")]
    parsed = check(blindspot.analyze(log).write(tmp_path / "out"))
    assert not any(tag == "img" for tag, _ in parsed.elements) and "12 pictures are not shown" in parsed.text
