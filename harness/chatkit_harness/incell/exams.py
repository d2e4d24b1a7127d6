"""Examines a store or a server: one rule, one case, and an outcome in words."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from . import tracebacks, user_server
from .exam import Examination, UnsupportedError
from .plain_context import HINT, asked_in_vain, plain_context, texts
from .subject import Subject
from .unjudged import UnjudgedError
from .user_files import UserServerError
from .waiting import maybe

Found = Dict[str, Any]
DOWN = "StoreUnavailableError: "
"""How a store of the reference server's own begins to say that it cannot be reached."""


async def examine(case: Mapping[str, Any]) -> Found:
    """What came of the case's exam. Raises UserServerError, or what making the subject ready raises."""
    kind, _slash, name = str(case["exam"]).partition("/")
    if kind == "contract":
        told = await _contract(name, case["store"])
    else:
        told = await _conformance(name, case)
    if asked_in_vain([told["reason"], told["breaches"]]):
        raise UserServerError(HINT)  # whichever rule it was: nothing is known of any of them
    await require_store(case, told)
    return told


async def require_store(case: Mapping[str, Any], told: Found) -> None:
    """Raise where a store of the reference server's own is or was down: no rule was broken then.

    Raises UnjudgedError, or what the store itself says when it is opened once more.
    """
    store = case.get("store")
    if told["outcome"] == "held" or store is None or store["word"] is None:
        return
    made = await maybe(user_server.load_store(store)())
    try:
        await made.ready()
    finally:
        await made.close()
    if any(DOWN in text for text in texts([told["reason"], told["breaches"]])):
        raise UnjudgedError(
            f"the store {store['word']} was out of reach for a while: see that it stays up, and run again"
        )


async def _contract(name: str, store: Mapping[str, Any]) -> Found:
    from . import contract

    contexts = user_server.context_factory(store["module"], store["context"]) or plain_context
    names = {"store": f"{store['module']}:{store['attribute']}"}
    if store["context"]:
        names["context"] = store["context"]
    own = names if store["word"] is None else None
    return await contract.examine(name, user_server.load_store(store), contexts, names=own)


async def _conformance(name: str, case: Mapping[str, Any]) -> Found:
    from . import conformance

    subject, exam = Subject(case), Examination()
    await subject.open()
    try:
        await conformance.EXAMS[name](exam, conformance.Client(subject, case))
    except UnsupportedError as unsupported:
        return found(exam, reason=str(unsupported))
    finally:
        await subject.close()
    return found(exam)


def found(exam: Examination, reason: str | None = None) -> Found:
    """What an examination came to; a breach that was seen counts, whatever is unsupported after it."""
    broken = any(not each["advice"] for each in exam.breaches)
    outcome = "broken" if broken else "unsupported" if reason else "held"
    return {"outcome": outcome, "reason": reason, "asked": exam.asked, "breaches": exam.breaches}


def late() -> Found:
    """What an exam that had to be ended came to."""
    exam = Examination()
    exam.require(False, "hung", "the exam took longer than the case's time limit")
    return found(exam)


def failed(error: BaseException) -> Dict[str, Any]:
    """An exception in a few words, for evidence."""
    told = tracebacks.describe(error)
    return {"type": told["type"], "message": told["message"][:300]}
