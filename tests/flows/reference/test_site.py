"""The documentation site builds without a network, has no dead link and requests nothing from another host."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.project import REPOSITORY

BUILD_SECONDS = 60
NO_NETWORK = ("unshare", "--map-root-user", "--net")


def can_isolate() -> bool:
    """Returns whether this machine lets the tests start a process without a network."""
    found = shutil.which(NO_NETWORK[0]) is not None
    return found and subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode == 0


def test_the_site_builds_in_a_minute_and_needs_no_network(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path / "site")]
    isolated = [*NO_NETWORK, *command] if can_isolate() else command
    began = time.monotonic()
    done = subprocess.run(isolated, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr  # a dead link is a warning, and mkdocs.yml makes warnings errors
    assert time.monotonic() - began < BUILD_SECONDS
    pages = [*(tmp_path / "site").rglob("*.html")]
    assert len(pages) > 40
    for page in pages:
        text = page.read_text("utf-8")
        loaded = re.findall(r"<(?:script|link|img|iframe)\b[^>]*?(?:src|href)=\"?(https?://[^\" >]+)", text)
        assert loaded == [], (page.name, loaded)
