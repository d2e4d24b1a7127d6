"""The replaying model in another process: what cases are told of it, and what it tells of them."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from chatkit_harness.core.codec import from_document
from chatkit_harness.core.errors import UnavailableError
from chatkit_harness.upstream.cassette import Cassette, Fault
from chatkit_harness.upstream.cassette_writer import cassette_text
from chatkit_harness.upstream.session import SessionReport
from chatkit_harness.upstream.standing import CONTROL, VERSION

LIMIT_S = 30.0
_ANOTHER = "Start one of its own: chatkit-harness upstream --port 9001"
_IN_USE = 409


class ModelElsewhere:
    """Talks to a StandingModel; a session of it is a session of the one stage that it has.

    Raises UnavailableError where none answers at `url`, or one that does not say things as this side does.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/").removesuffix("/v1")
        self._run = secrets.token_hex(8)
        _require_same(self._url, self._asked("GET", "", None))

    def open_session(self) -> ElsewhereSession:
        """The one session: cases take turns in it."""
        return ElsewhereSession(self._url, self._asked)

    def _asked(self, method: str, path: str, document: Any) -> Any:
        data = None if document is None else json.dumps({**document, "run": self._run}).encode()
        request = urllib.request.Request(f"{self._url}{CONTROL}{path}", data=data, method=method)  # noqa: S310 - http only, as planned
        request.add_header("content-type", "application/json")
        try:
            status, body = _answer(request)
            if status < 400:
                return json.loads(body)
        except (OSError, ValueError, RecursionError) as error:
            raise _nobody(self._url, str(error)) from None
        except http.client.HTTPException as error:
            # It quotes what came, which may be anything and of any length.
            raise _nobody(self._url, f"{error!r:.100}") from None
        raise _refused(self._url, status, body)


def _answer(request: urllib.request.Request) -> tuple[int, bytes]:
    """Status and body, of a refusal too."""
    # No proxy leads to this machine itself, whatever the environment leaves unsaid.
    direct = [urllib.request.ProxyHandler({})] if _is_here(request.full_url) else []
    try:
        with urllib.request.build_opener(*direct).open(request, timeout=LIMIT_S) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _nobody(url: str, why: str) -> UnavailableError:
    cause = f"No replaying model answers there ({why})."
    return UnavailableError(f"--upstream {url}", cause, "Start it: chatkit-harness upstream --port 9000")


def _refused(url: str, status: int, body: bytes) -> UnavailableError:
    """What a model says that answers, and does not do it."""
    try:
        told = str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        told = f"It answers {status}: it is no replaying model."
    step = f"Wait for its end, or s{_ANOTHER[1:]}" if status == _IN_USE else _ANOTHER
    return UnavailableError(f"--upstream {url}", told, step)


def _require_same(url: str, told: Any) -> None:
    """Raise UnavailableError for whatever else answers JSON there, and for a model of another release."""
    version = told.get("version") if isinstance(told, dict) else None
    if not isinstance(version, int):
        raise UnavailableError(f"--upstream {url}", "It answers, but is no replaying model.", _ANOTHER)
    if version != VERSION:
        raise UnavailableError(
            f"--upstream {url}",
            "The replaying model there is of another release of chatkit-harness: it speaks version "
            f"{version} of what the two say to each other, this run version {VERSION}.",
            "End it, and start it with the chatkit-harness of this run: chatkit-harness upstream --port "
            f"{urlsplit(url).port or 80}",
        )


class ElsewhereSession:
    """See Session: the same steps, taken in the other process."""

    def __init__(self, url: str, asked: Any) -> None:
        self.base_url = f"{url}/v1"
        self._asked = asked
        self._over = threading.Event()
        self._in_case = False

    def begin(
        self,
        cassette: Cassette | None,
        words: Sequence[str],
        *,
        pacing: float = 0,
        clock_start: float | None = None,  # noqa: ARG002 - the other process has a clock of its own
        faults: Mapping[int, Fault] | None = None,  # noqa: ARG002 - a scenario's faults are in its cassette
    ) -> None:
        """A case begins; until it ends, or the session does, the other process hears that it goes on."""
        self._over.set()
        document = {
            "name": cassette.name if cassette is not None else "",
            "cassette": cassette_text(cassette) if cassette is not None else None,
            "always": cassette is not None and cassette.always,
            "words": list(words),
            "pacing": pacing,
        }
        self._in_case = True  # before it is asked: whoever interrupts this may come after it is heard
        begun = self._asked("POST", "/begin", document)
        self._over = threading.Event()
        telling = (self._over, float(begun["free_after_s"]) / 4)
        threading.Thread(target=self._tell, args=telling, name="at-work", daemon=True).start()

    def _tell(self, over: threading.Event, every_s: float) -> None:
        """A case may take an hour in which nobody asks the model anything: say that this run still lives."""
        while not over.wait(every_s):
            with contextlib.suppress(UnavailableError):  # the end of the case will meet it, and tell
                self._asked("POST", "/at-work", {})

    def end(self) -> SessionReport:
        """The case is over: what it asked for."""
        self._over.set()
        told = self._asked("POST", "/end", {})
        self._in_case = False
        return from_document(SessionReport, told)

    def close(self) -> None:
        """The session is over; a case that was not ended leaves the model to others."""
        self._over.set()
        if self._in_case:
            self._in_case = False
            with contextlib.suppress(UnavailableError):  # it is gone, or has a case of another run
                self._asked("POST", "/end", {})
