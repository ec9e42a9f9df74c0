from blindspot.report.planted import PlantedTruth
from blindspot.report.summary import summary


def test_it_has_the_rates_of_the_trained_questioner_the_modes_and_all_calls() -> None:
    rates = {"failure_rate": 0.5, "valid_rate": 0.9, "error_rate": 0.6, "asked": 10}
    given = {"trained": rates, "base": dict.fromkeys(rates, 0.0)}, {"failure_modes": 8, "novel_modes": 1, "skills": 30}
    found = summary(*given, 123)
    assert found == {
        "failure_rate": 0.5, "valid_rate": 0.9, "error_rate": 0.6, "failure_modes": 8, "novel_modes": 1, "calls": 123,
    }  # fmt: skip
    assert summary(*given, 123, 0.25) == found | {"usd": 0.25}


def test_it_says_what_was_found_of_planted_weaknesses() -> None:
    rates = {"failure_rate": 0.5, "valid_rate": 0.9, "error_rate": 0.6}
    given = {"trained": rates}, {"failure_modes": 0, "novel_modes": 0}, 9
    assert summary(*given, planted=PlantedTruth((), (), 5000))["planted"] == {
        "weaknesses": 0, "found": 0, "other_modes": 0, "sentence": "0 of 0 planted weaknesses found",
    }  # fmt: skip
