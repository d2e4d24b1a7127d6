"""The bakery's sessions."""

from __future__ import annotations

import nox

from chatkit_harness.nox_glue import compat

compat(default=False)


@nox.session(python=False)
def about(session: nox.Session) -> None:
    """Something else that the bakery does with nox."""
    session.log("bread")
