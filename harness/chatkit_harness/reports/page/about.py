"""What the page tells of a case beside its transcript, where Python knows better than a script could.

The document (`about` of a case):

    reproduce   the command line that shows the case again
    unread      why its transcript cannot be shown
    unseen_model    true where nobody saw what its model was asked: the server runs elsewhere
    cassette, scripted, calls, words_of    whose words the model's were, and how often it was asked
    otherwise, notes    sentences
    turns       a turn: {times, overhead: {first_event_ms, widget_ms, total_ms}, commands, rejected, and of
                a workflow's answer: found, documents, stray, items: [thread items]}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chatkit_harness import chart
from chatkit_harness.causes import reproduce
from chatkit_harness.checks import answers, reading
from chatkit_harness.checks.latency import turn_times
from chatkit_harness.comparison.side import words_of
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.core.transcript import Transcript, Turn
from chatkit_harness.reports.conversation import (
    cassette_label,
    found_words,
    is_scripted,
    said_otherwise,
)
from chatkit_harness.reports.text import clean, clip, runs_elsewhere
from chatkit_harness.reports.view import View


class Teller:
    """Tells of the cases of one run."""

    def __init__(self, seen: View) -> None:
        header = seen.results.header
        self._started = header.started
        self._cells = {cell.id: cell for cell in seen.results.cells}
        self._options = reproduce.options_of_run(header.selection)
        self._seen_by_nobody = {
            cell.id
            for cell in seen.results.cells
            if runs_elsewhere(cell) and not header.selection.get("upstream")
        }

    def about(
        self, case: CaseResult, transcript: Transcript | None, unread: str = "", *, same: bool = False
    ) -> dict[str, Any]:
        """The document; `unread` is why there is no transcript, `same` whether it stands elsewhere."""
        told: dict[str, Any] = {}
        cell = self._cells.get(case.cell)
        if cell is not None:
            told["reproduce"] = clean(
                reproduce.command(case, cell, started=self._started, options=self._options)
            )
        if unread:
            told["unread"] = unread
        if case.cell in self._seen_by_nobody:
            told["unseen_model"] = True
        if same:
            return told
        if transcript is not None:
            told |= self._of_transcript(case, transcript)
        return told

    def _of_transcript(self, case: CaseResult, transcript: Transcript) -> dict[str, Any]:
        notes = [clean(note) for note in transcript.notes]
        if transcript.ended != "completed":
            last = clip(transcript.last_words, 600)
            notes.append(f"The cell's process {_ended(transcript)}. {last}".strip())
        told: dict[str, Any] = {
            "notes": notes,
            "otherwise": said_otherwise(transcript),
            "turns": [_turn(transcript, turn, _invalid(case)) for turn in transcript.turns],
        }
        if case.path != "native":
            told["words_of"] = clean(words_of(transcript))
        if case.cell not in self._seen_by_nobody:  # else what its model said nobody saw
            told |= {
                "cassette": cassette_label(transcript),
                "scripted": is_scripted(transcript),
                "calls": len(transcript.exchanges),
            }
        return told


def _turn(transcript: Transcript, turn: Turn, invalid: frozenset[str]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if not transcript.saved:
        times = turn_times(turn, invalid)
        told |= {"times": times, "overhead": _overhead(transcript, turn, times)}
    commands = [clean(chart.to_text(each.command)) for each in reading.commands(turn)]
    rejected = [clip(f"{each.text}: {each.reason}", 300) for each in reading.rejected(turn)]
    told |= {"commands": commands} if commands else {}
    told |= {"rejected": rejected} if rejected else {}
    found = reading.answer(turn)
    if found is None:
        return told
    return {
        **told,
        "found": found_words(found),
        "documents": len(found.documents),
        "stray": [[start, end] for start, end in found.stray],
        "items": [document for _, document in answers.items(turn)],
    }


def _overhead(
    transcript: Transcript, turn: Turn, times: Mapping[str, float | None]
) -> dict[str, float | None]:
    """What of these times is the server's and the framework's own, as budgets judge it."""
    own: dict[str, float | None] = {}
    for name, took in times.items():
        if took is None:
            own[name] = None
            continue
        waited = reading.waited_ms(transcript, turn, turn.sent_at_ms + took)
        own[name] = round(max(0.0, took - waited - (turn.starved_ms or 0.0)), 3)
    return own


def _invalid(case: CaseResult) -> frozenset[str]:
    """The items whose widget is none that a client can draw."""
    return frozenset(
        str(each.evidence["item"])
        for each in case.findings
        if each.rule.startswith("widgets/") and each.severity == "error" and "item" in each.evidence
    )


def _ended(transcript: Transcript) -> str:
    how = {
        "timeout": "did not end in time and was ended",
        "exited": f"exited with status {transcript.exit_code}",
        "signalled": f"was ended by {transcript.signal or 'a signal'}",
        "unreadable": "wrote a transcript that cannot be read",
    }
    return how.get(transcript.ended, transcript.ended)
