"""The attachment store that a word names, as servers and scenarios write it."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from pathlib import Path
from typing import Any

from .store import DEFAULT_URL, DiskAttachmentStore

NEEDED = {"PIL": "pillow", "puremagic": "puremagic", "python_multipart": "python-multipart"}
"""Modules that are imported once a file comes in, and the packages that bring them."""


def open_attachments(word: str, store: Any) -> DiskAttachmentStore:
    """The store for `disk` (the folder UPLOAD_DIR, else a new one in the working folder) or `disk:PATH`.

    PUBLIC_URL is where clients reach the server. Raises ValueError for another word, OSError for a folder
    that cannot be had, and RuntimeError where a package is missing that files are looked at with.
    """
    kind, colon, path = word.partition(":")
    if kind != "disk" or (colon and not path):
        raise ValueError(f"attachments may be disk or disk:PATH, not {word!r}")
    missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise RuntimeError(
            f"attachments need {', '.join(missing)}: install reference/requirements/attachments.txt"
        )
    folder = path or os.environ.get("UPLOAD_DIR") or tempfile.mkdtemp(prefix="uploads-", dir=".")
    return DiskAttachmentStore(
        Path(folder).expanduser(), store, public_url=os.environ.get("PUBLIC_URL") or DEFAULT_URL
    )
