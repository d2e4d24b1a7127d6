"""Whether a client of the older wire can live with a change: one answer, for schemas and for what was sent.

A client is taken to pass over events and properties that it does not know, as ChatKit's own does with those
of newer servers, and to need whatever it knows: what is no longer there, or stands there in another form.
"""

from __future__ import annotations

from typing import Literal

Effect = Literal["breaking", "harmless"]

GONE: Effect = "breaking"
NEW: Effect = "harmless"


def of_form(*, taken: bool) -> Effect:
    """The effect of another form or value; `taken` is whether the older wire had it, too."""
    return "harmless" if taken else "breaking"
