"""The rules that every ChatKit server has to keep, whatever it is about: one exam each.

Named like the scenarios that ask for them: `conformance/unknown-thread` is `EXAMS["unknown-thread"]`.
"""

from __future__ import annotations

from typing import Awaitable, Callable, Dict

from chatkit_harness.incell.exam import Examination

from . import errors, ownership, paging, protocol, storage
from .client import Client

Exam = Callable[[Examination, Client], Awaitable[None]]

EXAMS: Dict[str, Exam] = {
    **protocol.EXAMS,
    **errors.EXAMS,
    **paging.EXAMS,
    **storage.EXAMS,
    **ownership.EXAMS,
}

__all__ = ["EXAMS", "Client", "Exam"]
