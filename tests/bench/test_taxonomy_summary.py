"""The summary of the taxonomy bench."""

from bench.taxonomy_summary import summary


def test_a_summary_has_means_and_the_number_of_runs_that_report_a_mode() -> None:
    runs: list[dict[str, float | None]] = [
        {"modes": 0, "mode_recall": None, "questions": 10},
        {"modes": 3, "mode_recall": None, "questions": 20},
    ]
    found = summary(runs)
    assert found["modes"] == {"mean": 1.5, "least": 0, "most": 3, "values": [0, 3], "runs_with_any": 1}
    assert found["questions"]["mean"] == 15 and found["mode_recall"] == {}


def test_the_mean_leaves_out_runs_without_a_value() -> None:
    found = summary([{"modes": 0, "mode_precision": None}, {"modes": 2, "mode_precision": 0.5}])
    assert (found["mode_precision"]["mean"], found["mode_precision"]["values"]) == (0.5, [None, 0.5])
