"""What a file is, by its content alone: its name and what somebody says of it prove nothing."""

from __future__ import annotations

import io
import re
import struct
import zipfile

from . import refusals
from .limits import ALLOWED

HEAD = 4096
MAX_SCANS = 100
"""Each may cost as much as a whole image, and a few bytes: encoders write about ten."""
PNG_START = b"\x89PNG\r\n\x1a\n"
# The start of a frame: any of the C-markers but those for tables and conditioning.
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
"""A marker behind compressed data, in which 00 and the restart markers may follow an FF."""

_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}
_SAYS_NOTHING = ("", "application/octet-stream", "binary/octet-stream")


def plain_type(declared: str | None) -> str | None:
    """A declared type without parameters and in its one spelling; None where it says nothing."""
    plain = (declared or "").partition(";")[0].strip().lower()
    return None if plain in _SAYS_NOTHING else _SAME.get(plain, plain)


def sniffed(head: bytes) -> str | None:
    """The type that the first bytes of a file are of, by puremagic's best match; None for an unknown one."""
    import puremagic

    try:
        found = puremagic.magic_string(head[:HEAD])
    except (puremagic.PureError, ValueError):
        return None
    return found[0].mime_type if found else None


def examined(data: bytes, declared: str | None, max_pixels: int) -> tuple[str, bytes]:
    """The type of a file, and the file as it is to be kept: what is behind an image's end is left off.

    Raises AttachmentRefusedError for a type that is not taken or not the declared one, for a file that is
    not whole, for one that is of several types at once, and for an image with more pixels or scans than
    may be.
    """
    found = sniffed(data)
    if found not in ALLOWED:
        raise refusals.wrong_type()
    if declared is not None and declared != found:
        raise refusals.mismatch(declared, found)
    try:
        if found == "application/pdf":
            return found, _pdf(data)
        size, end = _png(data) if found == "image/png" else _jpeg(data)
    except (struct.error, IndexError):
        raise refusals.unsafe("The image is damaged, or not complete.") from None
    if min(size) < 1 or size[0] * size[1] > max_pixels:
        raise refusals.unsafe("The image has too many pixels.")
    kept = data[:end]
    if b"%PDF-" in kept[:1024]:  # so far in, readers of PDF files still find their beginning
        raise refusals.unsafe("The file is an image and a PDF document at once.")
    _require_no_archive(kept)
    return found, kept


def _pdf(data: bytes) -> bytes:
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-1024:]:
        raise refusals.unsafe("The PDF document is damaged, or not complete.")
    _require_no_archive(data)
    return data


def _require_no_archive(data: bytes) -> None:
    """An archive is read from its end: it may hide behind anything."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise refusals.unsafe("The file is an archive as well.")


def _png(data: bytes) -> tuple[tuple[int, int], int]:
    """Width and height as the header says, and where the last chunk ends."""
    if not data.startswith(PNG_START) or data[12:16] != b"IHDR":
        raise refusals.unsafe("The image is damaged, or not complete.")
    width, height = struct.unpack_from(">II", data, 16)
    at = len(PNG_START)
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        if at > len(data):
            raise IndexError
        if kind == b"IEND":
            return (width, height), at


def _jpeg(data: bytes) -> tuple[tuple[int, int], int]:
    """Width and height as the frame says, and where the end marker ends."""
    size, scans, at = None, 0, 2
    while True:
        marker = _MARKER.match(data, at)
        if marker is None:
            raise IndexError
        code, at = marker[1][0], marker.end()
        if code == 0xD9:
            if size is None:
                raise IndexError
            return size, at
        if code in _SIZES:
            height, width = struct.unpack_from(">HH", data, at + 3)
            # Of several frames the largest counts.
            size = max(size or (0, 0), (width, height), key=lambda each: each[0] * each[1])
        if code == 0x01:  # nothing belongs to it; what follows would otherwise be passed over unseen
            continue
        at += struct.unpack_from(">H", data, at)[0]
        if code == 0xDA:
            scans += 1
            if scans > MAX_SCANS:
                raise refusals.unsafe("The image has too many scans.")
            following = _MARKER.search(data, at)
            if following is None:
                raise IndexError
            at = following.start()
