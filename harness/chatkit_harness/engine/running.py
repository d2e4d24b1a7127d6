"""The cell of a server that runs already: nothing is resolved or built, and its versions are not known."""

from __future__ import annotations

import http.client
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from chatkit_harness.core.errors import SelectionError, UnavailableError
from chatkit_harness.core.nouns import Pair
from chatkit_harness.environments.environment import Environment
from chatkit_harness.machine.interpreters import Interpreter, own_environment
from chatkit_harness.upstream import ModelElsewhere

from .grounds import Place
from .plan_cell import PlannedCell
from .reaching import opener
from .settings import RunSettings

RUNNING = "running"
UNKNOWN = "unknown"
"""The version of agents, of which a server that runs does not tell."""
ANSWER_S = 10.0
_NO_ENDPOINT = (404, 405, 501)
_NOT_KNOWN = (401, 407)


def running_cell(settings: RunSettings) -> PlannedCell:
    """The one cell of a run against a server that runs. Raises SelectionError where versions are named."""
    if settings.versions_named:
        raise SelectionError(
            f"--server {settings.server}",
            "It runs already, on versions of its own, and others are named.",
            "Leave out --pair, --chatkit and --agents.",
        )
    if settings.python is not None:
        raise SelectionError(
            f"--python {settings.python}",
            "The server runs already, and nothing else is started on a Python that is chosen.",
            "Leave it out.",
        )
    return PlannedCell(
        id=RUNNING,
        pair=Pair(chatkit=None, agents=UNKNOWN),
        interpreter=own_environment(),
        resolution=RUNNING,
        as_of=None,
        running=True,
    )


def require_answering(settings: RunSettings) -> None:
    """Raise UnavailableError where nobody can be asked: no server, no endpoint, no replaying model.

    The server gets one request that is none of ChatKit's, which it may refuse in its own way.
    """
    address = settings.server or ""
    name = f"--server {address.partition('?')[0]}"
    headers = {"content-type": "application/json", **settings.headers}
    request = urllib.request.Request(address, data=b"{}", headers=headers, method="POST")  # noqa: S310 - http(s) only
    status = 0
    try:
        with opener(address).open(request, timeout=ANSWER_S):
            pass
    except urllib.error.HTTPError as error:
        status = error.code
        error.close()
    except TimeoutError:
        pass  # whether it answers in time is for the cases to say
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        step = "Start it, and name it as it is reached from here."
        if isinstance(reason, ssl.SSLError):
            step = "Have this machine trust its certificate, and name it as that does."
        raise UnavailableError(name, f"No server answers there ({reason}).", step) from None
    if status in _NO_ENDPOINT or 300 <= status < 400:
        cause = f"There is no ChatKit endpoint: POST is answered with {status}."
        raise UnavailableError(name, cause, "Name the address with its path, such as /chatkit.")
    if status in _NOT_KNOWN:
        cause = f"It does not take the one who asks: {status}."
        raise UnavailableError(name, cause, "Say who asks with --header 'NAME: VALUE'.")
    if settings.upstream:
        ModelElsewhere(settings.upstream)


class RunningGround:
    """The harness's own interpreter, which only carries questions there and answers back."""

    def __init__(self) -> None:
        self.believed: set[object] = set()

    def place(self, pins: Mapping[str, str], interpreter: Interpreter) -> Place:  # noqa: ARG002 - there are none
        """See Ground."""
        folder, python = Path(sys.prefix), Path(interpreter.path)
        environment = Environment(folder=folder, python=python, reused=True, ours=False)
        return Place(isolation=RUNNING, environment=environment, reused=True)

    def damage(self, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:  # noqa: ARG002 - there are none
        """See Ground: nothing is here that could be."""
        return None

    def forget(self) -> None:
        """See Ground."""

    def close(self) -> None:
        """See Ground."""
