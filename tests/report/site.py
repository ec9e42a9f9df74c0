"""Makes a small report from real rows about scenes and a taxonomy by hand, and reads its pages as a browser would."""

from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot.audit.summary import summarize
from blindspot.prompts.files import default_prompts
from blindspot.prompts.roles import VARIABLES
from blindspot.records.failure_mode import FailureMode
from blindspot.records.spending import Spending, Stage
from blindspot.report.asking import Asking
from blindspot.report.judge import judge
from blindspot.report.site import write_site
from blindspot.report.spending import spent_in
from blindspot.scenes.draw import draw
from blindspot.taxonomy.modes.describe import describe, title
from stages.report import SECTIONS, Params, report
from tests.taxonomy.rows import make_rows, scenes

CALLS = 60
EVERY_PARAM: dict[str, Any] = {
    "seed": 0,
    **{name: {} for name in SECTIONS},
    "modes": {"threshold": 0.25},
    "taxonomy": {"resamples": 20},
    "candidate": {"model": "models/scripted"},
    "harvest": {"temperature": 0.9},
    "verifier": {"kind": "oracle", "votes": 1, "temperature": 0.7, "confirming_judge": "configs/models/none.yaml"},
}
PROMPTS = {role: default_prompts(role) for role in VARIABLES}
REWARDS = pd.DataFrame({"step": [1, 2, 3], "reward": [0.1, 0.2, 0.4], "valid_rate": [None, None, 0.9]})
SPENT = spent_in(
    {
        "explore": Stage(Spending(Counter(candidate=1200, judge=1180))),
        "train": Stage(Spending(Counter(candidate=6400, judge=6300))),
        "harvest": Stage(Spending(Counter(candidate=180))),
        "verify": Stage(Spending(Counter(judge=179))),
    },
    {},
)
NOT_AUDITED = judge(
    summarize(
        one := pd.DataFrame({"method": ["trained"], "image_id": ["i"], "outcome": ["failure"]}),
        one.assign(judged="failure", audited=None, auditor="nobody"),
    ),
    {},
)
COUNTS = {"primitives": 9, "topics": 4, "skills": 2, "meta_skills": 1, "skills_per_question": 1.5, "note": None}
NOTHING: dict[str, Any] = {
    "failure_modes": [],
    "skills": [],
    "meta_skills": [],
    "metrics": {**COUNTS, "note": "There is no taxonomy: so."},
}


def rows_of(calls: int = CALLS) -> pd.DataFrame:
    return make_rows(calls)


def draw_pictures(folder: Path, calls: int = CALLS) -> dict[str, Path]:
    found = {}
    for name, scene in scenes(max(calls // 2, 1)).items():
        found[name] = folder / f"{name}.png"
        draw(scene, 48).save(found[name])
    return found


def questions_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the questions with skills, and the feature "answer 2 or more" where the true answer reaches it."""
    valid = rows[rows["outcome"].isin(("failure", "correct"))]
    counting = valid["family"] == "counting"
    many = valid["reference"].map(lambda text: text.isdigit() and int(text) >= 2)
    return pd.DataFrame(
        {
            "rollout_id": valid["rollout_id"],
            "method": valid["method"],
            "part": "held_out",
            "skills": [["counting"] if one else ["others"] for one in counting],
            "meta_skills": [["all"]] * len(valid),
            "features": [
                ["all", "counting" if counts else "others", *(["answer 2 or more"] if one else [])]
                for counts, one in zip(counting, many, strict=True)
            ],
        }
    )


def mode_of(rows: pd.DataFrame, *features: str, **more: Any) -> FailureMode:
    questions = questions_of(rows).set_index("rollout_id")
    names = questions["features"]
    own = rows[rows["rollout_id"].isin(names.index[names.map(lambda has: set(features) <= set(has))])]
    failures = own[own["outcome"] == "failure"]
    mode = FailureMode(
        mode_id="--".join(feature.replace(" ", "-") for feature in features),
        name=describe(features),
        features=features,
        asked=len(own),
        failures=len(failures),
        error_rate=len(failures) / len(own),
        low=0.6,
        high=0.86,
        log_likelihood_ratio=12.3,
        q_value=1e-9,
        examples=tuple(failures["rollout_id"].head(24)),
        status="confirmed",
        p_value=1e-8,
        discovered_asked=30,
        discovered_failures=27,
    )
    return replace(mode, **more)


def taxonomy_of(rows: pd.DataFrame) -> dict[str, Any]:
    skills = [
        {"name": "counting", "primitives": ["counting stars"], "methods": {"trained": {"asked": 40, "failures": 30}}},
        {"name": "others", "primitives": ["telling the colour"], "methods": {"base": {"asked": 9, "failures": 1}}},
        {"name": "reading", "primitives": ["reading text"], "methods": {}},
    ]
    for skill in skills:
        skill["title"] = title(str(skill["name"]))
    return {
        "failure_modes": [mode_of(rows, "counting"), mode_of(rows, "counting", "answer 2 or more")],
        "skills": skills,
        "meta_skills": [{"name": "all", "title": "All of them", "skills": ["counting", "others", "reading"]}],
        "questions": questions_of(rows),
        "metrics": COUNTS,
    }


def make(
    rows: pd.DataFrame, pictures: dict[str, Path], folder: Path, taxonomy: dict[str, Any] | None = None, **more: Any
) -> dict[str, str]:
    """Writes a report and returns the text of every page, by its path in the report."""
    found: dict[str, Any] = {
        "judged": NOT_AUDITED,
        "rewards": REWARDS,
        "spent": SPENT,
        "params": Params.model_validate({}),
        "every_param": EVERY_PARAM,
        "asking": Asking(PROMPTS, EVERY_PARAM),
    } | more
    saved = found.pop("saved", None)
    made = report(rows=rows, taxonomy=taxonomy or taxonomy_of(rows), **found)
    write_site(replace(made, saved=saved), pictures, folder)
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.html"))}


class Outline(HTMLParser):
    """What a browser would load, and the ids, links, headings, tags and event handlers of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.levels: list[int] = []
        self.bare: list[str] = []  # pictures without an alternative text
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.handlers += [name for name in found if name.startswith("on")]
        if tag in {"h1", "h2", "h3", "h4"}:
            self.levels.append(int(tag[1]))
        if tag == "img" and "alt" not in found:
            self.bare.append(found.get("src") or "")
        if found.get("src") or (tag == "link" and found.get("href")):
            self.loads.append(found.get("src") or found.get("href") or "")
        if tag == "a":
            self.links.append(found.get("href") or "")
        if "id" in found:
            self.ids.append(found["id"] or "")
