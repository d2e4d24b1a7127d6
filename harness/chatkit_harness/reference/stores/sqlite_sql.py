"""The tables of the SQLite store and what is asked of them."""

from __future__ import annotations

SCHEMA_VERSION = 1

SCHEMA = (
    # AUTOINCREMENT, so that a number is not given again when the last row has gone: cursors hold numbers.
    """CREATE TABLE chatkit_threads (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        owner TEXT NOT NULL,
        created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        model TEXT NOT NULL)""",
    "CREATE INDEX chatkit_threads_of_owner ON chatkit_threads (owner, number)",
    """CREATE TABLE chatkit_items (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        thread INTEGER NOT NULL REFERENCES chatkit_threads (number) ON DELETE CASCADE,
        id TEXT NOT NULL,
        model TEXT NOT NULL,
        UNIQUE (thread, id))""",
    "CREATE INDEX chatkit_items_in_order ON chatkit_items (thread, number)",
    """CREATE TABLE chatkit_attachments (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        owner TEXT NOT NULL,
        created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
        model TEXT NOT NULL)""",
    """CREATE TABLE chatkit_thread_attachments (
        thread INTEGER NOT NULL REFERENCES chatkit_threads (number) ON DELETE CASCADE,
        attachment INTEGER NOT NULL REFERENCES chatkit_attachments (number) ON DELETE CASCADE,
        PRIMARY KEY (thread, attachment)) WITHOUT ROWID""",
    "CREATE INDEX chatkit_threads_of_attachment ON chatkit_thread_attachments (attachment)",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

_OWN = "(SELECT number FROM chatkit_threads WHERE id = ? AND owner = ?)"

NUMBER = f"SELECT {_OWN}"
OWNER = {
    "thread": "SELECT owner FROM chatkit_threads WHERE id = ?",
    "attachment": "SELECT owner FROM chatkit_attachments WHERE id = ?",
}
THREAD = "SELECT model FROM chatkit_threads WHERE id = ? AND owner = ?"
DROP_THREAD = "DELETE FROM chatkit_threads WHERE number = ?"

ITEM = f"SELECT model FROM chatkit_items WHERE thread = {_OWN} AND id = ?"
PUT_ITEM = (
    "INSERT INTO chatkit_items (thread, id, model) VALUES (?, ?, ?)"
    " ON CONFLICT (thread, id) DO UPDATE SET model = excluded.model"
)
DROP_ITEM = "DELETE FROM chatkit_items WHERE thread = ? AND id = ?"

# INDEXED BY: once SQLite has figures of its tables, it prefers to walk through everybody's rows by number.
_ITEMS = (
    "SELECT number, id, model FROM chatkit_items INDEXED BY chatkit_items_in_order"
    f" WHERE thread = {_OWN} AND number {{}} ? ORDER BY number {{}} LIMIT ?"
)
_THREADS = (
    "SELECT number, id, model FROM chatkit_threads INDEXED BY chatkit_threads_of_owner"
    " WHERE owner = ? AND number {} ? ORDER BY number {} LIMIT ?"
)
_LEAVING = (
    "SELECT attachment FROM chatkit_thread_attachments AS here WHERE thread = ? AND NOT EXISTS"
    " (SELECT 1 FROM chatkit_thread_attachments WHERE attachment = here.attachment AND thread <> here.thread)"
)

ATTACHMENT = "SELECT model FROM chatkit_attachments WHERE id = ? AND owner = ?"
DROP_ATTACHMENT = "DELETE FROM chatkit_attachments WHERE id = ? AND owner = ?"
ATTACH = (
    "INSERT OR IGNORE INTO chatkit_thread_attachments"
    " SELECT ?, number FROM chatkit_attachments WHERE id = ? AND owner = ?"
)
ATTACHMENTS_OF = f"SELECT id FROM chatkit_attachments WHERE number IN ({_LEAVING}) ORDER BY number"
DROP_LEAVING = f"DELETE FROM chatkit_attachments WHERE number IN ({_LEAVING})"


def threads(descending: bool) -> str:
    """A window of an owner's threads."""
    return _THREADS.format("<", "DESC") if descending else _THREADS.format(">", "ASC")


def items(descending: bool) -> str:
    """A window of a thread's items."""
    return _ITEMS.format("<", "DESC") if descending else _ITEMS.format(">", "ASC")


def upsert(table: str) -> str:
    """Create or replace what has an owner; nothing changes when it is somebody else's."""
    return (
        f"INSERT INTO {table} (id, owner, model) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET model = excluded.model WHERE owner = excluded.owner"
    )
