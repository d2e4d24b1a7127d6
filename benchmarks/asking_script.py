"""What a nox session runs: asks each case of the reference server, in the session's own environment.

python asking_script.py PAYLOAD CONTROL PAIR
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import urllib.request
from typing import Any


def told(address: str) -> Any:
    """What the control says."""
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own address on loopback
        return json.load(answer)


def main() -> None:
    """Ask for cases until there is none, and say how many turns ended in which way."""
    payload, control = sys.argv[1:3]
    session = told(control)
    os.environ["OPENAI_BASE_URL"] = session["base_url"]
    os.environ["OPENAI_API_KEY"] = "none-needed"
    os.environ["OPENAI_AGENTS_DISABLE_TRACING"] = "1"
    sys.path.insert(0, payload)
    import chatkit_harness.reference.server  # the driver finds it among the loaded modules
    from chatkit_harness.incell.drive import Driver

    ends: list[str] = []

    def tell(kind: str, **fields: Any) -> None:
        if kind == "turn_ended":
            ends.append(fields["end"])

    async def ask() -> None:
        driver, number = Driver(tell), 0
        while (case := told(f"{control}/{session['token']}/{number}")) is not None:
            await driver.run(case)
            number += 1

    asyncio.run(ask())
    print(chatkit_harness.reference.server.__name__, ends)


if __name__ == "__main__":
    main()
