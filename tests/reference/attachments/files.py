"""Files of all kinds, honest ones and liars, made for the tests."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n"
    b"trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
)
EXE = b"MZ\x90\x00" + bytes(60) + b"This program cannot be run in DOS mode." + bytes(200)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def image(form: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    """An image with a gradient, so that it does not compress to nothing."""
    drawn = Image.linear_gradient("L").resize(size).convert(mode)
    buffer = io.BytesIO()
    drawn.save(buffer, form, **options)
    return buffer.getvalue()


def gradient(size: tuple[int, int], mode: str) -> bytes:
    """A PNG that is black above and white below, in 16 bits too."""
    if mode != "I;16":
        return image("PNG", size, mode)
    high = Image.linear_gradient("L").resize(size).tobytes()
    buffer = io.BytesIO()
    Image.frombytes("I;16", size, b"".join(bytes((0, each)) for each in high)).save(buffer, "PNG")
    return buffer.getvalue()


def photo() -> bytes:
    """A JPEG on its side that tells where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010E] = "taken at home"
    return image("JPEG", (80, 40), exif=exif)


def archive() -> bytes:
    """A ZIP file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as held:
        held.writestr("evil.html", HTML)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few bytes that claims to be enormous."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def overfull(interlaced: bool = False) -> bytes:
    """A PNG of 64 by 48 pixels whose rows go on for a hundred thousand more."""
    return _png(64, 48, 0, zlib.compress(bytes(65 * 100_000)), interlaced=interlaced)


def interlaced(size: tuple[int, int], colours: int, more: int = 0) -> bytes:
    """A black PNG in seven passes, with so many bytes more than that takes."""
    width, height = size
    bytes_a_pixel = {0: 1, 2: 3, 6: 4}[colours]
    firsts = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ]
    rows = b""
    for left, top, across, down in firsts:
        columns = len(range(left, width, across))
        rows += (b"\0" * (1 + columns * bytes_a_pixel)) * len(range(top, height, down)) if columns else b""
    return _png(width, height, colours, zlib.compress(rows + bytes(more)), interlaced=True)


def _png(width: int, height: int, colours: int, packed: bytes, *, interlaced: bool) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def jpeg_bomb() -> bytes:
    """A JPEG whose frame claims 60000 by 60000 pixels."""
    data = bytearray(image("JPEG"))
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(data)


def scan_bomb(scans: int, hidden: bool = False) -> bytes:
    """A JPEG that draws its last scan so many times more; `hidden` from who takes TEM for a segment."""
    data = image("JPEG", (64, 48), "L", progressive=True)
    last = data.rindex(b"\xff\xda")
    more = data[last:-2] * scans
    if hidden:
        more = b"\xff\x01" + struct.pack(">H", len(more) + 2) + more
    return data[:last] + more + data[last:]


def png_and_pdf() -> bytes:
    """A PNG with a PDF document in a comment at its beginning: each kind of reader sees its own."""
    png = image()
    return png[:33] + chunk(b"tEXt", b"Comment\0" + PDF) + png[33:]


def text_bomb() -> bytes:
    """A PNG whose compressed comment unpacks to 100 MB."""
    png = image()
    return png[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9)) + png[33:]


def png_and_archive() -> bytes:
    """A PNG with an archive in its last chunk."""
    return image()[:-12] + chunk(b"teXt", archive()) + chunk(b"IEND", b"")
