"""An audit sample whose texts look like HTML, scripts, formulas or CSV cells.

`labels.csv` in this folder was downloaded by Chromium from the label page of this sample, with the outcomes LABELS in
turn.
"""

from pathlib import Path

import pandas as pd

from blindspot.records.rollout import Rollout
from blindspot.records.verdict import Audited, Outcome
from blindspot.store import to_frame

DOWNLOADED = Path(__file__).with_name("labels.csv")
LABELS: tuple[Outcome, ...] = ("failure", "correct", "invalid", "unscored")
TEXTS = (
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    'how many "stars", if any ?',
    '","failure"\r\ntrained-000000,x,y,z,failure',
    "two\nlines\r\nand a third",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "'tis quoted",
    "''=1",
    "＝1",
    "line\u2028separator\u2029",
    "{{ data }} {% raw %}",
    "is it 5 or 6 ? 😀 ÄÖ",
    " spaced ",
    "",
)


def rollouts() -> list[Rollout]:
    """Returns one rollout for each text: the text is the question and the next text is the answer."""
    return [
        Rollout(f"trained-{index:06d}", "trained", f"i{index % 2}", text, TEXTS[(index + 1) % len(TEXTS)], "q", "c")
        for index, text in enumerate(TEXTS)
    ]


def sample() -> pd.DataFrame:
    """Returns these rollouts as rows of data/audit that are not audited."""
    return to_frame(
        [
            Audited(row.rollout_id, row.method, row.image_id, row.question, row.answer, "correct", "j", None, "nobody")
            for row in rollouts()
        ]
    )
