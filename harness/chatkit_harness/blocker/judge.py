"""What became of a cause: pure, from what was seen of it."""

from __future__ import annotations

from collections.abc import Iterator

from chatkit_harness.machine.uv import UvResult

from .nouns import Blocker, Diagnosis, Patient, Tried, Verdict
from .recipes import MORE

FAILED, UNAVAILABLE = 1, 3


def judge(key: str, patient: Patient) -> tuple[Verdict, str]:
    """The verdict on a cause that doctor should call `key`, and what was not as wished."""
    if why := _impossible(patient):
        return "not possible here", why
    if why := _reproduced(patient):
        return "not reproduced", why
    if why := _named(key, patient.diagnosis):
        return "doctor named another", why
    if why := _cured(patient):
        return "not cured", why
    return "cured", ""


def _impossible(patient: Patient) -> str:
    """What kept the cause from being shown, and says nothing of it; empty where nothing did."""
    if patient.reason:
        return patient.reason
    for done in patient.done:
        if done.status != 0 and UvResult(status=done.status, stdout="", stderr=done.said).out_of_reach:
            return f"the package index is out of reach: {done.said}"
    tries = [each for each in (patient.before, patient.after) if each is not None]
    return next((_broken(each) for each in tries if _broken(each)), "")


def _broken(tried: Tried) -> str:
    """Why a conversation with an environment broke, which is the harness's own trouble."""
    return f"driving a message broke: {tried.talk.reason}" if tried.talk.outcome == "error" else ""


def _reproduced(patient: Patient) -> str:
    """Why the message that is known was not seen; empty where it was."""
    before = patient.before
    if before is None:
        return "it was never tried"
    if before.works:
        return "the program starts, and its first message gets its widget"
    if not fits(before.error, patient.expected):
        return f"it says {before.error!r}, where {patient.expected!r} is known"
    return "" if before.talk.outcome == "fail" else "a message that is driven gets its widget all the same"


def fits(message: str, expected: str) -> bool:
    """Whether a message is the known one, to the letter; of one that goes on, its beginning."""
    if expected.endswith(MORE):
        return message.startswith(expected.removesuffix(MORE))
    return message == expected


def _named(key: str, diagnosis: Diagnosis | None) -> str:
    named = diagnosis.keys if diagnosis is not None else ()
    if named == (key,):
        return ""
    said = ", ".join(named) or (diagnosis.verdict if diagnosis is not None else "nothing")
    return f"doctor says {said}, where {key} is the cause"


def _cured(patient: Patient) -> str:
    failed = [each for each in patient.done if each.status != 0]
    if failed:
        return f"the cure's command failed: {failed[0].said or f'exit status {failed[0].status}'}"
    if not patient.done:
        return "doctor named no command"
    if patient.healthy is None or patient.healthy.verdict != "healthy":
        left = patient.healthy.keys if patient.healthy is not None else ()
        return f"doctor does not find it healthy afterwards: {', '.join(left) or 'it is not known why'}"
    return works(patient.after)


def works(after: Tried | None) -> str:
    """Why a message does not get its widget; empty where it does."""
    if after is None:
        return "nothing was driven"
    if after.message:
        return f"the program says {after.message!r}"
    if after.talk.outcome != "pass":
        return f"driving a message came to {after.talk.outcome}: {after.talk.reason}"
    return "" if after.talk.widget else "no widget came"


def status(found: Blocker) -> int:
    """0 where every cause was reproduced, named and cured; 1 where one was not; 3 where one could not be."""
    return max(_statuses(found), key=(0, UNAVAILABLE, FAILED).index)


def _statuses(found: Blocker) -> Iterator[int]:
    yield 0
    if _broken(found.control):
        yield UNAVAILABLE
    elif works(found.control) or found.diagnosis.verdict != "healthy":
        yield FAILED
    for cause in found.causes:
        if cause.verdict != "cured":
            yield UNAVAILABLE if cause.verdict == "not possible here" else FAILED
    for option in found.options:
        if option.blocked.tried is None or option.fresh.tried is None:
            yield UNAVAILABLE
