"""Findings that share one root, told once. Pure: cases and cells in, causes out."""

from chatkit_harness.causes.group import group

__all__ = ["group"]
