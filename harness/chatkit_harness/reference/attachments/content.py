"""What a file is, by its content alone: its name and what somebody says of it prove nothing."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

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

_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""The passes of an interlaced PNG: first column and row, and the steps to the next ones."""
_SLACK = 64 * 1024
"""Some encoders write a little too much, which nobody minds."""
_PIECE = 1024 * 1024

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
    size: tuple[int, int] = struct.unpack_from(">II", data, 16)
    *_others, (_last, _start, end) = _chunks(data)
    return size, end + 4


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The chunks of a PNG up to its last one, each with where its content starts and ends."""
    at = len(PNG_START)
    while True:
        length, kind = struct.unpack_from(">I4s", data, at)
        start, at = at + 8, at + 12 + length
        if at > len(data):
            raise IndexError
        yield kind, start, at - 4
        if kind == b"IEND":
            return


def require_fitting(data: bytes) -> None:
    """Raise AttachmentRefusedError for a PNG whose pixels inflate to more than its header says: Pillow reads
    no further, and whoever reads them all would be flooded.
    """
    inflating, left = zlib.decompressobj(), _announced(data) + _SLACK
    try:
        for kind, start, end in _chunks(data):
            rest = data[start:end] if kind == b"IDAT" else b""
            while rest and not inflating.eof and left > 0:
                left -= len(inflating.decompress(rest, min(left, _PIECE)))
                rest = inflating.unconsumed_tail
    except zlib.error:
        raise refusals.unsafe("The image is damaged, or not complete.") from None
    if left <= 0:
        raise refusals.unsafe("The image holds more than its header says.")


def _announced(data: bytes) -> int:
    """How many bytes the rows of a PNG have by its header, each with its filter."""
    width, height, depth, colours, _packing, _filter, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    bits = depth * {2: 3, 4: 2, 6: 4}.get(colours, 1)
    total = 0
    for left, top, across, down in _ADAM7 if interlaced else ((0, 0, 1, 1),):
        columns, rows = -(-max(width - left, 0) // across), -(-max(height - top, 0) // down)
        total += rows * (1 + -(-columns * bits // 8)) if columns else 0
    return total


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
