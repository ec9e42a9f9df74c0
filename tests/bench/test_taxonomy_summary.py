"""What several runs of the bench of taxonomies come to."""

from bench.taxonomy_summary import summary


def test_means_and_how_many_runs_report_modes() -> None:
    runs: list[dict[str, float | None]] = [
        {"modes": 0, "mode_recall": None, "questions": 10},
        {"modes": 3, "mode_recall": None, "questions": 20},
    ]
    found = summary(runs)
    assert found["modes"] == {"mean": 1.5, "least": 0, "most": 3, "values": [0, 3], "runs_with_any": 1}
    assert found["questions"]["mean"] == 15 and found["mode_recall"] == {}


def test_what_one_run_has_no_value_of_is_left_out_of_the_mean() -> None:
    found = summary([{"modes": 0, "mode_precision": None}, {"modes": 2, "mode_precision": 0.5}])
    assert (found["mode_precision"]["mean"], found["mode_precision"]["values"]) == (0.5, [None, 0.5])
