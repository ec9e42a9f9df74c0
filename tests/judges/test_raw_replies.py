import pandas as pd
import pytest

from blindspot.judges.raw_replies import raw_replies
from blindspot.params import KeepRaw


@pytest.mark.parametrize(
    ("keep", "kept"), [("all", ["t-0", "t-1", "t-4"]), ("failures", ["t-0", "t-1"]), ("none", [])]
)
def test_raw_replies_are_selected_by_outcome(keep: KeepRaw, kept: list[str]) -> None:
    names = ["t-0", "t-1", "t-4"]
    verdicts = pd.DataFrame(
        {"rollout_id": names, "outcome": ["failure", "unscored", "correct"], "raw": [("{1}", "{2}"), (), ("{3}",)]}
    )
    found = raw_replies(verdicts, pd.DataFrame({"rollout_id": names, "raw": ["a", "b", "c"]}), keep)
    assert list(found["rollout_id"]) == kept
    assert list(found["judge"]) == [["{1}", "{2}"], [], ["{3}"]][: len(kept)]
