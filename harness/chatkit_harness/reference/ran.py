"""Tells that a tool begins, for whoever wants to know whether one ran that should not have."""

from __future__ import annotations

import logging

log = logging.getLogger("chatkit_harness.ran")


def tool_begins(name: str) -> None:
    """Say so, in a record that nobody reads who does not listen for it."""
    log.debug("tool", extra={"tool_ran": name})
