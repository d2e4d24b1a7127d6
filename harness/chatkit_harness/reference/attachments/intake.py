"""How a file comes in: room is held for it, no more is read than may come, then it is looked at and kept."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import BinaryIO

from . import refusals
from .content import examined
from .folder import AttachmentFolder, Record, home_of
from .limits import AttachmentLimits
from .names import display_name
from .preview import preview
from .previews import Previews


def new_id() -> str:
    """An id that nobody guesses: chatkit's own has eight digits."""
    return f"atc_{secrets.token_hex(16)}"


class Intake:
    """Takes files into a folder, within the limits."""

    def __init__(
        self, folder: AttachmentFolder, limits: AttachmentLimits, clock: Callable[[], float]
    ) -> None:
        self._folder = folder
        self._limits = limits
        self._clock = clock
        self._previews = Previews()

    def reserve(self, user: str, attachment_id: str, name: str, mime_type: str, size: int) -> Record:
        """A record that holds the room for a file. Raises AttachmentRefusedError where there is none.

        It is written before the sum is made: of two at once neither gets more than there is.
        """
        if size > self._limits.file_bytes:
            raise refusals.too_large(self._limits.file_bytes)
        record = Record(
            id=attachment_id,
            user=user,
            name=display_name(name),
            mime_type=mime_type,
            size=size,
            created=self._clock(),
        )
        self._folder.write_record(record)
        held = self._folder.records(home_of(user))
        if sum(each.size for each in held) > self._limits.user_bytes or len(held) > self._limits.user_files:
            self._folder.remove(home_of(user), record.id)
            raise refusals.no_room(self._limits.user_bytes)
        return record

    async def receive(self, record: Record, chunks: AsyncIterator[bytes], *, exactly: bool) -> Record:
        """Take what comes, and no more than the record's size; `exactly` also no less.

        Raises AttachmentRefusedError as soon as more comes, for less, and for what is not taken.
        """
        received = 0
        with self._folder.incoming(home_of(record.user)) as (_path, file):
            async for chunk in chunks:
                received += len(chunk)
                if received > record.size:
                    raise refusals.longer(record.size) if exactly else refusals.too_large(record.size)
                file.write(chunk)
            if exactly and received != record.size:
                raise refusals.incomplete(record.size, received)
            found, length = await asyncio.to_thread(self._examined, record, file)
            small = None
            if found.startswith("image/"):
                # What waits there is read once it is its turn.
                small = await self._previews.run(lambda: self._small(_start(file, length)))
            kept = replace(record, mime_type=found)
            return await asyncio.to_thread(lambda: self._folder.keep(kept, _start(file, length), small))

    def close(self) -> None:
        """Take no more images."""
        self._previews.close()

    def _examined(self, record: Record, file: BinaryIO) -> tuple[str, int]:
        """The type of what came, and how many bytes of it are to be kept."""
        file.seek(0)
        found, content = examined(file.read(), record.mime_type or None, self._limits.image_pixels)
        return found, len(content)

    def _small(self, content: bytes) -> tuple[str, bytes]:
        return preview(content, self._limits.image_pixels, self._limits.preview_side)


def _start(file: BinaryIO, length: int) -> bytes:
    file.seek(0)
    return file.read(length)
