"""Caches the replies of served models on disk, so that no call is paid for twice."""

import os
import sqlite3
from pathlib import Path

from filelock import FileLock

_TABLE = "CREATE TABLE IF NOT EXISTS calls (request TEXT PRIMARY KEY, reply TEXT NOT NULL, model TEXT)"


class Calls:
    """Maps requests to replies in an SQLite file that several processes may share.

    Only its owner can read the file. Each row also names the model; rows of earlier versions have None there.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):  # SQLite does not wait while another process switches to WAL
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            path.chmod(0o600)  # SQLite creates its other files with the mode of this one
            self._table = sqlite3.connect(path, timeout=60, isolation_level=None)  # every reply is written at once
            self._table.execute("PRAGMA journal_mode=WAL")
            self._table.execute(_TABLE)
            if "model" not in [row[1] for row in self._table.execute("PRAGMA table_info(calls)")]:
                self._table.execute("ALTER TABLE calls ADD COLUMN model TEXT")

    def get(self, request: str) -> str | None:
        """Returns the reply to the request with this key, or None."""
        row = self._table.execute("SELECT reply FROM calls WHERE request = ?", (request,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, request: str, reply: str, model: str) -> None:
        """Stores a reply, unless the request has one already."""
        self._table.execute("INSERT OR IGNORE INTO calls VALUES (?, ?, ?)", (request, reply, model))

    def drop(self, request: str) -> None:
        """Deletes the reply to one request."""
        self._table.execute("DELETE FROM calls WHERE request = ?", (request,))

    def drop_model(self, model: str | None) -> int:
        """Deletes every reply of a model and returns their number. None stands for replies without a model."""
        return self._table.execute("DELETE FROM calls WHERE model IS ?", (model,)).rowcount

    def count(self, model: str | None) -> int:
        """Returns the number of stored replies of a model."""
        return int(self._table.execute("SELECT count(*) FROM calls WHERE model IS ?", (model,)).fetchone()[0])
