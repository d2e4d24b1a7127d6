"""Puts a transcript together from the messages of a cell, whole even where the messages stop early."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.core.codec import from_document
from chatkit_harness.core.redaction import redact_strings, redact_text
from chatkit_harness.core.transcript import (
    Attempt,
    Authored,
    CaseEnd,
    CassetteFacts,
    CellFacts,
    Event,
    Exam,
    Exchange,
    ImportResult,
    LogRecord,
    Raised,
    Ran,
    Stage,
    Standing,
    Stored,
    Streamed,
    Transcript,
    Turn,
)

from .targets import NATIVE

Message = Mapping[str, Any]


class Assembler:
    """Takes one case's messages as they come; `transcript` may be asked for at any moment."""

    def __init__(self) -> None:
        self.ended = False
        self.cell_ms: float | None = None
        self.failure: Raised | None = None
        self.driver_failure: Raised | None = None
        self._open: dict[int, dict[str, Any]] = {}
        self._log: list[LogRecord] = []
        self._authored: list[Authored] = []
        self._ran: list[Ran] = []
        self._streamed: list[Streamed] = []
        self._standing: list[Standing] = []
        self._stored: Stored | None = None
        self._exam: Exam | None = None
        self._leaks: tuple[str, ...] = ()
        self._attempts: list[Attempt] = []
        self._last_ms = 0.0

    def take(self, message: Message) -> None:
        """One message of the cell. Unknown kinds are ignored: an older host may meet a newer cell."""
        handler = getattr(self, f"_on_{message['type']}", None)
        if handler is not None:
            self._last_ms = max(self._last_ms, float(message.get("at_ms") or 0.0))
            handler(message)

    def _on_turn_started(self, message: Message) -> None:
        self._open[message["turn"]] = {
            "index": message["turn"],
            "user": message["user"],
            "request": message["request"],
            "sent_at_ms": message["at_ms"],
            "events": [],
        }

    def _on_event(self, message: Message) -> None:
        event = Event(at_ms=message["at_ms"], data=message.get("data"), raw=message.get("raw"))
        self._open[message["turn"]]["events"].append(event)

    def _on_turn_ended(self, message: Message) -> None:
        self._open[message["turn"]].update(
            end=message["end"],
            ended_at_ms=message["at_ms"],
            cpu_ms=message["cpu_ms"],
            starved_ms=message["starved_ms"],
            response=message.get("response"),
            message=_words(message.get("message")),
            stages=tuple(map(_stage, message.get("stages") or ())),
            raised=_raised(message.get("raised")),
            passed=tuple(message.get("passed") or ()),
            left_at_ms=message.get("left_at_ms"),
        )

    def _on_log(self, message: Message) -> None:
        self._log.append(
            LogRecord(
                at_ms=message["at_ms"],
                logger=message["logger"],
                level=message["level"],
                message=redact_text(message["message"]),
                turn=message["turn"],
                raised=_raised(message.get("raised")),
            )
        )

    def _on_authored(self, message: Message) -> None:
        self._authored.append(
            Authored(
                at_ms=message["at_ms"],
                turn=message["turn"],
                widget=message["widget"],
                refused=message.get("refused", False),
            )
        )

    def _on_ran(self, message: Message) -> None:
        self._ran.append(Ran(**{key: message[key] for key in ("at_ms", "turn", "tool", "ended")}))

    def _on_streamed(self, message: Message) -> None:
        self._streamed.append(
            Streamed(at_ms=message["at_ms"], turn=message["turn"], dropped=message["dropped"])
        )

    def _on_standing(self, message: Message) -> None:
        told = {key: message[key] for key in ("at_ms", "turn", "task", "collected", "frames")}
        self._standing.append(from_document(Standing, told))

    def _on_stored(self, message: Message) -> None:
        self._stored = Stored(
            thread=message["thread"], items=tuple(message["items"]), raised=_raised(message["raised"])
        )

    def _on_examined(self, message: Message) -> None:
        told = {name: value for name, value in message.items() if name not in ("type", "at_ms")}
        self._exam = from_document(Exam, redact_strings(told, json.dumps(told)))

    def _on_case_failed(self, message: Message) -> None:
        self.failure = _raised(message["raised"])

    def _on_driver_failed(self, message: Message) -> None:
        self.driver_failure = _raised(message["raised"])

    def _on_attempt(self, message: Message) -> None:
        known = {name: message[name] for name in ("at_ms", "turn", "address", "means")}
        address = redact_text(known.pop("address"))
        self._attempts.append(Attempt(**known, address=address, of=message.get("of")))

    def _own_attempts(self) -> Iterator[str]:
        return (each.address for each in self._attempts if each.of is None)

    def _on_case_ended(self, message: Message) -> None:
        self.ended = True
        self.cell_ms = message["at_ms"]
        self._leaks = tuple(message["leaks"])

    def transcript(
        self,
        *,
        scenario: str,
        path: str,
        server: str,
        cell: CellFacts,
        imports: tuple[ImportResult, ...],
        exchanges: tuple[Exchange, ...] = (),
        cassette: CassetteFacts | None = None,
        ended: CaseEnd = "completed",
        ended_at_ms: float | None = None,
        exit_code: int | None = None,
        signal: str | None = None,
        last_words: str = "",
        notes: tuple[str, ...] = (),
    ) -> Transcript:
        """All that is known of the case; a turn that did not end is told as cut (or hung).

        `ended_at_ms` is when the host gave up on it, if it did.
        """
        unfinished = "hung" if ended == "timeout" else "cut"
        turns = []
        for fields in self._open.values():
            last = self._last_ms if ended_at_ms is None else max(self._last_ms, ended_at_ms)
            known = {"end": unfinished, "ended_at_ms": last, **fields}
            turns.append(Turn(**{**known, "events": tuple(fields["events"])}))
        log = list(self._log)
        if self.failure is not None:
            what = "server" if path == NATIVE else "workflow"
            log.append(
                LogRecord(
                    at_ms=0.0,
                    logger=f"chatkit_harness.{what}",
                    level="error",
                    message=f"The {what} could not be made ready.",
                    raised=self.failure,
                )
            )
        return Transcript(
            scenario=scenario,
            path=path,
            server=server,
            cell=cell,
            ended=ended,
            exit_code=exit_code,
            signal=signal,
            last_words=redact_text(last_words),
            imports=imports,
            turns=tuple(turns),
            log=tuple(log),
            authored=tuple(self._authored),
            ran=tuple(self._ran),
            streamed=tuple(self._streamed),
            standing=tuple(self._standing),
            exchanges=exchanges,
            stored=self._stored,
            exam=self._exam,
            cassette=cassette,
            # A process that dies has told its attempts, and not their sum.
            leaks=self._leaks or tuple(dict.fromkeys(self._own_attempts())),
            attempts=tuple(self._attempts),
            notes=notes,
        )


def _stage(document: Mapping[str, Any]) -> Stage:
    # A tool server is named after its program, which may lie in somebody's home folder.
    return from_document(Stage, {**document, "agent": _words(document["agent"])})


def _words(message: Any) -> str | None:
    return redact_text(message) if isinstance(message, str) else None


def _raised(document: Any) -> Raised | None:
    if document is None:
        return None
    return from_document(Raised, _redacted(document))


def _redacted(document: Mapping[str, Any]) -> dict[str, Any]:
    cause = document.get("cause")
    return {
        **document,
        "message": redact_text(str(document["message"])),
        "cause": _redacted(cause) if isinstance(cause, Mapping) else None,
    }
