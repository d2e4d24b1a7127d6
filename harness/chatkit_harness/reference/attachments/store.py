"""The attachment store: what chatkit asks for, and what comes in over HTTP, with its owner and its bounds.

    attachments = DiskAttachmentStore(Path("uploads"), store, public_url="https://chat.example")
    server = MarketChatKitServer(store, market, attachments=attachments)

In two phases: `create_attachment` announces a file and hands out a link for its upload, `take` takes it.
Directly: `take_direct` does both. A file belongs to the user who sent it; to anybody else it is not there.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chatkit.store import AttachmentStore, NotFoundError, Store
from chatkit.types import Attachment, AttachmentCreateParams

from ..context import RequestContext
from ..shim import attachment_model, saves_new_attachments
from ..stores.errors import UnreadableRowError
from . import refusals
from .content import plain_type
from .folder import AttachmentFolder, Record, home_of
from .intake import Intake, new_id
from .limits import ALLOWED, AttachmentLimits
from .links import Link, sign, verify

SWEEP_EVERY_S = 600.0
DEFAULT_URL = "http://127.0.0.1:8765"


@dataclass(frozen=True)
class StoredFile:
    """A file as it goes out."""

    name: str
    mime_type: str
    content: bytes


class DiskAttachmentStore(AttachmentStore[RequestContext]):
    """Files in a folder, what chatkit knows of them in its store.

    `public_url` is where clients reach this server. `clock` gives seconds since the epoch.
    """

    def __init__(
        self,
        folder: Path,
        store: Store[RequestContext],
        *,
        public_url: str = DEFAULT_URL,
        limits: AttachmentLimits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.public_url = public_url.rstrip("/")
        self.limits = limits or AttachmentLimits()
        self._folder = AttachmentFolder(folder)
        self._intake = Intake(self._folder, self.limits, clock)
        self._store = store
        self._clock = clock
        self._swept = 0.0
        self._coming: set[str] = set()

    async def close(self) -> None:
        """Let go of what the store holds open; no image is taken any more."""
        self._intake.close()

    def generate_attachment_id(self, mime_type: str, context: RequestContext) -> str:
        """A new id; the names of files are made of it."""
        del mime_type, context
        return new_id()

    async def create_attachment(
        self,
        input: AttachmentCreateParams,  # noqa: A002 - chatkit's name for it
        context: RequestContext,
    ) -> Attachment:
        """Announce a file; the attachment says where to upload it. Raises AttachmentRefusedError."""
        await self._sweep_now_and_then()
        declared = plain_type(input.mime_type)
        if declared not in ALLOWED:
            raise refusals.wrong_type()
        if input.size < 1:
            raise refusals.unsafe("The file is empty.")
        new = self.generate_attachment_id(declared, context)
        record = self._intake.reserve(context.user_id, new, input.name, declared, input.size)
        attachment: Attachment = self._attachment(record)
        if not saves_new_attachments():
            await self._store.save_attachment(attachment, context)
        return attachment

    def require_upload(self, token: str, attachment_id: str) -> int:
        """How many bytes the holder of an upload link is to send. Raises AttachmentRefusedError."""
        return self._awaited(token, attachment_id).size

    async def take(
        self, token: str, attachment_id: str, declared: str | None, chunks: AsyncIterator[bytes]
    ) -> Attachment:
        """The second phase: the file that was announced, from whoever holds the link.

        Raises AttachmentRefusedError for a bad link, a file of another size or type, and one that is there.
        """
        record = self._awaited(token, attachment_id)
        said = plain_type(declared)
        if said is not None and said != record.mime_type:
            raise refusals.mismatch(record.mime_type, said)
        self._coming.add(attachment_id)
        try:
            kept = await self._intake.receive(record, chunks, exactly=True)
        finally:
            self._coming.discard(attachment_id)
        return await self._saved(kept)

    async def take_direct(
        self,
        name: str,
        declared: str | None,
        announced: int | None,
        chunks: AsyncIterator[bytes],
        context: RequestContext,
    ) -> Attachment:
        """A file at once; `announced` is how many bytes it may have at most, as far as that is known.

        Raises AttachmentRefusedError for what is not taken.
        """
        await self._sweep_now_and_then()
        said = plain_type(declared)
        if said is not None and said not in ALLOWED:
            raise refusals.wrong_type()
        room = self.limits.file_bytes if announced is None else announced
        new = self.generate_attachment_id(said or "", context)
        record = self._intake.reserve(context.user_id, new, name, said or "", room)
        try:
            kept = await self._intake.receive(record, chunks, exactly=False)
        except BaseException:  # also when who sends it is gone: nobody will come back for it
            self._folder.remove(home_of(record.user), record.id)
            raise
        return await self._saved(kept)

    async def delete_attachment(self, attachment_id: str, context: RequestContext) -> None:
        """Let go of a file; chatkit forgets its metadata. Raises NotFoundError where it is not the user's."""
        record = self._own(attachment_id, context)
        self._folder.remove(home_of(record.user), record.id)

    def is_somebody_elses(self, attachment_id: str, context: RequestContext) -> bool:
        """Whether another user has such a file: the folder knows, whatever store keeps the threads."""
        own = home_of(context.user_id)
        others = (home for home in self._folder.homes() if home != own)
        return any(self._folder.record(home, attachment_id) is not None for home in others)

    async def file(self, attachment_id: str, context: RequestContext) -> StoredFile:
        """A file of the user's. Raises NotFoundError where there is none, or not yet."""
        return await self._out(self._own(attachment_id, context), small=False)

    async def small(self, attachment_id: str, context: RequestContext) -> StoredFile:
        """The small picture of an image of the user's. Raises NotFoundError."""
        return await self._out(self._own(attachment_id, context), small=True)

    async def small_by_link(self, token: str, attachment_id: str) -> StoredFile:
        """The small picture for who holds its link. Raises AttachmentRefusedError, NotFoundError."""
        link = verify(self._folder.secret, token, "preview", attachment_id, self._clock())
        record = self._folder.record(link.home, attachment_id)
        if record is None:
            raise NotFoundError(f"no attachment {attachment_id}")
        return await self._out(record, small=True)

    def size_of(self, attachment_id: str, context: RequestContext) -> int:
        """How many bytes a file of the user's has; 0 where there is none."""
        record = self._folder.record(home_of(context.user_id), attachment_id)
        return record.size if record is not None and record.ready else 0

    def require_ready(self, attachment_ids: Iterable[str], context: RequestContext) -> None:
        """Raise unless all of them are the user's (NotFoundError) and uploaded (AttachmentRefusedError)."""
        wanted = list(dict.fromkeys(attachment_ids))
        if len(wanted) > self.limits.message_files:
            raise refusals.bad_upload(f"A message may have {self.limits.message_files} files at most.")
        for each in wanted:
            record = self._own(each, context)
            if not record.ready:
                raise refusals.not_uploaded(record.name)

    def sent(self, attachment_ids: Iterable[str], context: RequestContext) -> None:
        """Remember that a message holds these files: they stay for as long as the store knows them."""
        for each in attachment_ids:
            record = self._folder.record(home_of(context.user_id), each)
            if record is not None and not record.sent:
                self._folder.write_record(replace(record, sent=True))

    def forgotten(self, attachment_ids: Iterable[str], context: RequestContext) -> None:
        """Let go of files that went with their thread."""
        for each in attachment_ids:
            self._folder.remove(home_of(context.user_id), each)

    async def sweep(self) -> int:
        """Let go of files that were announced and never came, that came and were never sent, that the store
        has forgotten, and of what a crash left behind; how many attachments that were.
        """
        now = self._swept = self._clock()
        aged = await asyncio.to_thread(self._aged, now)
        gone = 0
        for record in aged:
            context = RequestContext(user_id=record.user)
            patience = self.limits.unsent_s if record.ready else self.limits.upload_s
            unused = not record.sent and record.created + patience <= now
            if unused or not await self._is_known(record.id, context):
                self._folder.remove(home_of(record.user), record.id)
                with contextlib.suppress(NotFoundError):
                    await self._store.delete_attachment(record.id, context)
                gone += 1
        return gone

    def _aged(self, now: float) -> list[Record]:
        """What has been there for a while; a crash's leavings are removed at once."""
        before = now - self.limits.upload_s
        found = []
        for home in self._folder.homes():
            records = self._folder.records(home)
            found += [each for each in records if each.created <= before and each.id not in self._coming]
            for path in self._folder.left_behind(home, before):
                path.unlink(missing_ok=True)
        return found

    async def _is_known(self, attachment_id: str, context: RequestContext) -> bool:
        try:
            await self._store.load_attachment(attachment_id, context)
        except NotFoundError:
            return False
        except UnreadableRowError:  # of a newer chatkit, which shows it again
            return True
        return True

    async def _sweep_now_and_then(self) -> None:
        if self._clock() - self._swept >= SWEEP_EVERY_S:
            await self.sweep()

    def _own(self, attachment_id: str, context: RequestContext) -> Record:
        record = self._folder.record(home_of(context.user_id), attachment_id)
        if record is None or record.user != context.user_id:
            raise NotFoundError(f"no attachment {attachment_id}")
        return record

    def _awaited(self, token: str, attachment_id: str) -> Record:
        """The record of a file that a link announces, and that is not there yet."""
        link = verify(self._folder.secret, token, "upload", attachment_id, self._clock())
        record = self._folder.record(link.home, attachment_id)
        if record is None:
            raise refusals.bad_link(expired=False)
        if record.ready or attachment_id in self._coming:
            raise refusals.already_uploaded()
        if record.size != link.size:
            raise refusals.bad_link(expired=False)
        return record

    async def _saved(self, record: Record) -> Attachment:
        """The attachment as it is once its file is there, told to chatkit's store."""
        attachment: Attachment = self._attachment(record)
        await self._store.save_attachment(attachment, RequestContext(user_id=record.user))
        return attachment

    async def _out(self, record: Record, *, small: bool) -> StoredFile:
        if record.ready:
            read = self._folder.small if small else self._folder.content
            content = await asyncio.to_thread(read, record)
            kind = record.preview_type if small else record.mime_type
            if content is not None and kind is not None:
                return StoredFile(record.name, kind, content)
        raise NotFoundError(f"no file of attachment {record.id}")

    def _attachment(self, record: Record) -> Any:
        """What chatkit is told of a file; where to upload it for as long as it is not there."""
        image = record.mime_type.startswith("image/")
        return attachment_model(
            attachment_id=record.id,
            name=record.name,
            mime_type=record.mime_type,
            # No end: messages keep this address for as long as they are kept. It shows a small picture only.
            preview_url=self._address(record, "preview") if image else None,
            upload_url=None if record.ready else self._address(record, "upload"),
        )

    def _address(self, record: Record, what: str) -> str:
        link = Link(what=what, attachment_id=record.id, home=home_of(record.user))
        if what == "upload":
            link = replace(link, size=record.size, expires=record.created + self.limits.upload_s)
        place = "content" if what == "upload" else what
        token = sign(self._folder.secret, link)
        return f"{self.public_url}/attachments/{record.id}/{place}?token={token}"
