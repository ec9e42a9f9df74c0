"""Answers that were paid for, kept on disk: a rerun pays for none of them again."""

import sqlite3
from pathlib import Path

from filelock import FileLock


class Calls:
    """A table from request to reply in one SQLite file, which several processes may share."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):  # SQLite does not wait for another's change to WAL
            self._table = sqlite3.connect(path, timeout=60, isolation_level=None)  # every reply is kept at once
            self._table.execute("PRAGMA journal_mode=WAL")
            self._table.execute("CREATE TABLE IF NOT EXISTS calls (request TEXT PRIMARY KEY, reply TEXT NOT NULL)")

    def get(self, request: str) -> str | None:
        """The reply to the request of that key, or None."""
        row = self._table.execute("SELECT reply FROM calls WHERE request = ?", (request,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, request: str, reply: str) -> None:
        """Keeps a reply; the first one to a request stays."""
        self._table.execute("INSERT OR IGNORE INTO calls VALUES (?, ?)", (request, reply))
