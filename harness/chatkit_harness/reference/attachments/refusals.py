"""What is answered to who attaches something that is not taken: an HTTP status, a code, and a sentence."""

from __future__ import annotations

from typing import Any


class AttachmentRefusedError(Exception):
    """An attachment that is not taken; `message` can be shown to the user as it stands."""

    def __init__(self, status: int, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details


def too_large(limit: int) -> AttachmentRefusedError:
    """413: more bytes than one file may have."""
    shown = f"{limit // 1024**2} MB" if limit >= 1024**2 else f"{limit} bytes"
    return AttachmentRefusedError(
        413, "file_too_large", f"A file may have {shown} at most.", limit_bytes=limit
    )


def longer(announced: int) -> AttachmentRefusedError:
    """413: more bytes than were announced."""
    message = "The file is larger than was announced."
    return AttachmentRefusedError(413, "file_too_large", message, limit_bytes=announced)


def no_room(limit: int) -> AttachmentRefusedError:
    """413: the user's files would be more than they may have together."""
    message = "Your files take all the room that you have: delete some first."
    return AttachmentRefusedError(413, "no_room_left", message, limit_bytes=limit)


def wrong_type() -> AttachmentRefusedError:
    """415: none of the types that are taken, whatever its name says."""
    return AttachmentRefusedError(
        415, "type_not_allowed", "Only PNG and JPEG images and PDF documents can be attached."
    )


def mismatch(declared: str, found: str) -> AttachmentRefusedError:
    """415: the content is of another type than was said."""
    message = f"The file was announced as {declared}, and it is {found}."
    return AttachmentRefusedError(415, "type_mismatch", message, declared=declared, found=found)


def unsafe(message: str) -> AttachmentRefusedError:
    """422: of a type that is taken, and not to be trusted, or not whole."""
    return AttachmentRefusedError(422, "file_not_usable", message)


def incomplete(announced: int, received: int) -> AttachmentRefusedError:
    """422: not as many bytes as were announced."""
    message = "The file is not complete: send it again."
    return AttachmentRefusedError(
        422, "upload_incomplete", message, announced_bytes=announced, received_bytes=received
    )


def not_uploaded(name: str) -> AttachmentRefusedError:
    """409: the attachment is there, and its file is not."""
    return AttachmentRefusedError(409, "not_uploaded", f"{name} has not been uploaded yet.")


def already_uploaded() -> AttachmentRefusedError:
    """409: an upload that is done, or under way."""
    return AttachmentRefusedError(409, "already_uploaded", "This file has been uploaded already.")


def bad_upload(message: str) -> AttachmentRefusedError:
    """422: no upload at all."""
    return AttachmentRefusedError(422, "invalid_upload", message)


def busy() -> AttachmentRefusedError:
    """503: too many images wait to be looked at, or the server is about to end."""
    message = "Too many images are being looked at: try again later."
    return AttachmentRefusedError(503, "uploads_busy", message)


def bad_link(*, expired: bool) -> AttachmentRefusedError:
    """403: a link that nobody signed, or that was good once."""
    if expired:
        return AttachmentRefusedError(403, "link_expired", "This link has expired: ask for a new one.")
    return AttachmentRefusedError(403, "link_invalid", "This link is none of this server's.")
