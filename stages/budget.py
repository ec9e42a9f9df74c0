"""budget: checks the limits of the run, and computes how much of them the confirmation of failure modes needs."""

from blindspot import store
from blindspot.confirmation import refuse_budget, reserve_of
from blindspot.errors import run
from blindspot.params import BudgetParams, load, read
from blindspot.paths import BUDGET
from blindspot.records.spending import EMPTY_RESERVE
from blindspot.stage_lock import exclusive


@exclusive
def main() -> None:
    """Writes data/budget.json. Without a limit it is always the same, so that no later stage runs again."""
    limits, values = load("budget", BudgetParams).model_dump(exclude_none=True), read()
    if limits:
        refuse_budget(values)
    reserve = reserve_of(values) if limits else EMPTY_RESERVE
    store.write_json(BUDGET, {"limits": limits, "confirmation": reserve._asdict()})


if __name__ == "__main__":
    run(main)
