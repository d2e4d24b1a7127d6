"""Subprocesses of a cell: each is told where attempts are heard of, and Landlock may be put around it."""

from __future__ import annotations

import _thread
import contextlib
import functools
import os
import shlex
import subprocess
import sys
from typing import Any, Callable, List, Optional, Tuple

from . import fence, landlock, subinterpreters
from .attempts import Attempts
from .ear import Ear

_ENV = 10
"""Where `env` stands among the arguments of Popen, when it has no name."""
_LIST = 5
"""Where it stands among those of `fork_exec`: a list, or None for the variables of this process."""
_FLAGS = "_args_from_interpreter_flags"

Wall = Callable[[], None]
"""Puts Landlock around the calling thread."""


def watch(ear: Ear, attempts: Attempts, wall: Optional[Wall]) -> None:
    """See to every subprocess from now on. `wall` is for what is started alone, and not for this process.

    Where it cannot be put up any more, nothing is started, and `attempts` has it that something was not held.
    """
    sure = None if wall is None else _sure(wall, attempts)
    for place, name in _starts():
        start = getattr(place, name)
        if name == "system":
            start = _system_told(ear, start)
        else:
            start = _env_told(ear, start) if place is os else _list_told(ear, start)
        setattr(place, name, start if sure is None else _behind(sure, start))
    subprocess.Popen.__init__ = _told(ear, subprocess.Popen.__init__)  # type: ignore[method-assign]  # its point
    # What takes a process's place is held by what holds that: a fork is behind the wall already.
    os.execve = _env_told(ear, os.execve)
    os.execv = _exec_told(os.execve, os.execv)
    heed_variables()
    ear.hand_on()
    subinterpreters.watch(ear)
    if hasattr(os, "register_at_fork"):
        # After the fork, for the child's sake: what it tells meanwhile waits at the port.
        os.register_at_fork(
            after_in_parent=ear.open, after_in_child=functools.partial(_in_child, ear, attempts, wall)
        )


def heed_variables() -> None:
    """Have the processes of `multiprocessing` read their variables, and so find their audit hook.

    They are started with this interpreter's own flags, and a cell has `-I`, which no server has at home.
    """
    for place in (subprocess, sys.modules.get("multiprocessing.util")):
        flags = getattr(place, _FLAGS, None)
        if flags is not None:
            setattr(place, _FLAGS, _heeding(flags))


def _heeding(flags: Callable[[], List[str]]) -> Callable[[], List[str]]:
    """The same flags, and instead of `-I` what it stands for besides: no folders of the user's or of here."""
    others = ["-s", "-P"] if sys.version_info >= (3, 11) else ["-s"]

    @functools.wraps(flags)
    def heeding() -> List[str]:
        return [other for flag in flags() for other in (others if flag == "-I" else [flag])]

    return heeding


def try_out(wall: Wall) -> None:
    """Raise what putting up Landlock raises here, in a thread that ends with it."""
    tried = _Called(wall, has_pid=False)
    _thread.start_new_thread(tried.behind, (lambda: None,))
    tried.outcome()


def _sure(wall: Wall, attempts: Attempts) -> Wall:
    def sure() -> None:
        try:
            wall()
        except landlock.LandlockError as error:  # it held when it was tried out
            attempts.lapsed(str(error))
            raise PermissionError(f"the harness starts nothing that it cannot hold: {error}") from None

    return sure


def _starts() -> "list[Tuple[Any, str]]":
    """Whatever starts a program, whole, in the thread that calls it: a fork goes on in another way."""
    found = [(subprocess, "_fork_exec"), (os, "posix_spawn"), (os, "posix_spawnp"), (os, "system")]
    if "_posixsubprocess" in sys.modules:
        found.append((sys.modules["_posixsubprocess"], "fork_exec"))
    return [(place, name) for place, name in found if hasattr(place, name)]


