"""A file that the user attaches: made up here, then uploaded as a page uploads it, in one or two phases."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any, Dict, List, Mapping
from urllib.parse import urlsplit

from . import asgi

BOUNDARY = "chatkit-harness"
WIDTH, HEIGHT = 320, 200
# A grey square of 8 by 8 pixels: the smallest JPEG that every reader takes.
_CODES = bytes([0, 1, *[0] * 15])
_JPEG = b"".join(
    (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
        b"\xff\xdb\x00\x43\x00" + bytes([16] * 64),
        b"\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00",
        b"\xff\xc4\x00\x14\x00" + _CODES,
        b"\xff\xc4\x00\x14\x10" + _CODES,
        b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x3f\xff\xd9",
    )
)
_PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>\nendobj\n"
    b"trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
)


async def upload(app: asgi.App, file: Mapping[str, Any], who: Mapping[str, str]) -> asgi.Answer:
    """Upload a file to an application; the answer to the last request that it takes.

    `file` has `name`, `mime_type` (what is declared) and `content` (what it is), maybe `bytes`, `size` (what
    is announced) and `upload` (direct or two-phase).
    """
    content = made(file["content"], file.get("bytes") or 0)
    if file.get("upload") != "two-phase":
        form = _form(file["name"], file["mime_type"], content)
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return await asgi.call(app, "POST", "/attachments", body=form, headers={"content-type": kind, **who})
    size = file["size"] if file.get("size") is not None else len(content)
    params = {"name": file["name"], "size": size, "mime_type": file["mime_type"]}
    asked = json.dumps({"type": "attachments.create", "params": params}).encode()
    json_type = {"content-type": "application/json", **who}
    announced = await asgi.call(app, "POST", "/chatkit/sdk", body=asked, headers=json_type)
    if announced.status != 200:
        return announced
    where = _where(json.loads(announced.body))
    headers = {"content-type": file["mime_type"], **where["headers"]}
    return await asgi.call(app, where["method"], where["path"], body=content, headers=headers)


def ids(answered: asgi.Answer) -> List[str]:
    """The id of what was uploaded; none where it was refused."""
    return [str(json.loads(answered.body)["id"])] if answered.status == 200 else []


def _where(attachment: Mapping[str, Any]) -> Dict[str, Any]:
    """How to send the file: chatkit up to 1.4.2 told an address alone, from 1.5.0 on also the method."""
    told = attachment.get("upload_descriptor") or {"url": attachment["upload_url"], "method": "PUT"}
    parts = urlsplit(str(told["url"]))
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return {"method": told["method"], "path": path, "headers": told.get("headers") or {}}


def made(kind: str, size: int) -> bytes:
    """A file of that kind, filled up to `size` bytes where it has fewer; the same every time."""
    if kind == "png":
        return _png(WIDTH, HEIGHT, size)
    return _OTHERS[kind].ljust(size, b"\0")


def _png(width: int, height: int, size: int) -> bytes:
    """A PNG that claims these sides; it has the pixels for WIDTH by HEIGHT, and `size` bytes of comment."""
    line = b"\0" + bytes(min(255, 40 + column * 200 // WIDTH) for column in range(WIDTH))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    comment = _chunk(b"tEXt", b"Comment\0".ljust(size, b"-")) if size else b""
    pixels = _chunk(b"IDAT", zlib.compress(line * HEIGHT))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + comment + pixels + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _form(name: str, mime_type: str, content: bytes) -> bytes:
    quoted = name.replace("\\", "\\\\").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
    head += f"Content-Type: {mime_type}\r\n\r\n"
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


_OTHERS = {
    "jpeg": _JPEG,
    "pdf": _PDF,
    "exe": b"MZ\x90\x00".ljust(512, b"\0"),
    "html": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "bomb": _png(50_000, 50_000, 0),
    "cut-off-png": _png(WIDTH, HEIGHT, 0)[:-30],
}
