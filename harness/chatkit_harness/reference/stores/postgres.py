"""Threads and their items in PostgreSQL, through a pool of connections."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple, TypeVar

from . import postgres_sql as sql
from .base import RowStore
from .errors import StoreAddressError, StoreClosedError, StoreUnavailableError
from .rows import Row, Window
from .threads import in_thread, to_the_end

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg_pool import ConnectionPool

T = TypeVar("T")

LIMITS = {
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""How long a silent server is waited for, in libpq's own names; the address may say otherwise."""
WAIT_S = 10.0
"""Seconds to wait for a free connection."""
_PAUSE_S = 1.0


class PostgresStore(RowStore):
    """A store in the PostgreSQL database of a `postgresql://` address, where it makes its tables.

    At most `connections` are open at once. Connections and tables are made at the first use, so that making
    the store asks nothing of the network. Raises StoreUnavailableError where psycopg is missing,
    StoreAddressError for an address that is none.
    """

    def __init__(self, address: str, *, connections: int = 8) -> None:
        self._conninfo, self._hidden, self._where = _parsed(address)
        self._connections = connections
        self._hands = ThreadPoolExecutor(connections, thread_name_prefix="store")
        self._lock = threading.Lock()
        self._opened: Optional[ConnectionPool[Connection[Tuple[Any, ...]]]] = None
        self._failed: Tuple[float, str] = (float("-inf"), "")
        self._closed = False

    async def ready(self) -> None:
        """Connect now, and make the tables. StoreUnavailableError where that fails."""
        await self._read(self._pool)

    async def close(self) -> None:
        """Finish what is being written and disconnect; closing it again does nothing."""
        self._closed = True
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        self._hands.shutdown()
        with self._lock:
            if self._opened is not None:
                self._opened.close()
                self._opened = None

    async def _read(self, work: Callable[[], T]) -> T:
        self._require_open()
        return await in_thread(self._hands, lambda: self._told(work))

    async def _write(self, work: Callable[[], T]) -> T:
        self._require_open()
        return await to_the_end(self._hands, lambda: self._told(work))

    def _require_open(self) -> None:
        if self._closed:
            raise StoreClosedError(f"the store in PostgreSQL ({self._where}) has been closed")

    def _told(self, work: Callable[[], T]) -> T:
        import psycopg

        try:
            return work()
        except psycopg.Error as error:
            complaint = self._complaint(error)
            raise StoreUnavailableError(complaint) from None  # its traceback may show the address

    def _complaint(self, error: Exception) -> str:
        words = " ".join(str(error).split())
        for hidden in self._hidden:
            words = words.replace(hidden, "***")
        return f"the store in PostgreSQL ({self._where}) cannot be used: {words}"

    def _pool(self) -> ConnectionPool[Connection[Tuple[Any, ...]]]:
        """The pool, once the tables are there. After a failure, those who wait meanwhile fail with it."""
        with self._lock:
            if self._opened is None:
                failed_at, words = self._failed
                if time.monotonic() - failed_at < _PAUSE_S:
                    raise StoreUnavailableError(words)
                try:
                    self._opened = self._open()
                except Exception as error:
                    told = isinstance(error, StoreUnavailableError)
                    self._failed = (time.monotonic(), str(error) if told else self._complaint(error))
                    raise
            return self._opened

    def _open(self) -> ConnectionPool[Connection[Tuple[Any, ...]]]:
        import psycopg
        from psycopg_pool import ConnectionPool

        # No prepared statements: after a few calls PostgreSQL would plan them for any cursor and any limit,
        # and may choose to sort a whole thread. Some connection poolers cannot have them either.
        options: Dict[str, Any] = {"autocommit": True, "prepare_threshold": None}
        with psycopg.connect(self._conninfo, **options) as first:
            _configure(first)
            _prepare(first, self._where)
        pool: ConnectionPool[Connection[Tuple[Any, ...]]] = ConnectionPool(
            self._conninfo,
            kwargs=options,
            min_size=1,
            max_size=self._connections,
            timeout=WAIT_S,
            configure=_configure,
            check=ConnectionPool.check_connection,  # one that the server has dropped is replaced
            name="chatkit-store",
            open=False,
        )
        pool.open()
        return pool

    def _all(self, statement: str, **values: Any) -> List[Tuple[Any, ...]]:
        with self._pool().connection() as db:
            return db.execute(statement, values).fetchall()

    def _one(self, statement: str, **values: Any) -> Any:
        """The first column of the only row, or None."""
        found = self._all(statement, **values)
        return found[0][0] if found else None

    def _thread(self, thread_id: str, owner: str) -> Optional[str]:
        model: Optional[str] = self._one(sql.THREAD, thread=thread_id, owner=owner)
        return model

    def _threads(self, owner: str, asked: Window) -> List[Row]:
        found = self._all(sql.threads(asked.descending), owner=owner, beyond=asked.beyond, count=asked.count)
        return [Row(*each) for each in found]

    def _put_thread(self, thread_id: str, owner: str, model: str) -> bool:
        values = {"id": thread_id, "owner": owner, "model": model}
        if self._one(sql.UPDATE_THREAD, **values) is not None:
            return True
        with self._pool().connection() as db, db.transaction():
            db.execute(sql.LOCK_OWNER, values)
            return db.execute(sql.upsert("chatkit_threads"), values).fetchone() is not None

    def _owner(self, kind: str, row_id: str) -> Optional[str]:
        owner: Optional[str] = self._one(sql.OWNER[kind], id=row_id)
        return owner

    def _drop_thread(self, thread_id: str, owner: str) -> bool:
        with self._pool().connection() as db, db.transaction():
            found = db.execute(sql.LOCK_THREAD, {"thread": thread_id, "owner": owner}).fetchone()
            if found is None:
                return False
            number = {"number": found[0]}
            db.execute(sql.LOCK_ATTACHMENTS, number)
            db.execute(sql.DROP_LEAVING, number)
            db.execute(sql.DROP_THREAD, number)
            return True

    def _item(self, thread_id: str, owner: str, item_id: str) -> Optional[str]:
        model: Optional[str] = self._one(sql.ITEM, thread=thread_id, owner=owner, item=item_id)
        return model

    def _items(self, thread_id: str, owner: str, asked: Window) -> Optional[List[Row]]:
        whose = {"thread": thread_id, "owner": owner}
        found = self._all(sql.items(asked.descending), **whose, beyond=asked.beyond, count=asked.count)
        if not found and self._one(sql.THREAD, **whose) is None:
            return None
        return [Row(*each) for each in found]

    def _put_item(
        self, thread_id: str, owner: str, item_id: str, model: str, attached: Sequence[str]
    ) -> bool:
        values = {"thread": thread_id, "owner": owner, "item": item_id, "model": model}
        if attached:
            return self._one(sql.PUT_ITEM_ATTACHED, **values, attached=list(attached)) is not None
        return self._one(sql.PUT_ITEM, **values) is not None

    def _drop_item(self, thread_id: str, owner: str, item_id: str) -> bool:
        return self._one(sql.DROP_ITEM, thread=thread_id, owner=owner, item=item_id) is not None

    def _attachment(self, attachment_id: str, owner: str) -> Optional[str]:
        model: Optional[str] = self._one(sql.ATTACHMENT, id=attachment_id, owner=owner)
        return model

    def _put_attachment(self, attachment_id: str, owner: str, model: str) -> bool:
        statement = sql.upsert("chatkit_attachments")
        return self._one(statement, id=attachment_id, owner=owner, model=model) is not None

    def _drop_attachment(self, attachment_id: str, owner: str) -> bool:
        return self._one(sql.DROP_ATTACHMENT, id=attachment_id, owner=owner) is not None

    def _attachments_of(self, thread_id: str, owner: str) -> Optional[List[str]]:
        # One row with no attachment where nothing hangs on the thread, none where there is no thread.
        found = self._all(sql.ATTACHMENTS_OF, thread=thread_id, owner=owner)
        return [each for (each,) in found if each is not None] if found else None


