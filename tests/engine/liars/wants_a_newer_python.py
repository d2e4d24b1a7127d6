"""Asks the standard library for what it does not have."""

from enum import NoSuchEnum  # type: ignore[attr-defined]  # that is the point

__all__ = ["NoSuchEnum"]
