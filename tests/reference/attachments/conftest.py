"""A server that takes attachments, as its users reach it, and a client that can send in pieces."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chatkit_harness.reference.attachments.limits import AttachmentLimits
from chatkit_harness.reference.attachments.store import DiskAttachmentStore
from chatkit_harness.reference.context import RequestContext
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.server import MarketChatKitServer
from chatkit_harness.reference.stores import MemoryStore
from chatkit_harness.reference.web import create_app

BOUNDARY = "edge"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
LIMITS = AttachmentLimits(file_bytes=200_000, user_bytes=500_000, user_files=5, message_files=3)


@dataclass
class Answer:
    """What came back, and how many pieces of the request had been read by then."""

    status: int
    headers: dict[str, str]
    content: bytes
    pieces: int

    @property
    def document(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        return str(self.document["error"]["code"])


@dataclass
class Site:
    """A server with a store of attachments, and the time by its clock."""

    folder: Path
    now: float = 1_000_000.0
    limits: AttachmentLimits = LIMITS
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        self.attachments = DiskAttachmentStore(
            self.folder, self.store, limits=self.limits, clock=lambda: self.now
        )
        self.server = MarketChatKitServer(self.store, FixtureMarketData(), attachments=self.attachments)
        self.app = create_app(self.server, market=FixtureMarketData(), trust_harness=True)

    async def send(
        self,
        method: str,
        path: str,
        pieces: Sequence[bytes] = (b"",),
        *,
        user: str = "ada",
        whole: bool = True,
        **headers: str,
    ) -> Answer:
        """A request in pieces; one that is not `whole` breaks off after the last of them."""
        path = path.removeprefix(self.attachments.public_url)
        plain, _mark, query = path.partition("?")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named["x-harness-context"] = json.dumps({"user_id": user})
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": plain,
            "raw_path": plain.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "state": {},
        }
        coming, read, sent = iter(pieces), 0, []

        async def receive() -> dict[str, Any]:
            nonlocal read
            piece = next(coming, None)
            if piece is None:
                return {"type": "http.disconnect"}
            read += 1
            return {"type": "http.request", "body": piece, "more_body": read < len(pieces) or not whole}

        async def take(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, take)
        told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        content = b"".join(each.get("body", b"") for each in sent[1:])
        return Answer(sent[0]["status"], told, content, read)

    async def sdk(self, kind: str, *, user: str = "ada", **params: Any) -> Answer:
        """A ChatKit request."""
        body = json.dumps({"type": kind, "params": params}).encode()
        return await self.send("POST", "/chatkit/sdk", [body], user=user, content_type="application/json")

    async def announce(self, name: str, size: int, mime_type: str, *, user: str = "ada") -> Answer:
        """The first of two phases."""
        return await self.sdk("attachments.create", user=user, name=name, size=size, mime_type=mime_type)

    async def put(self, where: Mapping[str, Any], content: bytes, kind: str = "") -> Answer:
        """The second of two phases, as nobody in particular."""
        address = where["upload_descriptor"]["url"]
        return await self.send("PUT", address, [content], user="nobody", content_type=kind)

    async def post(self, content: bytes, name: str, mime_type: str, *, user: str = "ada") -> Answer:
        """A direct upload."""
        return await self.send(
            "POST", "/attachments", [form(content, name, mime_type)], user=user, content_type=FORM
        )

    async def uploaded(
        self, content: bytes, name: str, mime_type: str, *, user: str = "ada"
    ) -> dict[str, Any]:
        """An attachment that is there."""
        answer = await self.post(content, name, mime_type, user=user)
        assert answer.status == 200, answer.content
        found: dict[str, Any] = answer.document
        return found

    def on_disk(self) -> list[str]:
        """The names of all files, ids as `ID`."""
        found = (each.relative_to(self.folder) for each in self.folder.rglob("*") if each.is_file())
        return sorted(re.sub(r"atc_[0-9a-f]{32}", "ID", each.name) for each in found if each.name != "secret")


def form(content: bytes, name: str, mime_type: str, field_name: str = "file") -> bytes:
    """A form with one file."""
    head = f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{field_name}"; filename="{name}"\r\n'
    head += f"content-type: {mime_type}\r\n\r\n"
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def as_user(name: str) -> RequestContext:
    return RequestContext(user_id=name)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "uploads")