def _parsed(address: str) -> Tuple[str, Tuple[str, ...], str]:
    """What to connect with, what must not be shown of it, and how the place is called in messages."""
    try:
        import psycopg_pool  # noqa: F401 - asked for now, so that nobody learns of it at the first message
        from psycopg import conninfo
    except ImportError as error:
        raise StoreUnavailableError(
            f"a store in PostgreSQL needs psycopg ({error}): pip install 'psycopg[binary,pool]'"
        ) from None
    who = address.partition("://")[2].rpartition("@")[0]
    if any(character in who for character in "@/?"):
        # libpq would take a part of the password for a host or a port, and say so in its messages.
        raise StoreAddressError(
            "the address of the PostgreSQL store has an @, / or ? in its password: write %40, %2F or %3F"
        )
    try:
        parts = conninfo.conninfo_to_dict(address)
    except Exception:  # noqa: BLE001 - whatever it says may show the password
        raise StoreAddressError(
            "the address of the PostgreSQL store cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE,"
            " other characters than letters and digits as %XX"
        ) from None
    for name, value in LIMITS.items():
        parts.setdefault(name, value)
    where = f"{parts.get('host') or 'local'}:{parts.get('port') or 5432}/{parts.get('dbname') or ''}"
    hidden = tuple(str(parts[name]) for name in ("password", "sslpassword") if parts.get(name))
    return conninfo.make_conninfo("", **parts), hidden, where


def _configure(db: Connection[Tuple[Any, ...]]) -> None:
    db.execute(sql.SETTINGS)


def _prepare(db: Connection[Tuple[Any, ...]], where: str) -> None:
    """Make the tables unless they are there; of several processes at once, one does."""
    if _version(db) == sql.SCHEMA_VERSION:
        return
    with db.transaction():
        db.execute(sql.LOCK_SCHEMA)
        version = _version(db)
        if version == 0:
            for statement in sql.SCHEMA:
                db.execute(statement)
        elif version != sql.SCHEMA_VERSION:
            raise StoreUnavailableError(
                f"the store in PostgreSQL ({where}) has schema {version};"
                f" this release knows {sql.SCHEMA_VERSION}"
            )


def _version(db: Connection[Tuple[Any, ...]]) -> int:
    if db.execute(sql.HAS_SCHEMA).fetchone() is None:
        return 0
    version = db.execute("SELECT version FROM chatkit_schema").fetchone()
    return 0 if version is None else int(version[0])
