"""What a model said: a cassette, its provenance, its interactions and the chunks of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

Origin = Literal["script", "recording", "foreign"]
"""script: rendered from a scenario. recording: made by `record`. foreign: any other vcrpy file."""

Api = Literal["responses", "chat_completions"]

EXPIRY_DAYS = 180
ENDPOINTS: Mapping[Api, str] = {"responses": "/responses", "chat_completions": "/chat/completions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Bytes that arrived together; `at_ms` since the request was sent, None where nobody measured it."""

    at_ms: float | None = None
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """An event that is no part of an answer, sent after so many of its events."""

    after: int
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong with an answer on purpose.

    A `status` is answered instead of the model's words. Others happen after so many chunks: the connection
    is cut, or cut in the middle of that chunk (`cut_inside_chunk`), the stream ends in good order (`end`), an
    event that is no JSON is sent, nothing comes for `stall_ms`, or nothing more until the client leaves. The
    last ones change a stream's events: odd ones are put in, types sent twice (`repeat`), two neighbours
    swapped, and sequence numbers given twice, left out one by one, or not given at all.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    cut_after_chunks: int | None = None
    cut_inside_chunk: int | None = None
    end_after_chunks: int | None = None
    malformed_after_chunks: int | None = None
    silence_after_chunks: int | None = None
    stall_after_chunks: int | None = None
    stall_ms: float = 200
    insert: tuple[Insertion, ...] = ()
    repeat: tuple[str, ...] = ()
    swap_after_chunks: int | None = None
    sequence: Literal["duplicate", "missing", "absent"] | None = None

    @property
    def changes_events(self) -> bool:
        """Whether it is about the events of a stream."""
        changed = (self.insert, self.repeat, self.sequence)
        return any(changed) or self.swap_after_chunks is not None

    @property
    def is_survived(self) -> bool:
        """Whether the whole answer comes all the same, so that the conversation goes on from it."""
        ends = (self.cut_after_chunks, self.cut_inside_chunk, self.end_after_chunks)
        breaks = (self.status, *ends, self.malformed_after_chunks, self.silence_after_chunks)
        return all(each is None for each in breaks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One request to the model and its answer.

    `headers` are those of the answer, by lower-case name, allow-listed. `outputs` are predicates on
    tool outputs by call id or tool name (`upstream.predicates`). `unoffered` lets the answer call tools
    that the request does not offer. `sees` are the kinds of parts besides text (`input_image`) that the
    user's messages in the request must have. `cut` means that the connection ended before the answer did.
    `without` are kinds of events that are not sent (`upstream.faults.kinds_of`).
    """

    request: Mapping[str, Any]
    method: str = "POST"
    uri: str = "https://api.openai.com/v1/responses"
    status: int = 200
    message: str = "OK"
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: tuple[Chunk, ...] = ()
    turn: int | None = None
    outputs: Mapping[str, Any] = field(default_factory=dict)
    unoffered: bool = False
    sees: tuple[str, ...] = ()
    cut: bool = False
    without: tuple[str, ...] = ()
    fault: Fault | None = None

    @property
    def body(self) -> bytes:
        """The whole body of the answer."""
        return b"".join(chunk.data for chunk in self.chunks)

    @property
    def api(self) -> Api | None:
        """Which of the two endpoints was asked, None for any other."""
        return api_of(urlsplit(self.uri).path) if self.method == "POST" else None

    @property
    def streamed(self) -> bool:
        """Whether the answer is server-sent events rather than one JSON document."""
        kind = self.headers.get("content-type", "")
        if "event-stream" in kind:
            return True
        return "json" not in kind and self.body.lstrip()[:6] in (b"event:", b"data: ")

    @property
    def model_ms(self) -> float | None:
        """How long the model took, until its last chunk; None where nobody measured it."""
        times = [chunk.at_ms for chunk in self.chunks if chunk.at_ms is not None]
        return max(times) if times else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a cassette comes from; `recorded` is an ISO instant, `versions` what spoke to the model."""

    origin: Origin
    recorded: str | None = None
    model: str | None = None
    scenario: str | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cassette:
    """Recorded or rendered interactions, in the order in which they took place.

    `always` gives the first one of an endpoint to whatever is asked there, as often as it is asked: for rules
    that do not depend on what the model says. `without` are kinds of events that are left out of all that is
    sent: what a server passes on of them is then missing. Neither is written to a file.
    """

    name: str
    provenance: Provenance
    interactions: tuple[Interaction, ...] = ()
    always: bool = False
    without: tuple[str, ...] = ()

    def expired(self, now: datetime, days: int = EXPIRY_DAYS) -> bool:
        """Whether a live recording is older than `days`; scripts and foreign files never expire."""
        made = _instant(self.provenance.recorded)
        if self.provenance.origin != "recording" or made is None:
            return False
        return now - made > timedelta(days=days)


def api_of(path: str) -> Api | None:
    """The endpoint that a path ends in, None where it is neither."""
    path = path.rstrip("/")
    for api, end in ENDPOINTS.items():
        if path.endswith(end):
            return api
    return None


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
