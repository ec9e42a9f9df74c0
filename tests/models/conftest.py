"""Fixtures for tests that open many clients."""

from pathlib import Path

import certifi
import pytest
from PIL import Image as Pictures

from blindspot.records.image import Image


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one certificate. Reading all certificates takes longer than a call on loopback."""
    end = "-----END CERTIFICATE-----\n"
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(Path(certifi.where()).read_text().partition(end)[0] + end)
    return path


@pytest.fixture
def image(tmp_path: Path) -> Image:
    """A small image."""
    Pictures.new("RGB", (4, 4), "red").save(tmp_path / "red.png")
    return Image("red", tmp_path / "red.png", "test")
