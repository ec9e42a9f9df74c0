"""Shares one `make ui` among all tests that only read its pages: it takes 15 seconds to start."""

from collections.abc import Iterator

import pytest

from tests.flows.served import Server, Up, temporary, ui
from tests.flows.toy import make_toy


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with ui(make_toy(tmp_path_factory.mktemp("pages") / "toy")) as opened:
        opened.server.deployment()
        yield opened


@pytest.fixture(scope="session")
def discovering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with temporary(make_toy(tmp_path_factory.mktemp("discovering") / "toy")) as server:
        yield server


@pytest.fixture(params=["pages", "discovering"])
def server(request: pytest.FixtureRequest) -> Server:
    """The server of `make ui`, then the temporary server of `make discover`."""
    found = request.getfixturevalue(request.param)
    return found.server if isinstance(found, Up) else found
