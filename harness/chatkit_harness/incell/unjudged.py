"""What keeps a case from being judged, in words for the user."""

from __future__ import annotations


class UnjudgedError(Exception):
    """What is met says nothing about the versions: who asked has to see to something else first."""
