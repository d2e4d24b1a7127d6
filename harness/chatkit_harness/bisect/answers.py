"""What a probe can answer."""

from __future__ import annotations

from typing import Literal

Answer = Literal["good", "bad", "unsatisfiable", "flaky"]
"""good: the case passes. bad: it fails by what is searched for. unsatisfiable: no set of pins exists, or it
fails by something else before, which says nothing of either. flaky: it fails now and then."""

ANSWERS: tuple[Answer, ...] = ("good", "bad", "unsatisfiable", "flaky")
