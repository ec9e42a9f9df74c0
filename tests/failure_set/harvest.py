"""A harvest whose texts, ids and images may break the readers of a failure set."""

from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image

from blindspot.failure_set.select import FailureSet, select
from blindspot.records.failure_mode import FailureMode

TEXTS = (
    "<script>alert(1)</script> & <b>how many</b> ?",
    "how many \"stars\", 'moons' | suns ?",
    "two\nlines\r\nand a third\rand a fourth",
    "tab\there\t",
    "how many 🦓 and 👩‍👩‍👧 ?",
    "كم عدد النجوم ؟ \u202eabc\u202c",
    "none",
    "NA",
    "007",
    "=1+1",
    "[__import__('os').getcwd()]",
    "back\\slash\\n {{ x }} {% raw %} ${a}",
    "a\u2028line\u2029separator\x85\x0b\x0c",
    " spaced ",
    "]]> -- # `code`",
)
IDS = ("../../escape", "a/b\\c", "с пробелом 😀", ".", "000000000139")
MODE = FailureMode(
    "counting", "counting | <b>all</b>\n+ *x*", ("counting", "stars"), 40, 30, 0.75, 0.6, 0.86, 9.0, 0.0, ()
)
OTHER = FailureMode(
    "reading", "reading", ("reading",), 20, 9, 0.45, 0.26, 0.66, 3.0, 0.0, (), 0.85, status="confirmed", p_value=0.01
)
NOT_AUDITED: dict[str, Any] = {"auditor": "nobody", "trained": {"agreement": None, "confusion": {}}}


def pictures(folder: Path) -> dict[str, Path]:
    """Writes a different image for each id."""
    found = {}
    for index, image_id in enumerate(IDS):
        found[image_id] = folder / f"{index}.png"
        picture = Image.new("RGB", (9 + index, 7), (40 * index, 1, 2))
        picture.putpixel((index, 3), (255, index, 9))
        picture.save(found[image_id])
    return found


def rows() -> pd.DataFrame:
    """Returns a failure for each text, which is question, reference and answer in turn, and other outcomes."""
    methods = ("trained", "trained", "base", "templates")
    found = [
        row(f"{methods[index % 4]}-{index:06d}", IDS[index % len(IDS)], text, TEXTS[index - 1], TEXTS[index - 2])
        for index, text in enumerate(TEXTS)
    ]
    others = [row(f"trained-{900 + index}", IDS[0], "fine ?", "yes", "no") for index in range(3)]
    for other, outcome in zip(others, ("correct", "invalid", "unscored"), strict=True):
        found.append({**other, "outcome": outcome, "reference": None if outcome != "correct" else "yes"})
    return pd.DataFrame(found)


def row(rollout_id: str, image_id: str, question: str, reference: str, answer: str) -> dict[str, Any]:
    """Returns one failure as a row of rollouts with verdicts."""
    method = rollout_id.split("-")[0]
    return {
        "rollout_id": rollout_id,
        "method": method,
        "image_id": image_id,
        "question": question,
        "answer": answer,
        "outcome": "failure",
        "reference": reference,
        "questioner": f"{method}|<i>@0",
        "candidate": "org/model_a*b*@0",
        "verifier": "judge@0",
        "persists": None,
    }


def sample(**audited: str) -> pd.DataFrame:
    """Returns an audit sample with these outcomes (keys: rollout ids with _ for -) and one rollout not audited."""
    names = [*audited, "trained_000001"]
    said = [*audited.values(), None]
    return pd.DataFrame({"rollout_id": [name.replace("_", "-") for name in names], "audited": said})


def questions(found: pd.DataFrame) -> pd.DataFrame:
    """Returns the features of the valid questions: all have "counting", every second one has "stars"."""
    valid = found[found["outcome"].isin(["failure", "correct"])].reset_index(drop=True)
    return pd.DataFrame(
        {
            "rollout_id": valid["rollout_id"],
            "features": [["counting", "stars"] if index % 2 == 0 else ["counting"] for index in valid.index],
        }
    )


def make_set(folder: Path, found: pd.DataFrame | None = None, audited: pd.DataFrame | None = None) -> FailureSet:
    """Returns the failure set of `rows()`, or of other rows, with images in `folder`."""
    found = rows() if found is None else found
    audited = sample() if audited is None else audited
    return select(found, pictures(folder), audited, questions(found), [MODE, OTHER])
