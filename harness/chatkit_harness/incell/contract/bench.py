"""What an exam works with: a store opened as often as it likes, users, threads, and processes beside it."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from chatkit_harness.incell.exam import UnsupportedError
from chatkit_harness.incell.waiting import maybe

from .address import address_of, named
from .children import Child, start
from .handle import Handle, Saved, note

TIDY_S = 10.0
"""How long deleting what an exam has stored may take."""
ONE_PROCESS = "the store says that it lives in one process only (durable = False)"


class Bench:
    """A store's factory, and everything that was opened with it.

    `factory()` opens the store, `context_factory({"user_id": ...})` makes a request's context; both may be
    coroutine functions. Without a context factory the context is the dict itself. `names` says where another
    process finds the two (`{"store": "package.module:function", "context": ...}`) if they do not say it
    themselves; `users` are the names of two users, made up where none are given.
    """

    def __init__(
        self,
        factory: Callable[[], Any],
        context_factory: Optional[Callable[[Dict[str, Any]], Any]] = None,
        *,
        names: Optional[Mapping[str, str]] = None,
        users: Optional[Tuple[str, str]] = None,
    ) -> None:
        self._factory, self._context_factory, self._names = factory, context_factory, dict(names or {})
        token = uuid.uuid4().hex[:8]
        self.users = users or (f"ann-{token}", f"bob-{token}")
        self.mine: Any = None
        self.theirs: Any = None
        self._opened: List[Any] = []
        self._saved: List[Saved] = []
        self._children: List[Child] = []

    async def begin(self) -> None:
        """Make the contexts of the two users."""
        self.mine, self.theirs = [await self.context(user) for user in self.users]

    async def context(self, user: str) -> Any:
        """The context of a user's request."""
        values: Dict[str, Any] = {"user_id": user}
        if self._context_factory is None:
            return values
        return await _made(self._context_factory, "making a context", values)

    async def open(self) -> Handle:
        """The store, opened again: another handle on the same data where the store is durable."""
        store = await _made(self._factory, "opening the store")
        self._opened.append(store)
        return Handle(store, self.mine, self._saved)

    async def shut(self, handle: Handle) -> None:
        """Close one handle, where the store can be closed."""
        self._opened = [each for each in self._opened if each is not handle.store]
        await _close(handle.store)

    async def filled(self, store: Handle, count: int = 0, **fields: Any) -> Tuple[Any, List[Any]]:
        """A stored thread and that many stored messages of it."""
        thread = store.new_thread(**fields)
        await store.save_thread(thread)
        items = store.messages(thread, count)
        await store.add(thread.id, *items)
        return thread, items

    def require_durable(self, store: Handle) -> None:
        """Raise UnsupportedError where the store says that it is not meant to outlive its process."""
        if self.says_volatile(store):
            raise UnsupportedError(ONE_PROCESS)

    def says_volatile(self, store: Handle) -> bool:
        """Whether the store says `durable = False`."""
        return getattr(store.store, "durable", None) is False

    def child(self, program: str, **order: Any) -> Child:
        """Start one of the programs of `child.py` in a process of its own, which opens the same store.

        Raises UnsupportedError where another process cannot find the factory.
        """
        addresses = {
            "store": self._address("store", self._factory),
            "context": self._address("context", self._context_factory),
        }
        child = start({"program": program, "users": self.users, **addresses, **order})
        self._children.append(child)
        return child

    def _address(self, role: str, factory: Any) -> Any:
        if role in self._names:
            return named(self._names[role])
        address = None if factory is None else address_of(factory)
        if factory is not None and address is None:
            raise UnsupportedError(
                f"another process cannot find what makes the {role}: name a function at the top of a module"
            )
        return address

    async def close(self, *, tidy: bool = True) -> None:
        """End the children, delete what the exam has saved, and close what is open."""
        for child in self._children:
            child.kill()
        with contextlib.suppress(Exception):  # the exam has told by now what does not work
            if tidy:
                await asyncio.wait_for(self._tidy(), TIDY_S)
        for store in self._opened:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(_close(store), TIDY_S)
        self._opened, self._saved, self._children = [], [], []

    async def _tidy(self) -> None:
        if not self._opened:
            return
        saved = {(kind, each): context for kind, each, context in reversed(self._saved)}  # the first owns it
        for (kind, saved_id), context in saved.items():
            handle = Handle(self._opened[-1], context)
            with contextlib.suppress(Exception):
                await (handle.delete_thread if kind == "thread" else handle.delete_attachment)(saved_id)


async def _close(store: Any) -> None:
    for name in ("aclose", "close"):
        method = getattr(store, name, None)
        if callable(method):
            await maybe(method())
            return


async def _made(factory: Callable[..., Any], doing: str, *given: Any) -> Any:
    try:
        return await maybe(factory(*given))
    except Exception as error:
        note(error, doing)
        raise
