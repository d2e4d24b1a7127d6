"""Tells that work begins which agents knows nothing of, for whoever wants to know what went on for nobody."""

from __future__ import annotations

import logging

log = logging.getLogger("chatkit_harness.ran")


def work_begins(name: str) -> None:
    """Say so as of a tool, in a record that nobody reads who does not listen for it."""
    log.debug("tool", extra={"tool_ran": name})
