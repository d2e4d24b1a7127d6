"""What a case is about: the reference server, the user's own, an application, or a server that runs."""

from __future__ import annotations

import sys
from typing import Any, Dict, Mapping, Optional, Union

from . import asgi, lines, user_server
from .own_store import OwnStore
from .plain_context import plain_context
from .user_files import UserServerError
from .waiting import maybe

Line = Union[lines.ProcessLine, lines.AsgiLine, lines.RemoteLine]


class Subject:
    """Opens what is under test and says who asks; `line` is how requests reach it."""

    def __init__(self, case: Mapping[str, Any]) -> None:
        self._case = case
        self._target: Mapping[str, Any] = case["target"]
        self._module: Any = None
        self._server: Any = None
        self._app: Any = None
        self._line: Optional[Line] = None

    @property
    def line(self) -> Line:
        """How requests reach it, once it is open."""
        assert self._line is not None  # noqa: S101 - opened before anything is asked
        return self._line

    @property
    def server(self) -> Any:
        """The server object that is asked; None over HTTP."""
        return self._server

    @property
    def over_http(self) -> bool:
        """Whether who asks is told by headers."""
        return self._target["kind"] in ("asgi", "running")

    async def open(self) -> None:
        """Make it ready. Raises UserServerError, or what the user's own code raises."""
        kind = self._target["kind"]
        if kind == "running":
            self._line = lines.RemoteLine(self._target["url"], float(self._case["limit_s"]))
        elif kind == "asgi":
            module, attribute = self._target["module"], self._target["attribute"]
            made = await maybe(user_server.load_app(module, attribute))
            app = user_server.checked_app(f"{module}:{attribute}", made)
            line = lines.AsgiLine(app, self._target["endpoint"])
            try:
                await line.open()
            except asgi.AsgiError as error:
                raise UserServerError(str(error)) from error
            self._line = line
        else:
            self._module = self._found()
            self._server = await self.another()
            self._line = lines.ProcessLine(self._server)

    async def another(self) -> Any:
        """A server, made as the first one was."""
        return await maybe(self._module.create_server(await self._options()))

    async def who(self, values: Mapping[str, Any], *, other: bool = False) -> Any:
        """Who asks: the request context, or over HTTP the headers; `other` is the second user's."""
        if self.over_http:
            return lines.headers_of(self._target["other_headers" if other else "headers"])
        return await maybe(self._module.create_context(values))

    async def app(self) -> Any:
        """The HTTP side that belongs to the server. Raises UserServerError where there is none."""
        if self.over_http:
            raise UserServerError("a turn that calls the HTTP side is for the built-in server")
        if self._app is None:
            self._app = await maybe(self._module.create_app(self._server, self._case["options"]))
        return self._app

    async def close(self) -> None:
        """Let go of it."""
        if self._line is not None:
            await self._line.close()

    def _found(self) -> Any:
        target = self._target
        if target["kind"] == "server":
            return user_server.load(target["module"], target["attribute"], target.get("context"))
        return sys.modules[target["module"]]

    async def _options(self) -> Dict[str, Any]:
        """The scenario's options, and the store that the run asks for."""
        options: Dict[str, Any] = dict(self._case["options"])
        store = self._case.get("store")
        if store is not None and self._target["kind"] == "module":
            options["store"] = await opened(store)
        return options


async def opened(store: Mapping[str, Any]) -> Any:
    """What the reference server is told of the store: a word that it knows, or the user's own, made anew."""
    if store["word"] is not None:
        return store["word"]
    made = await maybe(user_server.load_store(store)())
    contexts = user_server.context_factory(store["module"], store["context"]) or plain_context
    return OwnStore(made, contexts)
