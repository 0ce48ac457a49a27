"""What the stand-in remembers: one SQLite file, so that a restart loses nothing.

A push is accepted in one transaction with its retry key: of any number of requests with one key,
at whatever moments they arrive and however often the process is killed, one delivers.
"""

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pushes (  -- columns in the order of `Push`
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL,
    retry_key TEXT,
    user_id TEXT NOT NULL,
    received_at REAL NOT NULL,
    sent_messages TEXT NOT NULL,
    entries TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS pushes_by_user ON pushes (user_id, number);
CREATE TABLE IF NOT EXISTS retry_keys (
    retry_key TEXT PRIMARY KEY,
    push INTEGER NOT NULL REFERENCES pushes (number),
    accepted_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS undelivered (push INTEGER PRIMARY KEY);
CREATE VIEW IF NOT EXISTS delivered AS
    SELECT * FROM pushes WHERE number NOT IN (SELECT push FROM undelivered);
CREATE TABLE IF NOT EXISTS relations (user_id TEXT PRIMARY KEY, relation TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS names (user_id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    number INTEGER PRIMARY KEY AUTOINCREMENT, endpoint TEXT NOT NULL, fault TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS counts (what TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS memos (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

RETRY_KEY_LIFE = 24 * 3600
"""Seconds for which LINE remembers a retry key."""
RELATIONS = ("friend", "blocked", "stranger")
"""What a user may be to the official account."""


@dataclass(frozen=True, slots=True)
class Push:
    """An accepted push. `entries` are its messages, each with what was found out about it."""

    number: int
    request_id: str
    retry_key: str | None
    user_id: str
    received_at: float
    sent_messages: list[dict[str, str]]
    entries: list[dict[str, Any]]


class Store:
    """Thread-safe; `file` is a path, or `:memory:`."""

    def __init__(self, file: Path | str) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        # A killed process loses nothing by this; a machine that loses power may.
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def accept(
        self,
        *,
        request_id: str,
        retry_key: uuid.UUID | None,
        user_id: str,
        entries: list[dict[str, Any]],
    ) -> tuple[Push, bool]:
        """Record a push, or find the one that its retry key has brought already. Whoever is no
        friend of the account does not get it, and LINE does not say so.

        Returns the push, and whether it is a new one.
        """
        now = time.time()
        key = str(retry_key) if retry_key else None
        with self._transaction() as database:
            database.execute(
                "DELETE FROM retry_keys WHERE accepted_at < ?", (now - RETRY_KEY_LIFE,)
            )
            earlier = database.execute(
                "SELECT * FROM pushes"
                " WHERE number = (SELECT push FROM retry_keys WHERE retry_key = ?)",
                (key,),
            ).fetchone()
            if earlier:
                return _push(earlier), False
            sent = [{"id": entry["id"], "quoteToken": entry["quote_token"]} for entry in entries]
            row = (request_id, key, user_id, now, json.dumps(sent), json.dumps(entries))
            number = database.execute(
                "INSERT INTO pushes (request_id, retry_key, user_id, received_at, sent_messages,"
                " entries) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            if key:
                database.execute("INSERT INTO retry_keys VALUES (?, ?, ?)", (key, number, now))
            if _relation(database, user_id) != "friend":
                database.execute("INSERT INTO undelivered VALUES (?)", (number,))
            return _push((number, *row)), True

    def accepted_with(self, retry_key: uuid.UUID) -> Push | None:
        """The push that this retry key has brought already."""
        with self._transaction() as database:
            row = database.execute(
                "SELECT * FROM pushes WHERE number ="
                " (SELECT push FROM retry_keys WHERE retry_key = ? AND accepted_at >= ?)",
                (str(retry_key), time.time() - RETRY_KEY_LIFE),
            ).fetchone()
        return _push(row) if row else None

    def pushes(self, user_id: str) -> list[Push]:
        """What a user received, newest last."""
        with self._transaction() as database:
            rows = database.execute(
                "SELECT * FROM delivered WHERE user_id = ? ORDER BY number", (user_id,)
            ).fetchall()
        return [_push(row) for row in rows]

    def latest_pushes(self) -> list[Push]:
        """Every user's newest push, newest first."""
        with self._transaction() as database:
            rows = database.execute(
                "SELECT * FROM pushes WHERE number IN"
                " (SELECT MAX(number) FROM delivered GROUP BY user_id) ORDER BY number DESC"
            ).fetchall()
        return [_push(row) for row in rows]

    def delivered_since(self, moment: float) -> int:
        """How many pushes users have received since then (epoch seconds)."""
        with self._transaction() as database:
            (count,) = database.execute(
                "SELECT COUNT(*) FROM delivered WHERE received_at >= ?", (moment,)
            ).fetchone()
        return int(count)

    def set_relation(self, user_id: str, relation: str) -> None:
        """What this user is to the account from now on, one of `RELATIONS`."""
        with self._transaction() as database:
            database.execute("INSERT OR REPLACE INTO relations VALUES (?, ?)", (user_id, relation))

    def relation(self, user_id: str) -> str:
        with self._transaction() as database:
            return _relation(database, user_id)

    def set_quota(self, pushes: int | None) -> None:
        """How many pushes a month the account's plan has; None: any number."""
        self.set_memo("quota", json.dumps(pushes))

    def quota(self) -> int | None:
        pushes: int | None = json.loads(self.memo("quota") or "null")
        return pushes

    def remember_name(self, user_id: str, name: str | None) -> None:
        """Who has signed in, by a name if one was given, now or earlier."""
        with self._transaction() as database:
            database.execute("INSERT OR IGNORE INTO names VALUES (?, ?)", (user_id, user_id))
            if name:
                database.execute("UPDATE names SET name = ? WHERE user_id = ?", (name, user_id))

    def names(self) -> dict[str, str]:
        """Every user who has signed in, by user id."""
        with self._transaction() as database:
            return dict(database.execute("SELECT user_id, name FROM names").fetchall())

    def set_faults(self, endpoint: str, faults: list[Any]) -> None:
        """Replace the faults that wait for `endpoint`; the first request meets the first."""
        with self._transaction() as database:
            database.execute("DELETE FROM faults WHERE endpoint = ?", (endpoint,))
            database.executemany(
                "INSERT INTO faults (endpoint, fault) VALUES (?, ?)",
                [(endpoint, json.dumps(fault)) for fault in faults],
            )

    def take_fault(self, endpoint: str) -> int | str | None:
        """The next fault for `endpoint`, which is thereby used up."""
        with self._transaction() as database:
            row = database.execute(
                "DELETE FROM faults WHERE number ="
                " (SELECT MIN(number) FROM faults WHERE endpoint = ?) RETURNING fault",
                (endpoint,),
            ).fetchone()
        fault: int | str | None = json.loads(row[0]) if row else None
        return fault

    def faults(self, endpoint: str) -> list[Any]:
        with self._transaction() as database:
            rows = database.execute(
                "SELECT fault FROM faults WHERE endpoint = ? ORDER BY number", (endpoint,)
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def count(self, what: str) -> None:
        with self._transaction() as database:
            database.execute(
                "INSERT INTO counts VALUES (?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
                (what,),
            )

    def counts(self) -> dict[str, int]:
        with self._transaction() as database:
            return dict(database.execute("SELECT what, count FROM counts").fetchall())

    def memo(self, name: str) -> str | None:
        with self._transaction() as database:
            row = database.execute("SELECT value FROM memos WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_memo(self, name: str, value: str) -> None:
        with self._transaction() as database:
            database.execute("INSERT OR REPLACE INTO memos VALUES (?, ?)", (name, value))

    def reset(self) -> None:
        """Forget pushes, users, quota, faults and counts; keep signing keys and LIFF endpoint."""
        with self._transaction() as database:
            tables = ("retry_keys", "undelivered", "pushes", "relations", "names", "faults")
            for table in (*tables, "counts"):
                database.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            database.execute("DELETE FROM memos WHERE name = 'quota'")


def _relation(database: sqlite3.Connection, user_id: str) -> str:
    found = database.execute(
        "SELECT relation FROM relations WHERE user_id = ?", (user_id,)
    ).fetchone()
    return str(found[0]) if found else "friend"


def _push(row: tuple[Any, ...]) -> Push:
    number, request_id, retry_key, user_id, received_at, sent_messages, entries = row
    return Push(
        number,
        request_id,
        retry_key,
        user_id,
        received_at,
        json.loads(sent_messages),
        json.loads(entries),
    )
