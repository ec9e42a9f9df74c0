"""Fixtures of tests that open many clients."""

from pathlib import Path

import certifi
import pytest


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one certificate: reading all of them takes longer than a call on loopback."""
    end = "-----END CERTIFICATE-----\n"
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(Path(certifi.where()).read_text().partition(end)[0] + end)
    return path
