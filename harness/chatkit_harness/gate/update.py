"""`--update-baseline`: the baseline with which this gate passes, as far as no person has to decide.

New findings are added. What no longer occurs is removed. An entry that holds stays to the letter. So does one
that has expired, and it still fails: its day was a promise, and only a person can give another one. So does
one for a scenario that is not there: only a person knows what that is called now.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import ConfigurationError, OutputError
from chatkit_harness.core.nouns import Finding
from chatkit_harness.documents import read_yaml
from chatkit_harness.results import write_whole

from .baseline import UNEXPLAINED, Accepted, Baseline, accepted_until, entry_form, read_baseline, written
from .baseline_text import edited, rewritten, says
from .changes import CaseKey
from .findings import FAILURE, cases_by_finding
from .problems import Problem
from .stale import stale
from .verdict import Compared, verdict

_REASON = 3
"""The schema's: letters that a reason has at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What became of a baseline. `expired` are entries that only a person can give another day.

    `text` is what the file is to hold, None where it can stay as it is or where none is needed;
    `copy` is where the old file is kept, where it had to be written anew, so that its layout and the
    comments in it are lost.
    """

    file: Path
    kept: tuple[Accepted, ...] = ()
    added: tuple[Accepted, ...] = ()
    dropped: tuple[Accepted, ...] = ()
    expired: tuple[Accepted, ...] = ()
    text: str | None = None

    @property
    def baseline(self) -> Baseline:
        """What is accepted from now on."""
        return Baseline(accepted=(*self.kept, *self.added))

    copy: Path | None = None


def updated(file: Path, compared: Compared, *, today: dt.date, reason: str | None = None) -> Update:
    """How a baseline file has to change, which need not exist yet; nothing is written.

    Raises ConfigurationError where the file cannot be read or is not valid.
    """
    before = read_baseline(file) if file.exists() else Baseline()
    gone = {n: before.accepted[n] for n in stale(compared, before.accepted)}
    kept = tuple(each for n, each in enumerate(before.accepted) if n not in gone)
    judged = verdict(compared, Baseline(accepted=kept), today=today)
    added = tuple(_added(judged.problems, kept, compared, today, reason or UNEXPLAINED))
    found = Update(
        file=file,
        kept=kept,
        added=added,
        dropped=tuple(gone.values()),
        expired=tuple(each for each in kept if each.expired(today)),
    )
    return _with_text(found, list(gone)) if added or gone else found


def write(update: Update) -> None:
    """Write a baseline file whole or not at all, and first keep the old one where its layout is lost.

    Raises OutputError where it cannot be written.
    """
    if update.text is None:
        return
    file = update.file.resolve()  # a link stays one
    if update.copy is not None:
        write_whole(update.copy, file.read_bytes())
    mode = file.stat().st_mode if file.exists() else None
    write_whole(file, update.text)
    if mode is not None:
        file.chmod(mode)


def require_writable(file: Path) -> None:
    """Raise OutputError now rather than when everything has been driven."""
    whole = file.resolve()
    scratch = whole.with_name(f".{uuid.uuid4().hex}.part")
    try:
        if whole.exists():
            whole.open("r+b").close()
        scratch.open("xb").close()
        scratch.unlink()
    except OSError as error:
        cause = f"It cannot be written: {error.strerror or error}."
        raise OutputError(str(file), cause, "Name a file elsewhere with --baseline.") from None


def require_reason(reason: str | None) -> None:
    """Raise ConfigurationError for a reason that says nothing."""
    if reason is not None and len(reason.strip()) < _REASON:
        raise ConfigurationError(f"--reason {reason!r}", "It says nothing.", "Say why it is borne.")


def update_form(update: Update) -> dict[str, Any]:
    """An update as the gate's document tells it."""
    return {
        "file": str(update.file),
        "written": update.text is not None,
        "copy": str(update.copy) if update.copy else None,
        "kept": len(update.kept),
        "added": [_form(each) for each in update.added],
        "dropped": [_form(each) for each in update.dropped],
        "expired": [_form(each) for each in update.expired],
    }


def _form(entry: Accepted) -> dict[str, str | None]:
    return {"scenario": None, "path": None, **entry_form(entry)}


def _added(
    problems: Iterable[Problem], kept: Sequence[Accepted], compared: Compared, today: dt.date, reason: str
) -> Iterator[Accepted]:
    """An entry a finding; where older entries are about it in some cases, one for each of the others."""
    cases = cases_by_finding(compared)
    older: dict[tuple[str, str], list[Accepted]] = {}
    for each in kept:
        older.setdefault((each.rule, each.key), []).append(each)
    for finding in _findings(problems):
        name = finding.rule, finding.key
        if name in older or name == FAILURE:
            known = Baseline(accepted=tuple(older.get(name, ())))
            yield from _narrowed(finding, cases.get(name, ()), known, today, reason)
        else:
            yield accepted_until(finding, today, reason=reason)


def _findings(problems: Iterable[Problem]) -> list[Finding]:
    """Each finding once."""
    found = [each for problem in problems for each in problem.findings if _can_be_named(each)]
    return list({(each.rule, each.key): each for each in reversed(found)}.values())[::-1]


def _can_be_named(finding: Finding) -> bool:
    """Whether a file can hold its key: half a surrogate pair is no text."""
    return bool(finding.key) and not any("\ud800" <= letter <= "\udfff" for letter in finding.key)


def _narrowed(
    finding: Finding, cases: Iterable[CaseKey], known: Baseline, today: dt.date, reason: str
) -> Iterator[Accepted]:
    """An entry for each scenario and path of which no older entry says anything."""
    free = [each for each in cases if known.entry(finding, scenario=each.scenario, path=each.path) is None]
    for scenario, path in dict.fromkeys((each.scenario, each.path) for each in free):
        yield accepted_until(finding, today, reason=reason, scenario=scenario, path=path)


def _with_text(update: Update, dropped: Sequence[int]) -> Update:
    """The update with what the file is to hold; `dropped` are the places of entries that go."""
    entries = update.baseline.accepted
    if not update.file.exists():
        found = replace(update, text=written(entries))
    else:
        located = read_yaml(update.file, error=ConfigurationError)
        text = update.file.read_bytes().decode("utf-8")
        changed = edited(text, located, dropped, update.added)
        copy = _free(update.file) if changed is None else None
        found = replace(update, text=changed or rewritten(text, entries), copy=copy)
    if not says(found.text or "", [entry_form(each) for each in entries]):
        cause = f"A file that accepts these {len(entries):,} findings could not be read again."
        raise ConfigurationError(str(update.file), cause, "Mend what most of them have in common first.")
    return found


def _free(file: Path) -> Path:
    """A name for the old file that no earlier one has: what was kept before is kept still."""
    names = (f"{file.name}.bak{f'.{n}' if n > 1 else ''}" for n in itertools.count(1))
    return next(path for name in names if not os.path.lexists(path := file.with_name(name)))
