"""Names of files: shown to people and sent with downloads, and never a path."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from .limits import ALLOWED

MAX_CHARACTERS = 150
UNNAMED = "file"
_ENDINGS = {"image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif")}


def display_name(given: str) -> str:
    """The last part of a name without what cannot be seen: controls, marks that turn the direction."""
    last = re.split(r"[/\\]", given)[-1]
    seen = "".join(
        each for each in unicodedata.normalize("NFC", last) if unicodedata.category(each)[0] != "C"
    )
    name = seen.strip().strip(".").strip()
    if len(name) > MAX_CHARACTERS:
        stem, dot, ending = name.rpartition(".")
        short = dot and len(ending) <= 8
        name = f"{stem[: MAX_CHARACTERS - 9]}.{ending}" if short else name[:MAX_CHARACTERS]
    return name or UNNAMED


def content_disposition(name: str, mime_type: str) -> str:
    """The header that has a browser save a file under its name, with the ending of what it really is."""
    endings = _ENDINGS.get(mime_type, (ALLOWED[mime_type],))
    full = name if name.lower().endswith(endings) else f"{name}{endings[0]}"
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", full)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(full, safe='')}"
