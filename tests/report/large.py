"""Makes a report of many questions: those of a run, repeated, some with texts that are hard to show.

`python -m tests.report.large FOLDER` makes one of 10,000 from data and metrics; `tests/browser` checks it.
"""

import sys
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pandas as pd

from blindspot import store
from blindspot.params import read
from blindspot.paths import AUDIT, SINGLE_FILE, TRAIN_METRICS
from blindspot.records.asker import how_asked
from blindspot.report.labelling import render_labelling
from blindspot.report.single_file import write_single_file
from blindspot.report.site import write_site
from stages.report import Params, asking_of, gather, report

QUESTIONS = 10_000
NASTY = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "</script><!-- <b>bold</b> & \"quoted\" 'too'",
    "how many 🐈‍⬛ sit on the 🛋️ ?",
    "كم عدد القطط في الصورة ؟",
    "",
    "why ? " * 1667,
    "a" * 10_000,
    "line\u2028separator\u2029 {{ data }} {% raw %} javascript:alert(3)",
)
EVERY = 97  # one row in so many gets such a text


def multiply(rows: pd.DataFrame, questions: pd.DataFrame, number: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns `number` rollouts, those of `rows` repeated with other ids, and their rows of the taxonomy."""
    copies = pd.DataFrame(islice(cycle(rows.to_dict("records")), number))
    copies["original"] = copies["rollout_id"]
    copies["rollout_id"] = [
        name if index < len(rows) else f"{name}-{index}" for index, name in enumerate(copies["original"])
    ]
    of_questions = questions.rename(columns={"rollout_id": "original"})
    placed = copies[["rollout_id", "original"]].merge(of_questions, on="original").drop(columns="original")
    return spoil(copies.drop(columns="original")), placed


def spoil(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns `rows` with questions and answers in some of them that look like HTML or scripts, or are very long."""
    texts = cycle(NASTY)
    spoilt = rows.copy()
    columns = [[*rows.columns].index(name) for name in ("question", "answer")]
    for place in range(0, len(rows), EVERY):
        for column in columns:
            spoilt.iloc[place, column] = next(texts)
    return spoilt


def main(folder: Path) -> None:
    """Writes the report of QUESTIONS into `folder`, which must not exist."""
    rows, judged, taxonomy, rewards, spent = gather()
    many, placed = multiply(rows, taxonomy["questions"], QUESTIONS)
    pictures = {image.image_id: image.path for image in store.read_images("test")}
    params: dict[str, Any] = read()
    asking, how = asking_of(params), how_asked(store.read_json(TRAIN_METRICS))
    taxonomy["questions"] = placed
    made = report(many, judged, taxonomy, rewards, spent, Params(**params["report"]), params, asking, how)
    write_site(made, pictures, folder)
    write_single_file(folder, folder / SINGLE_FILE.name)
    (folder / "label.html").write_text(render_labelling(store.read_frame(AUDIT), pictures), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
