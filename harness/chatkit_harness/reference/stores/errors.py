"""What a store raises besides chatkit's NotFoundError."""

from __future__ import annotations

from typing import Optional


class StoreError(RuntimeError):
    """Something is wrong with the store itself, and not with what was asked of it."""


class StoreUnavailableError(StoreError):
    """The store cannot be opened, reached, or written in time. What was asked for did not happen.

    The message says which store and why; it holds no password.
    """


class StoreAddressError(StoreUnavailableError, ValueError):
    """The address of a store is missing, or none that can be read; the message shows nothing of it."""


class StoreClosedError(StoreUnavailableError):
    """The store was asked for something after it had been closed."""


class UnreadableRowError(StoreError):
    """A row is there, and the chatkit at hand cannot read it: most likely a newer release wrote it.

    `kind` is `thread`, `item` or `attachment`; `type` is what the row itself says that it is, None where it
    does not say. The row stays in the store as it is.
    """

    def __init__(
        self, *, kind: str, row_id: str, thread_id: Optional[str], row_type: Optional[str], reason: str
    ) -> None:
        where = f" of thread {thread_id!r}" if thread_id is not None else ""
        shown = f" (type {row_type!r})" if row_type is not None else ""
        super().__init__(f"{kind} {row_id!r}{where}{shown} cannot be read{reason}; it is kept as it is")
        self.kind = kind
        self.row_id = row_id
        self.thread_id = thread_id
        self.type = row_type
