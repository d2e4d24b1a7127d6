"""What keeps a cell on this machine: the fence, an ear for its subprocesses, and Landlock where it is."""

from __future__ import annotations

from typing import Any, Mapping

from . import belonging, landlock, spawning
from .attempts import Attempts
from .ear import Ear
from .fence import Fence

NOT_HELD = "not held: the server that is asked is not on this machine"


def put_up(setup: Mapping[str, Any], fence: Fence, attempts: Attempts) -> str:
    """Guard this process as the host wants it; in words, what holds.

    It is done before anything of the pair is imported, and before there are threads that could do without.
    """
    landlock.prepare()  # so that cells of every kind have the same modules
    if not setup.get("fence", True):
        return NOT_HELD
    fence.raise_up(attempts.caught)
    belonging.follow_threads()
    ear = Ear(attempts.note, attempts.lapsed)
    wanted = setup.get("landlock", "off")
    ports = {ear.port, *setup.get("ports", ())}
    try:
        if wanted == "cell":
            landlock.restrict(ports)
            held = "audit hook and Landlock (TCP)"
        elif wanted == "subprocesses":
            spawning.try_out(_wall(ports))
            held = "audit hook, and Landlock (TCP) in subprocesses"
        else:
            held = "audit hook"
    except landlock.LandlockError as error:
        held, wanted = f"audit hook only ({error})", "off"
    spawning.watch(ear, attempts, _wall(ports) if wanted == "subprocesses" else None)
    return held


def _wall(ports: "set[int]") -> spawning.Wall:
    def wall() -> None:
        # What a server of the user's has on this machine is its own affair, as long as it is there by now.
        landlock.restrict(ports | landlock.listening())

    return wall
