from blindspot.report.summary import summary


def test_it_has_the_rates_of_the_trained_questioner_the_modes_and_all_calls() -> None:
    rates = {"failure_rate": 0.5, "valid_rate": 0.9, "error_rate": 0.6, "asked": 10}
    given = {"trained": rates, "base": dict.fromkeys(rates, 0.0)}, {"failure_modes": 8, "novel_modes": 1, "skills": 30}
    found = summary(*given, 123)
    assert found == {
        "failure_rate": 0.5, "valid_rate": 0.9, "error_rate": 0.6, "failure_modes": 8, "novel_modes": 1, "calls": 123,
    }  # fmt: skip
    assert summary(*given, 123, 0.25) == found | {"usd": 0.25}
