"""What became of a cause: pure, from what was seen of it."""

from __future__ import annotations

from collections.abc import Iterable

from .nouns import Blocker, CauseResult, Diagnosis, Patient, Tried, Verdict
from .recipes import MORE

FAILED, UNAVAILABLE = 1, 3


def judge(key: str, patient: Patient) -> tuple[Verdict, str]:
    """The verdict on a cause that doctor should call `key`, and what was not as wished."""
    if patient.reason:
        return "not possible here", patient.reason
    for verdict, why in (
        ("not reproduced", _reproduced(patient)),
        ("doctor named another", _named(key, patient.diagnosis)),
        ("not cured", _cured(patient)),
    ):
        if why:
            return verdict, why  # type: ignore[return-value]  # the three words are verdicts
    return "cured", ""


def _reproduced(patient: Patient) -> str:
    """Why the message that is known was not seen; empty where it was."""
    before = patient.before
    if before is None:
        return "it was never tried"
    if before.works:
        return "the program starts, and its first message gets its widget"
    if not fits(before.error, patient.expected):
        return f"it says {before.error!r}, where {patient.expected!r} is known"
    if before.talk.outcome != "fail":
        return f"driving a message came to {before.talk.outcome}: {before.talk.reason}"
    return ""


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
    if works(found.control) or found.diagnosis.verdict != "healthy":
        return FAILED
    return max(_status(found.causes), key=(0, UNAVAILABLE, FAILED).index)


def _status(causes: Iterable[CauseResult]) -> list[int]:
    tried = [UNAVAILABLE if each.verdict == "not possible here" else FAILED for each in causes
             if each.verdict != "cured"]  # fmt: skip
    return [*tried, 0]
