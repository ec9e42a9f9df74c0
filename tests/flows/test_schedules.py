"""Which schedules a deployment keeps, adds, replaces or activates."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from blindspot.errors import BlindspotError
from flows.schedules import WEEKLY, Options, parse_cron, update_schedules

HOURLY, DAILY = "0 * * * *", "0 2 * * *"


@dataclass
class FakeClient:
    """The schedules of one deployment, with the methods of Prefect's client that read and change them."""

    rows: list[Any] = field(default_factory=list)

    def read_deployment_schedules(self, _: UUID) -> list[Any]:
        return [*self.rows]

    def create_deployment_schedules(self, _: UUID, given: list[tuple[Any, bool]]) -> None:
        self.rows += [SimpleNamespace(id=uuid4(), schedule=schedule, active=active) for schedule, active in given]

    def update_deployment_schedule(self, _: UUID, number: UUID, active: bool) -> None:
        next(row for row in self.rows if row.id == number).active = active

    def delete_deployment_schedule(self, _: UUID, number: UUID) -> None:
        self.rows = [row for row in self.rows if row.id != number]


@pytest.mark.parametrize(
    ("before", "options", "after"),
    [
        ([], Options(None, False), [(WEEKLY, False)]),
        ([], Options(None, True), [(WEEKLY, True)]),
        ([(DAILY, True), (HOURLY, False)], Options(None, False), [(DAILY, True), (HOURLY, False)]),
        ([(DAILY, True), (HOURLY, False)], Options(None, True), [(DAILY, True), (HOURLY, True)]),
        ([], Options(DAILY, False), [(DAILY, False)]),
        ([(WEEKLY, True)], Options(DAILY, False), [(DAILY, False)]),
        ([(WEEKLY, False), (HOURLY, True)], Options(DAILY, True), [(DAILY, True)]),
        ([(DAILY, True), (HOURLY, True)], Options(DAILY, False), [(DAILY, True)]),
    ],
)
def test_a_deployment_updates_the_schedules(
    before: list[tuple[str, bool]], options: Options, after: list[tuple[str, bool]]
) -> None:
    client = FakeClient()
    client.create_deployment_schedules(uuid4(), [(parse_cron(cron), active) for cron, active in before])
    update_schedules(client, uuid4(), options)
    assert [(row.schedule.cron, row.active) for row in client.rows] == after


def test_an_invalid_cron_expression_is_a_user_error() -> None:
    message = r"^--schedule every day is not a cron expression .*: write five fields, such as 0 3 \* \*"
    with pytest.raises(BlindspotError, match=message):
        parse_cron("every day")
