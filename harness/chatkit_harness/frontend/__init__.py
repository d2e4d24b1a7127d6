"""What a browser does with an Agent Builder answer: documents, widgets, commands, and the text left over."""

from chatkit_harness.frontend.message import message_of
from chatkit_harness.frontend.read import read
from chatkit_harness.frontend.reading import (
    BrokenDocument,
    CommandSource,
    FoundCommand,
    FoundDocument,
    FoundWidget,
    Reading,
    RejectedCommand,
    Role,
)

__all__ = [
    "BrokenDocument",
    "CommandSource",
    "FoundCommand",
    "FoundDocument",
    "FoundWidget",
    "Reading",
    "RejectedCommand",
    "Role",
    "message_of",
    "read",
]
