"""The tables of the PostgreSQL store and what is asked of them."""

from __future__ import annotations

SCHEMA_VERSION = 1

# Both are arbitrary, and only these stores use them: the keys of PostgreSQL's advisory locks.
_SCHEMA_LOCK, _OWNER_LOCK = 7_212_041_116, 721_204_111

SETTINGS = """
    SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';
    SET default_transaction_isolation = 'read committed';
    SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; SET jit = off
"""
"""Limits, and the planner's ways: everything here is found by an index and comes in its order. Where
PostgreSQL has no figures of a table yet, it may prefer to read all of a long thread and to sort it."""

LOCK_SCHEMA = f"SELECT pg_advisory_xact_lock({_SCHEMA_LOCK})"
# Not to_regclass(): what it has once not found it does not find before the transaction ends.
HAS_SCHEMA = """
    SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relname = 'chatkit_schema' AND n.nspname = ANY (current_schemas(false))
"""

SCHEMA = (
    "CREATE TABLE chatkit_schema (version integer NOT NULL)",
    """CREATE TABLE chatkit_threads (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        owner text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        model text NOT NULL)""",
    "CREATE INDEX chatkit_threads_of_owner ON chatkit_threads (owner, number)",
    """CREATE TABLE chatkit_items (
        number bigint GENERATED ALWAYS AS IDENTITY,
        thread bigint NOT NULL REFERENCES chatkit_threads (number) ON DELETE CASCADE,
        id text NOT NULL,
        model text NOT NULL,
        PRIMARY KEY (thread, number),
        UNIQUE (thread, id))""",
    """CREATE TABLE chatkit_attachments (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id text NOT NULL UNIQUE,
        owner text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        model text NOT NULL)""",
    """CREATE TABLE chatkit_thread_attachments (
        thread bigint NOT NULL REFERENCES chatkit_threads (number) ON DELETE CASCADE,
        attachment bigint NOT NULL REFERENCES chatkit_attachments (number) ON DELETE CASCADE,
        PRIMARY KEY (thread, attachment))""",
    "CREATE INDEX chatkit_threads_of_attachment ON chatkit_thread_attachments (attachment)",
    f"INSERT INTO chatkit_schema VALUES ({SCHEMA_VERSION})",
)

_OWN = "SELECT number FROM chatkit_threads WHERE id = %(thread)s AND owner = %(owner)s"

OWNER = {
    "thread": "SELECT owner FROM chatkit_threads WHERE id = %(id)s",
    "attachment": "SELECT owner FROM chatkit_attachments WHERE id = %(id)s",
}
THREAD = "SELECT model FROM chatkit_threads WHERE id = %(thread)s AND owner = %(owner)s"
UPDATE_THREAD = (
    "UPDATE chatkit_threads SET model = %(model)s WHERE id = %(id)s AND owner = %(owner)s RETURNING number"
)
# Numbers are given before they can be seen. Whoever creates a thread of this owner's waits for the one
# before, so that no row appears below a number that a page has already passed.
LOCK_OWNER = f"SELECT pg_advisory_xact_lock({_OWNER_LOCK}, hashtext(%(owner)s))"

LOCK_THREAD = f"{_OWN} FOR UPDATE"
# In one order, so that two who delete threads with the same attachments do not wait for each other.
LOCK_ATTACHMENTS = """
    SELECT 1 FROM chatkit_attachments WHERE number IN
        (SELECT attachment FROM chatkit_thread_attachments WHERE thread = %(number)s)
    ORDER BY number FOR UPDATE
"""
DROP_LEAVING = """
    DELETE FROM chatkit_attachments WHERE number IN (
        SELECT attachment FROM chatkit_thread_attachments AS here WHERE thread = %(number)s AND NOT EXISTS (
            SELECT 1 FROM chatkit_thread_attachments AS other
            WHERE other.attachment = here.attachment AND other.thread <> here.thread))
"""
DROP_THREAD = "DELETE FROM chatkit_threads WHERE number = %(number)s"

ITEM = f"SELECT model FROM chatkit_items WHERE thread = ({_OWN}) AND id = %(item)s"
# The lock on the thread gives its items their numbers in the order in which they appear, as with LOCK_OWNER,
# and keeps the thread from being deleted in the middle.
_PUT_ITEM = f"""
    WITH own AS ({_OWN} FOR NO KEY UPDATE), put AS (
        INSERT INTO chatkit_items (thread, id, model) SELECT number, %(item)s, %(model)s FROM own
        ON CONFLICT (thread, id) DO UPDATE SET model = excluded.model)
"""
PUT_ITEM = f"{_PUT_ITEM} SELECT number FROM own"
PUT_ITEM_ATTACHED = f"""
    {_PUT_ITEM}, found AS (
        SELECT number FROM chatkit_attachments
        WHERE id = ANY(%(attached)s::text[]) AND owner = %(owner)s ORDER BY number FOR KEY SHARE
    ), hung AS (
        INSERT INTO chatkit_thread_attachments (thread, attachment)
        SELECT own.number, found.number FROM own, found ON CONFLICT DO NOTHING)
    SELECT number FROM own
"""
DROP_ITEM = f"""
    WITH own AS ({_OWN}), dropped AS (
        DELETE FROM chatkit_items USING own WHERE thread = own.number AND id = %(item)s)
    SELECT number FROM own
"""

ATTACHMENT = "SELECT model FROM chatkit_attachments WHERE id = %(id)s AND owner = %(owner)s"
DROP_ATTACHMENT = "DELETE FROM chatkit_attachments WHERE id = %(id)s AND owner = %(owner)s RETURNING number"
ATTACHMENTS_OF = f"""
    SELECT attachments.id FROM ({_OWN}) AS own
    LEFT JOIN chatkit_thread_attachments AS here ON here.thread = own.number AND NOT EXISTS (
        SELECT 1 FROM chatkit_thread_attachments AS other
        WHERE other.attachment = here.attachment AND other.thread <> own.number)
    LEFT JOIN chatkit_attachments AS attachments ON attachments.number = here.attachment
    ORDER BY attachments.number
"""


def threads(descending: bool) -> str:
    """A window of an owner's threads."""
    return "SELECT number, id, model FROM chatkit_threads WHERE owner = %(owner)s " + _window(descending)


def items(descending: bool) -> str:
    """A window of a thread's items."""
    return f"SELECT number, id, model FROM chatkit_items WHERE thread = ({_OWN}) " + _window(descending)


def upsert(table: str) -> str:
    """Create or replace what has an owner; no row comes back when it is somebody else's."""
    return (
        f"INSERT INTO {table} (id, owner, model) VALUES (%(id)s, %(owner)s, %(model)s) ON CONFLICT (id)"
        f" DO UPDATE SET model = excluded.model WHERE {table}.owner = excluded.owner RETURNING number"
    )


def _window(descending: bool) -> str:
    beyond, order = ("<", "DESC") if descending else (">", "ASC")
    return f"AND number {beyond} %(beyond)s ORDER BY number {order} LIMIT %(count)s"
