"""The user's own store under the reference server: asked with contexts of its own kind."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Optional

from .user_files import UserServerError

METHODS = frozenset({
    *("generate_thread_id", "generate_item_id", "load_thread", "save_thread", "load_threads"),
    *("delete_thread", "load_thread_items", "add_thread_item", "save_item", "load_item"),
    *("delete_thread_item", "save_attachment", "load_attachment", "delete_attachment"),
})  # fmt: skip
"""What chatkit asks of a store; the context comes last in each of them, or by its name."""


class OwnStore:
    """Passes everything on to the store; `make` makes a context of `{"user_id": ...}`, else it is that dict.

    Contract exams ask a store with the same contexts, so that both say the same of it.
    """

    def __init__(self, store: Any, make: Optional[Callable[..., Any]]) -> None:
        self._store, self._make = store, make

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name not in METHODS:
            return found

        def asked(*given: Any, **named: Any) -> Any:
            if "context" in named:
                named["context"] = self._context(named["context"])
            else:
                given = (*given[:-1], self._context(given[-1]))
            return found(*given, **named)

        return asked

    def _context(self, context: Any) -> Any:
        values = {"user_id": context.user_id}
        if self._make is None:
            return values
        made = self._make(values)
        if inspect.isawaitable(made):
            close = getattr(made, "close", None)
            if close is not None:
                close()
            raise UserServerError("--context is a coroutine function: the reference server needs a plain one")
        return made