def _told(ear: Ear, start: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(start)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - the name that tracebacks show
        with contextlib.suppress(TypeError, ValueError, AttributeError):  # which Popen itself will tell
            ear.open()
            if len(args) > _ENV:
                args = (*args[:_ENV], ear.environ(args[_ENV]), *args[_ENV + 1 :])
            else:
                kwargs["env"] = ear.environ(kwargs.get("env"))
        start(self, *args, **kwargs)

    return __init__


def _env_told(ear: Ear, start: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(start)
    def spawn(path: Any, argv: Any, env: Any, *args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(TypeError, ValueError, AttributeError):
            ear.open()
            env = ear.environ(env)
        return start(path, argv, env, *args, **kwargs)

    return spawn


def _list_told(ear: Ear, start: Callable[..., int]) -> Callable[..., int]:
    """What `multiprocessing` starts, which names no variables; Popen names them all.

    It may be a pool's, or a server of forks: for whom it works later, nobody can tell.
    """

    @functools.wraps(start)
    def fork_exec(*args: Any) -> int:
        if len(args) > _LIST and args[_LIST] is None:
            ear.open()
            told = ear.environ(None, one_case=False).items()
            listed = [os.fsencode(f"{name}={value}") for name, value in told]
            args = (*args[:_LIST], listed, *args[_LIST + 1 :])
        return start(*args)

    return fork_exec


def _exec_told(execve: Callable[..., Any], start: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(start)
    def execv(path: Any, argv: Any) -> Any:
        return execve(path, argv, os.environ)

    return execv


def _system_told(ear: Ear, start: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(start)
    def system(command: Any) -> int:
        if os.name == "posix" and isinstance(command, (str, bytes)):
            ear.open()
            told = ear.environ({}).items()
            setting = " ".join(f"{name}={shlex.quote(value)}" for name, value in told)
            command = f"export {setting}; {os.fsdecode(command)}"
        return start(command)

    return system


def _behind(wall: Wall, start: Callable[..., Any]) -> Callable[..., Any]:
    """The same in a thread that Landlock holds: what it starts inherits that, and nobody else does."""

    @functools.wraps(start)
    def held(*args: Any, **kwargs: Any) -> Any:
        called = _Called(lambda: start(*args, **kwargs), has_pid=start.__name__ != "system")
        _thread.start_new_thread(called.behind, (wall,))
        return called.outcome()

    return held


class _Called:
    """A call that another thread makes."""

    def __init__(self, call: Callable[[], Any], *, has_pid: bool) -> None:
        self._call, self._has_pid = call, has_pid
        self._value: Any = None
        self._error: Optional[BaseException] = None
        self._done = _thread.allocate_lock()
        self._done.acquire()

    def behind(self, wall: Wall) -> None:
        """Make it, with Landlock around it."""
        try:
            wall()
            self._value = self._call()
        except BaseException as error:  # it is raised where it was called
            self._error = error
        self._done.release()
        # A program may ask to be ended with the thread that has started it: so that one waits for its end.
        if self._has_pid and isinstance(self._value, int) and hasattr(os, "waitid"):
            with contextlib.suppress(OSError):
                os.waitid(os.P_PID, self._value, os.WEXITED | os.WNOWAIT)

    def outcome(self) -> Any:
        """What came of it, waited for."""
        self._done.acquire()
        if self._error is not None:
            raise self._error
        return self._value


def _in_child(ear: Ear, attempts: Attempts, wall: Optional[Wall]) -> None:
    """After a fork: this process's attempts go to the cell, and what holds subprocesses holds it."""
    # Without the case: it may be a pool's process, and work for later ones.
    attempts.divert(lambda where: fence.report(ear.port, where))
    ear.is_elsewhere()
    if wall is not None:
        try:
            wall()
        except landlock.LandlockError as error:  # the fork is there already: whoever forked it tells
            fence.report(ear.port, "-".join(str(error).split()), fence.UNHELD)
