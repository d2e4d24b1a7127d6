"""Threads and their items in one SQLite file, which several processes may write at once."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, List, Optional, TypeVar, Union

from . import sqlite_sql as sql
from .base import RowStore
from .errors import StoreClosedError, StoreUnavailableError
from .rows import Row, Window
from .threads import in_thread, to_the_end

T = TypeVar("T")

READERS = 3
_PAUSE_S = 0.02


class SQLiteStore(RowStore):
    """A store in one file, made where there is none, beside its `-wal` and `-shm` while it is in use.

    One thread writes and a few read, each with its own connection; writers of other processes are waited for,
    at most `busy_s` seconds. What a method has written outlives the end of the process, however it ends.
    """

    def __init__(self, path: Union[str, Path], *, busy_s: float = 30.0) -> None:
        if str(path) in ("", ":memory:"):
            raise ValueError("a SQLite store is a file: name one, or take the store `memory`")
        self.path = Path(path).absolute()
        self._busy_s = busy_s
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: List[sqlite3.Connection] = []
        self._prepared = False
        self._closed = False

    async def ready(self) -> None:
        """Open the file now, and make its tables. StoreUnavailableError where that fails."""
        await self._write(self._connection)

    async def close(self) -> None:
        """Finish what is being written and close the file; closing it again does nothing."""
        self._closed = True
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        with self._lock:
            while self._connections:
                self._connections.pop().close()

    async def _read(self, work: Callable[[], T]) -> T:
        self._require_open()
        return await in_thread(self._readers, lambda: self._told(work))

    async def _write(self, work: Callable[[], T]) -> T:
        self._require_open()
        return await to_the_end(self._writer, lambda: self._told(work))

    def _require_open(self) -> None:
        if self._closed:
            raise StoreClosedError(f"the store {self.path.name} has been closed")

    def _told(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (
            sqlite3.DatabaseError
        ) as error:  # locked for too long, full, not writable, damaged, no database
            raise StoreUnavailableError(f"the store {self.path.name} cannot be used: {error}") from error

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, opened at its first use."""
        held: Optional[sqlite3.Connection] = getattr(self._local, "connection", None)
        if held is not None:
            return held
        # Closed by another thread in the end, and used by this one only until then.
        made = sqlite3.connect(
            str(self.path), timeout=self._busy_s, isolation_level=None, check_same_thread=False
        )
        try:
            made.execute("PRAGMA foreign_keys = ON")
            made.execute("PRAGMA synchronous = NORMAL")
            with self._lock:
                if not self._prepared:
                    self._prepare(made)
                    self._prepared = True
                self._connections.append(made)
        except BaseException:
            made.close()
            raise
        self._local.connection = made
        return made

    def _prepare(self, db: sqlite3.Connection) -> None:
        self._write_ahead(db)
        if _version(db) == sql.SCHEMA_VERSION:
            return
        with _transaction(db):
            version = _version(db)  # another process may have been quicker
            if version > sql.SCHEMA_VERSION:
                raise StoreUnavailableError(
                    f"the store {self.path.name} has schema {version};"
                    f" this release knows {sql.SCHEMA_VERSION}"
                )
            if version == 0:
                for statement in sql.SCHEMA:
                    db.execute(statement)

    def _write_ahead(self, db: sqlite3.Connection) -> None:
        """Switch to WAL, which the file remembers. SQLite does not wait for others here by itself."""
        until = time.monotonic() + self._busy_s
        while True:
            try:
                db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(_PAUSE_S)

    def _rows(self, statement: str, *values: Any) -> List[Row]:
        return [Row(*found) for found in self._connection().execute(statement, values)]

    def _model(self, statement: str, *values: Any) -> Optional[str]:
        found = self._connection().execute(statement, values).fetchone()
        return None if found is None else str(found[0])

    def _number(self, thread_id: str, owner: str) -> Optional[int]:
        number: Optional[int] = self._connection().execute(sql.NUMBER, (thread_id, owner)).fetchone()[0]
        return number

    def _changed(self, statement: str, *values: Any) -> bool:
        with _transaction(self._connection()) as db:
            return db.execute(statement, values).rowcount > 0

    def _thread(self, thread_id: str, owner: str) -> Optional[str]:
        return self._model(sql.THREAD, thread_id, owner)

    def _threads(self, owner: str, asked: Window) -> List[Row]:
        return self._rows(sql.threads(asked.descending), owner, asked.beyond, asked.count)

    def _put_thread(self, thread_id: str, owner: str, model: str) -> bool:
        return self._changed(sql.upsert("chatkit_threads"), thread_id, owner, model)

    def _owner(self, kind: str, row_id: str) -> Optional[str]:
        return self._model(sql.OWNER[kind], row_id)

    def _drop_thread(self, thread_id: str, owner: str) -> bool:
        with _transaction(self._connection()) as db:
            number = self._number(thread_id, owner)
            if number is None:
                return False
            db.execute(sql.DROP_LEAVING, (number,))
            db.execute(sql.DROP_THREAD, (number,))
            return True

    def _item(self, thread_id: str, owner: str, item_id: str) -> Optional[str]:
        return self._model(sql.ITEM, thread_id, owner, item_id)

    def _items(self, thread_id: str, owner: str, asked: Window) -> Optional[List[Row]]:
        found = self._rows(sql.items(asked.descending), thread_id, owner, asked.beyond, asked.count)
        return found if found or self._number(thread_id, owner) is not None else None

    def _put_item(
        self, thread_id: str, owner: str, item_id: str, model: str, attached: Sequence[str]
    ) -> bool:
        with _transaction(self._connection()) as db:
            number = self._number(thread_id, owner)
            if number is None:
                return False
            db.execute(sql.PUT_ITEM, (number, item_id, model))
            db.executemany(sql.ATTACH, [(number, each, owner) for each in attached])
            return True

    def _drop_item(self, thread_id: str, owner: str, item_id: str) -> bool:
        with _transaction(self._connection()) as db:
            number = self._number(thread_id, owner)
            db.execute(sql.DROP_ITEM, (number, item_id))
            return number is not None

    def _attachment(self, attachment_id: str, owner: str) -> Optional[str]:
        return self._model(sql.ATTACHMENT, attachment_id, owner)

    def _put_attachment(self, attachment_id: str, owner: str, model: str) -> bool:
        return self._changed(sql.upsert("chatkit_attachments"), attachment_id, owner, model)

    def _drop_attachment(self, attachment_id: str, owner: str) -> bool:
        return self._changed(sql.DROP_ATTACHMENT, attachment_id, owner)

    def _attachments_of(self, thread_id: str, owner: str) -> Optional[List[str]]:
        number = self._number(thread_id, owner)
        if number is None:
            return None
        return [found[0] for found in self._connection().execute(sql.ATTACHMENTS_OF, (number,))]


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing. It asks for the right to write at once, so that it never has to be begun again."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
