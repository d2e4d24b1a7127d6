"""Commands that prose only means: a fallback for answers that write none out."""

from .read import MOST_PROSE, from_prose, read_prose

__all__ = ["MOST_PROSE", "from_prose", "read_prose"]
