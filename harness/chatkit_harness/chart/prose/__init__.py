"""Commands that prose only means: a fallback for answers that write none out."""

from .read import from_prose, read_prose

__all__ = ["from_prose", "read_prose"]
