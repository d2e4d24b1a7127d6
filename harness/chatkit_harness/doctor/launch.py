"""Finds the patient's interpreter, and has it say what it sees and what it can import."""

from __future__ import annotations

import ast
import itertools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from .nouns import Attempt, CannotExamineError

# Lines of their own: an environment may print at its start and at its end.
_ASK = "import sys; sys.stdout.write('\\n%r\\n' % (tuple(sys.version_info[:3]),))"
_ANSWER = re.compile(rb"^\((\d+), (\d+), (\d+)\)\r?$", re.MULTILINE)
_SIGHT = "{'executable': "
"""How the first line that inside.py says begins."""
_BELOW = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
_ASK_S, _TRY_S = 30, 120
_SUPPORTED = (3, 8)


def find_python(word: str) -> str:
    """The interpreter that a path, an environment's folder or a name on PATH stands for.

    Raises CannotExamineError where there is none.
    """
    path = os.path.abspath(os.path.expanduser(word))
    if os.path.isdir(path):
        for each in _BELOW:
            if os.path.lexists(os.path.join(path, *each.split("/"))):
                return _existing(os.path.join(path, *each.split("/")))
        raise CannotExamineError(
            path,
            "This folder is no environment: it holds no Python interpreter.",
            "Name an environment's folder, or its python.",
        )
    if os.path.lexists(path):
        return _existing(path)
    found = shutil.which(word) if os.path.dirname(word) == "" else None
    if found is None:
        raise CannotExamineError(
            word, "There is no such interpreter or folder.", "Name an environment's folder, or its python."
        )
    return os.path.abspath(found)


def _existing(path: str) -> str:
    if not os.path.exists(path):
        raise CannotExamineError(
            path,
            f"It is a link to {os.path.realpath(path)}, which is gone: the Python that this environment was "
            "made from was moved or removed.",
            "Make the environment again.",
        )
    return path


def check_python(path: str, cwd: str) -> None:
    """Raise CannotExamineError where no Python runs that could be examined."""
    try:
        done = subprocess.run(
            [path, "-B", "-c", _ASK],
            cwd=cwd,
            env=_surroundings(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ASK_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotExamineError(
            path, f"It did not answer within {_ASK_S} seconds.", "Try `python -S -c pass` with it."
        ) from None
    except (OSError, ValueError) as error:
        raise _no_python(path, str(error)) from None
    answers = _ANSWER.findall(done.stdout)
    if not answers:
        raise _no_python(path, _last_line(done.stderr) or f"exit status {done.returncode}")
    version = tuple(int(each) for each in answers[-1])
    if version < _SUPPORTED:
        text = ".".join(str(each) for each in version)
        raise CannotExamineError(
            path,
            f"This is Python {text}; no release of openai-chatkit or openai-agents runs on it.",
            "Make an environment with Python 3.10 or newer.",
        )


def _no_python(path: str, said: str) -> CannotExamineError:
    return CannotExamineError(
        path, f"No Python answers there ({said}).", "Name an environment's folder, or its python."
    )


def _last_line(said: bytes) -> str:
    return "".join(said.decode("utf-8", "replace").strip().splitlines()[-1:])


def look(
    python: str, cwd: str, modules: Sequence[str], statements: Sequence[str]
) -> Tuple[Dict[str, Any], List[Attempt]]:
    """What the interpreter sees from `cwd`, and what became of each statement, tried in its own process.

    A statement that ends the process, or does not come back, is told as such; the others are tried again.
    """
    seen: Dict[str, Any] = {}
    attempts: List[Attempt] = []
    waiting = list(statements)
    while waiting or not seen:
        told, ended = _inside(python, cwd, modules, waiting)
        if not told or "path" not in told[0]:
            raise CannotExamineError(
                python, f"It ended before it could say anything ({ended}).", "Try `python -c pass` with it."
            )
        seen = seen or told[0]
        tried = [_attempt(each) for each in told[1:] if "ok" in each]
        if len(tried) < len(waiting):
            tried.append(Attempt(waiting[len(tried)], False, ended=ended))
        attempts += tried
        waiting = waiting[len(tried) :]
    return seen, attempts


def _attempt(told: Mapping[str, Any]) -> Attempt:
    return Attempt(
        statement=told["statement"],
        ok=told["ok"],
        type=told.get("type", ""),
        message=told.get("message", ""),
        lacking=told.get("lacking", ""),
        frames=tuple(told.get("frames", ())),
    )


def _inside(
    python: str, cwd: str, modules: Sequence[str], statements: Sequence[str]
) -> Tuple[List[Dict[str, Any]], str]:
    """The lines that the patient said, and how its process ended."""
    command = [python, "-B", "-c", _source(), ",".join(modules), *statements]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=_surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=os.name == "posix",
        )
        try:
            status = child.wait(_TRY_S)
            ended = f"the process was ended by signal {-status}" if status < 0 else f"exit status {status}"
        except subprocess.TimeoutExpired:
            ended = f"it did not come back within {_TRY_S} seconds"
        finally:
            _end(child)
        out.seek(0)
        err.seek(0)
        lines = out.read().decode("ascii", "replace").splitlines()
        last = _last_line(err.read())
    told = []
    for line in itertools.dropwhile(lambda line: not line.startswith(_SIGHT), lines):
        try:
            told.append(ast.literal_eval(line))
        except (ValueError, SyntaxError):
            break
    return told, f"{ended}; {last}" if last else ended


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the process that was started here, and what it has started itself, if it still runs."""
    if child.poll() is None:
        if os.name == "posix":
            os.killpg(child.pid, 9)
        else:
            child.kill()
        child.wait()


def _surroundings() -> Dict[str, str]:
    """The user's own variables, but no bytecode is written and nothing is sent anywhere."""
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "OPENAI_AGENTS_DISABLE_TRACING": "1"}
    return {**{k: v for k, v in os.environ.items() if k != "__PYVENV_LAUNCHER__"}, **quiet}


def _source() -> str:
    """The text of inside.py, which the single-file form carries with it."""
    carried = getattr(sys.modules[str(__package__)], "SOURCES", None)
    if carried is not None:
        return str(carried["inside"])
    with open(os.path.join(os.path.dirname(__file__), "inside.py"), encoding="utf-8") as stream:
        return stream.read()
