"""The replaying model in another process: what cases are told of it, and what it tells of them."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from chatkit_harness.core.codec import from_document
from chatkit_harness.core.errors import UnavailableError
from chatkit_harness.upstream.cassette import Cassette, Fault
from chatkit_harness.upstream.cassette_writer import cassette_text
from chatkit_harness.upstream.session import SessionReport

LIMIT_S = 30.0


class ModelElsewhere:
    """Talks to a StandingModel; a session of it is a session of the one stage that it has.

    Raises UnavailableError where none answers at `url`.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/").removesuffix("/v1")
        self._run = secrets.token_hex(8)
        self._asked("GET", "", None)

    def open_session(self) -> ElsewhereSession:
        """The one session: cases take turns in it."""
        return ElsewhereSession(self._url, self._asked)

    def _asked(self, method: str, path: str, document: Any) -> Any:
        data = None if document is None else json.dumps({**document, "run": self._run}).encode()
        request = urllib.request.Request(f"{self._url}/harness{path}", data=data, method=method)  # noqa: S310 - http only, as planned
        request.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=LIMIT_S) as response:  # noqa: S310 - see above
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(self._url, error.code, error.read()) from None
        except (OSError, ValueError) as error:
            raise UnavailableError(
                f"--upstream {self._url}",
                f"No replaying model answers there ({error}).",
                "Start it: chatkit-harness upstream --port 9000",
            ) from None


def _refused(url: str, status: int, body: bytes) -> UnavailableError:
    """What a model says that answers, and does not do it."""
    try:
        told = str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        told = f"It answers {status}: it is no replaying model."
    step = "Start one of its own: chatkit-harness upstream --port 9001"
    return UnavailableError(f"--upstream {url}", told, step)


class ElsewhereSession:
    """See Session: the same steps, taken in the other process."""

    def __init__(self, url: str, asked: Any) -> None:
        self.base_url = f"{url}/v1"
        self._asked = asked

    def begin(
        self,
        cassette: Cassette | None,
        words: Sequence[str],
        *,
        pacing: float = 0,
        clock_start: float | None = None,  # noqa: ARG002 - the other process has a clock of its own
        faults: Mapping[int, Fault] | None = None,  # noqa: ARG002 - a scenario's faults are in its cassette
    ) -> None:
        """A case begins."""
        document = {
            "name": cassette.name if cassette is not None else "",
            "cassette": cassette_text(cassette) if cassette is not None else None,
            "always": cassette is not None and cassette.always,
            "words": list(words),
            "pacing": pacing,
        }
        self._asked("POST", "/begin", document)

    def end(self) -> SessionReport:
        """The case is over: what it asked for."""
        return from_document(SessionReport, self._asked("POST", "/end", {}))

    def close(self) -> None:
        """Nothing is kept open."""
