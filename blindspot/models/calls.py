"""Replies that a server was paid for, kept on disk so that no run pays for one of them again."""

import os
import sqlite3
from pathlib import Path

from filelock import FileLock

_TABLE = "CREATE TABLE IF NOT EXISTS calls (request TEXT PRIMARY KEY, reply TEXT NOT NULL, model TEXT)"


class Calls:
    """A table from request to reply in one SQLite file, which several processes may share.

    Only its owner can read the file. `model` names the model that gave a reply; None in files of earlier versions.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):  # SQLite does not wait for another's change to WAL
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            path.chmod(0o600)  # SQLite gives its other files the mode of this one
            self._table = sqlite3.connect(path, timeout=60, isolation_level=None)  # every reply is kept at once
            self._table.execute("PRAGMA journal_mode=WAL")
            self._table.execute(_TABLE)
            if "model" not in [row[1] for row in self._table.execute("PRAGMA table_info(calls)")]:
                self._table.execute("ALTER TABLE calls ADD COLUMN model TEXT")

    def get(self, request: str) -> str | None:
        """The reply to the request of that key, or None."""
        row = self._table.execute("SELECT reply FROM calls WHERE request = ?", (request,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, request: str, reply: str, model: str) -> None:
        """Keeps a reply of a model; the first one to a request stays."""
        self._table.execute("INSERT OR IGNORE INTO calls VALUES (?, ?, ?)", (request, reply, model))

    def drop(self, request: str) -> None:
        """Forgets the reply to one request."""
        self._table.execute("DELETE FROM calls WHERE request = ?", (request,))

    def drop_model(self, model: str | None) -> int:
        """Forgets every reply of a model, None: of those that no model is noted for. Returns how many."""
        return self._table.execute("DELETE FROM calls WHERE model IS ?", (model,)).rowcount

    def count(self, model: str | None) -> int:
        """How many replies of a model are kept."""
        return int(self._table.execute("SELECT count(*) FROM calls WHERE model IS ?", (model,)).fetchone()[0])
