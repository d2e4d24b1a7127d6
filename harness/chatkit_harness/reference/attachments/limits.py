"""How much may be attached, and for how long what is not used is kept."""

from __future__ import annotations

from dataclasses import dataclass

ALLOWED = {"image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf"}
"""The types that are taken, each with the ending of its files."""


@dataclass(frozen=True)
class AttachmentLimits:
    """Bytes, pixels and seconds.

    `image_pixels` is width times height, checked before anything is decoded. `receive_s` is the time for a
    whole upload to arrive, `upload_s` how long an upload link is good, and how long an announced file may be
    missing; `unsent_s` how long a file waits for the message that it belongs to. `model_bytes` of files go to
    the model with a turn, the newest first.
    """

    file_bytes: int = 10 * 1024**2
    user_bytes: int = 100 * 1024**2
    user_files: int = 200
    message_files: int = 10
    image_pixels: int = 40_000_000
    preview_side: int = 512
    receive_s: float = 120.0
    upload_s: float = 15 * 60.0
    unsent_s: float = 24 * 3600.0
    model_bytes: int = 20 * 1024**2
