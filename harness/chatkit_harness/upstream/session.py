"""One cell's conversation with the model on loopback, case by case."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from chatkit_harness.core.redaction import redact
from chatkit_harness.core.transcript import CassetteFacts, Exchange
from chatkit_harness.upstream.cassette import Cassette, Fault, Interaction, api_of
from chatkit_harness.upstream.delivery import Progress
from chatkit_harness.upstream.match import Matcher, Verdict
from chatkit_harness.upstream.nouns import Reply
from chatkit_harness.upstream.reply import (
    error_reply,
    exhausted_reply,
    fault_reply,
    recorded_reply,
)
from chatkit_harness.upstream.story import story_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """What one case asked of the model. `strays` are requests that came outside any case, in words."""

    exchanges: tuple[Exchange, ...]
    facts: CassetteFacts | None
    strays: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Answered:
    """One exchange while it lasts: what is known at its beginning, and how far its reply has come."""

    exchange: Exchange
    reply: Reply
    pacing: float
    progress: Progress = field(default_factory=Progress)

    def told(self, clock_start: float) -> Exchange:
        """The exchange as it stands now."""
        ended = self.progress.ended
        return replace(
            self.exchange,
            chunks=self.progress.chunks,
            bytes=self.progress.bytes,
            aborted=self.progress.aborted,
            ended_at_ms=None if ended is None else round((ended - clock_start) * 1000, 3),
        )


class _Case:
    """A case in progress: its cassette, what is used of it, and what was exchanged."""

    def __init__(
        self,
        cassette: Cassette | None,
        words: Sequence[str],
        pacing: float,
        clock_start: float,
        faults: Mapping[int, Fault],
    ) -> None:
        self.cassette, self.pacing, self.clock_start = cassette, pacing, clock_start
        self.faults = dict(faults)
        self.matcher = Matcher(cassette, words) if cassette else None
        self.answered: list[Answered] = []

    def answer(self, method: str, path: str, raw: bytes, arrived: float) -> Answered:
        """The answer to a request, already listed among the case's exchanges."""
        body = _parsed(raw)
        exchange, reply = self._verdict(method, path, body)
        exchange = replace(
            exchange,
            at_ms=round((arrived - self.clock_start) * 1000, 3),
            status=reply.status,
            streamed=reply.streamed,
            retry_after_ms=reply.retry_after_ms,
            noted=(*exchange.noted, *reply.noted),
        )
        answered = Answered(exchange=exchange, reply=reply, pacing=self.pacing)
        self.answered.append(answered)
        return answered

    def _verdict(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[Exchange, Reply]:
        api = api_of(path) if method == "POST" else None
        asked = Exchange(
            at_ms=0,
            method=method,
            path=path,
            outcome="matched",
            status=200,
            request=redact(body if body is not None else {}),
        )
        if api is None:
            return replace(asked, outcome="unsupported"), error_reply(
                404, "harness_unsupported", f"The model on loopback serves no {method} {path}."
            )
        if body is None:
            verdict = Verdict(difference=("the request's body is no JSON object",))
            return _unmatched(asked, verdict)
        fault = self.faults.get(len(self.answered) + 1)
        if fault is not None and fault.status is not None:
            return replace(asked, outcome="fault"), fault_reply(fault)
        if self.matcher is None or self.cassette is None:
            return _unmatched(asked, Verdict(difference=("the scenario has no script and no cassette",)))
        verdict = self._always(api) if self.cassette.always else self.matcher.take(api, body)
        if verdict.exhausted:
            noted = ("the recording goes no further: answered with an empty response",)
            exhausted = replace(asked, outcome="exhausted", noted=noted)
            return exhausted, exhausted_reply(api, body, len(self.answered))
        if verdict.interaction is None:
            return _unmatched(asked, verdict)
        return self._matched(asked, body, verdict, verdict.interaction, fault)

    def _always(self, api: str) -> Verdict:
        """The one answer of a cassette that answers whatever is asked."""
        assert self.cassette is not None  # noqa: S101  # the caller has one
        for number, interaction in enumerate(self.cassette.interactions):
            if interaction.api == api:
                return Verdict(interaction=number)
        return Verdict(difference=("there is no answer for this endpoint",))

    def _matched(
        self, asked: Exchange, body: dict[str, Any], verdict: Verdict, number: int, fault: Fault | None
    ) -> tuple[Exchange, Reply]:
        assert self.cassette is not None  # noqa: S101  # a verdict with an interaction has a cassette
        interaction = self.cassette.interactions[number]
        recorded = self.cassette.provenance.origin == "recording"
        steps = story_of(self.cassette).steps
        given, made = next((step.tokens for step in steps if step.number == number), (None, None))
        said = said_anew(interaction) if self.cassette.always else interaction
        reply = recorded_reply(said, body, fault, without=self.cassette.without)
        exchange = replace(
            asked,
            outcome="fault" if (fault or interaction.fault) and reply.missed is None else "matched",
            interaction=number,
            missed=reply.missed,
            noted=verdict.noted,
            critical_ms=interaction.model_ms if recorded else None,
            input_tokens=given,
            output_tokens=made,
        )
        return exchange, reply

    def facts(self) -> CassetteFacts | None:
        """What a report must say of the cassette."""
        if self.cassette is None or self.matcher is None:
            return None
        provenance = self.cassette.provenance
        return CassetteFacts(
            name=self.cassette.name,
            origin="script" if provenance.origin == "script" else "recording",
            interactions=len(self.cassette.interactions),
            unused=() if self.cassette.always else self.matcher.unused,
            recorded=provenance.recorded,
            model=provenance.model,
            expired=self.cassette.expired(datetime.now(UTC)),
        )


class Session:
    """What one cell talks to; its `base_url` stays the same for all its cases.

    `settle` waits until what the cell has sent has come: its last request may still be on its way.
    """

    def __init__(
        self,
        token: str,
        base_url: str,
        soon: Callable[[Callable[[], object]], None],
        closed: Callable[[str], None],
        settle: Callable[[], None],
    ) -> None:
        self.token, self.base_url = token, base_url
        self._soon, self._closed, self._settle = soon, closed, settle
        self._lock = threading.Lock()
        self._case: _Case | None = None
        self._strays: list[str] = []

    def begin(
        self,
        cassette: Cassette | None,
        words: Sequence[str],
        *,
        pacing: float = 0,
        clock_start: float | None = None,
        faults: Mapping[int, Fault] | None = None,
    ) -> None:
        """A case begins, with its cassette and all that its user will say.

        `pacing` 0 answers at once, 1 waits as long as the model did, others scale. `clock_start` is the
        case's zero on `time.monotonic()`. `faults` befall the nth request of the case, counted from 1.
        A case that was not ended is dropped.
        """
        start = time.monotonic() if clock_start is None else clock_start
        case = _Case(cassette, words, pacing, start, faults or {})
        with self._lock:
            left, self._case = self._case, case
        self._stop(left)

    def end(self) -> SessionReport:
        """The case is over: what it asked for. Replies that are still being sent are cut."""
        if self._case is not None:
            self._settle()  # on a busy machine it would be taken for the next case's
        with self._lock:
            case, self._case = self._case, None
            strays, self._strays = tuple(self._strays), []
        if case is None:
            return SessionReport(exchanges=(), facts=None, strays=strays)
        exchanges = tuple(each.told(case.clock_start) for each in case.answered)
        self._stop(case)
        return SessionReport(exchanges=exchanges, facts=case.facts(), strays=strays)

    def progress(self) -> tuple[Exchange, ...]:
        """What the running case has asked for so far."""
        with self._lock:
            case = self._case
            return tuple(each.told(case.clock_start) for each in case.answered) if case else ()

    def close(self) -> None:
        """The session is over: its address answers nothing any more."""
        self.end()
        self._closed(self.token)

    def answer(self, method: str, path: str, raw: bytes, arrived: float) -> Answered:
        """The answer to a request of the cell; called in the server's thread."""
        with self._lock:
            if self._case is not None:
                return self._case.answer(method, path, raw, arrived)
            self._strays.append(f"{method} {path} outside any case")
        asked = Exchange(at_ms=0, method=method, path=path, outcome="unmatched", status=409, request={})
        reply = error_reply(409, "harness_no_case", "No case is running in this session.")
        return Answered(exchange=asked, reply=reply, pacing=0)

    def _stop(self, case: _Case | None) -> None:
        events: list[asyncio.Event] = [each.progress.stop for each in case.answered] if case else []
        for event in events:
            self._soon(event.set)


_ID = re.compile(rb'(?<=")([a-z]+[_-])([0-9a-f]{24,})(?=")')


def said_anew(interaction: Interaction, *, calls: bool = True) -> Interaction:
    """The interaction with ids that no other answer has: a model never gives one twice.

    Without `calls` the ids of calls stay, by which the answer to what follows them is found.
    """
    ids: dict[bytes, bytes] = {}

    def fresh(found: re.Match[bytes]) -> bytes:
        kind, old = found.groups()
        if kind == b"call_" and not calls:
            return found[0]
        # As long as it was: no chunk begins anywhere else.
        return kind + ids.setdefault(old, secrets.token_hex(len(old)).encode()[: len(old)])

    body, place, chunks = _ID.sub(fresh, interaction.body), 0, []
    for chunk in interaction.chunks:
        chunks.append(replace(chunk, data=body[place : place + len(chunk.data)]))
        place += len(chunk.data)
    return replace(interaction, chunks=tuple(chunks))


def _unmatched(asked: Exchange, verdict: Verdict) -> tuple[Exchange, Reply]:
    told = "; ".join(verdict.difference)
    near = f" Nearest is interaction {verdict.nearest}." if verdict.nearest is not None else ""
    message = f"No interaction of the cassette matches this request.{near} It differs: {told}."
    exchange = replace(asked, outcome="unmatched", nearest=verdict.nearest, difference=verdict.difference)
    return exchange, error_reply(400, "harness_unmatched", message)


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
