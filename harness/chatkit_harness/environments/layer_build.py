"""Installs the layers that are missing: all at once where that works, one by one where it does not."""

from __future__ import annotations

import contextlib
import email.parser
import hashlib
import logging
import os
import re
import subprocess
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from chatkit_harness.core.errors import BuildError, HarnessError, IndexUnreachableError
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache, DisturbedError
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.uv import UvResult, run_uv, shortened

from .integrity import MADE_BY_UV, STAMP, distribution, first_damage, one_spelling, site_packages, strange
from .layer_files import Key, disturbed, no_room, remove, share_out

_ROUNDS = 3
"""So often the rest is tried together again, without whom uv named, before it goes one by one."""

_RETRIES = 2
"""How often uv asks again before a first verdict, unless the user says; uv waits longer each time."""

_PATIENCE = 3
"""After so many in a row that no index at all could be asked for, the others are not tried."""

_MEND = "Choose another version, or mend it in the index."
_NO_INDEX = ("client error (Connect)", "Could not connect", "dns error", "operation timed out")
_COMPILE = """
import compileall, py_compile, sys
for path in sys.stdin.read().split("\\0"):
    compileall.compile_file(path, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)
"""

logger = logging.getLogger("chatkit_harness.layers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A distribution that is to have a layer; `folder` is where that layer will be."""

    name: str
    version: str
    folder: Path

    @property
    def key(self) -> Key:
        """Name and version as a dist-info folder is read."""
        return str(canonicalize_name(self.name)), one_spelling(self.version)

    @property
    def staging(self) -> Path:
        """Where it is made before it is put in place. Only who holds the layer's lock touches it."""
        return self.folder.with_name(f".{self.folder.name}")

    @property
    def title(self) -> str:
        """How it is named to a user."""
        return f"{self.name} {self.version}"

    def named_in(self, text: str) -> bool:
        """Whether uv speaks of it: by its pin, its project page or its wheel."""
        name = re.sub(r"[-_.]+", "[-_.]+", re.escape(self.key[0]).replace(r"\-", "-"))
        spoken_of = rf"(?<![\w.-]){name}(?:==|/|-\d|\s+(?:was|has|depends)\b)"
        return re.search(spoken_of, text, re.IGNORECASE) is not None


Outcome = tuple[Wanted, HarnessError | None]


class Builder:
    """Installs for one interpreter. What it finishes stands, stamped, in each `Wanted.staging`."""

    def __init__(self, cache: Cache, index: Index, interpreter: Interpreter) -> None:
        self._cache = cache
        self._index = index
        self._interpreter = interpreter

    def build(self, wanted: Sequence[Wanted]) -> Generator[Outcome, None, None]:
        """Each distribution as soon as it is finished (None), or could not be made (the error).

        The caller holds all locks, and puts in place what is finished. Raises OutputError where the cache
        cannot be written, and BuildError where the run is ending: then there is nobody to go on for.
        """
        left, retries = list(wanted), _RETRIES
        if len(left) > 1:
            left, retries = (yield from self._together(left)), 0
        lost: list[HarnessError] = []
        for each in left:
            if len(lost) >= _PATIENCE:
                yield each, IndexUnreachableError(each.title, lost[-1].cause, lost[-1].next_step)
                continue
            error = self._alone(each, retries)
            lost = [*lost, error] if error is not None and _no_index(error) else []
            yield each, error

    def _together(self, wanted: Sequence[Wanted]) -> Generator[Outcome, None, list[Wanted]]:
        """Install them in one go, without those that uv names when it cannot; gives who is left."""
        rest, named = list(wanted), list[Wanted]()
        for number in range(_ROUNDS):
            if len(rest) < 2:
                break
            try:
                done, whole = self._jointly(rest, 0 if number else _RETRIES)
            except BuildError as error:
                if self._cache.ending.is_set():
                    raise
                logger.info("layers cannot be installed together: %s", error)
                break
            if done.status == 0:
                for each in whole:
                    yield each, None
                return named + [each for each in rest if each not in whole]
            faulty = [each for each in rest if each.named_in(done.stderr)]
            if not faulty:
                break
            named += faulty
            rest = [each for each in rest if each not in faulty]
        return rest + named

    def _jointly(self, wanted: Sequence[Wanted], retries: int) -> tuple[UvResult, list[Wanted]]:
        """One call of uv, and who of them is finished after it."""
        prefix = wanted[0].folder.with_name(f".together-{wanted[0].folder.name}")
        try:
            done = self._install(wanted, prefix, retries)
            return done, self._shared_out(prefix, wanted) if done.status == 0 else []
        finally:
            remove(prefix)

    def _shared_out(self, prefix: Path, wanted: Sequence[Wanted]) -> list[Wanted]:
        for each in wanted:
            remove(each.staging)
        moved = share_out(prefix, {each.key: each.staging for each in wanted})
        whole = [each for each in wanted if each.key in moved and self._finished(each) is None]
        self._compile(whole)
        return whole

    def _alone(self, each: Wanted, retries: int) -> HarnessError | None:
        """Install one by itself; where it goes wrong, once more past uv's cache, which may be at fault."""
        error: HarnessError | None = None
        for options in ((), ("--no-cache",)):
            try:
                done = self._install([each], each.staging, retries, *options)
            except BuildError as ended:
                if self._cache.ending.is_set():
                    raise
                return type(ended)(each.title, ended.cause, ended.next_step)
            if done.status == 0:
                error = self._unfinished(each)
                if error is None:
                    self._compile([each])
                    return None
            elif done.disturbed(self._cache.root):
                error = disturbed(each.title, done)
            else:
                error = _refused(each, done)
            if isinstance(error, IndexUnreachableError):
                break
        return error

    def _unfinished(self, each: Wanted) -> HarnessError | None:
        """Why what uv installed is no layer, if it is none."""
        found = self._finished(each)
        if found is not None and not each.staging.is_dir():
            return DisturbedError(each.title, "Somebody else deleted its layer while it was made.")
        if found is not None:
            return BuildError(each.title, f"Its wheel is broken: {found}.", _MEND)
        return None

    def _install(self, wanted: Sequence[Wanted], prefix: Path, retries: int, *options: str) -> UvResult:
        remove(prefix)
        arguments = ["pip", "install", "--quiet", "--python", self._interpreter.path, "--prefix", str(prefix)]
        arguments += ["--no-deps", "--only-binary", ":all:", "--default-index", self._index.url, *options]
        arguments += [f"{each.name}=={each.version}" for each in wanted]
        environ = {"UV_HTTP_RETRIES": str(retries), **os.environ}
        done = run_uv(arguments, environ=environ, ending=self._cache.ending)
        if done.no_room:
            remove(prefix)
            raise no_room(self._cache, done)
        return done

    def _finished(self, each: Wanted) -> str | None:
        """Stamp what was installed; what is wrong with it, if anything is."""
        packages = site_packages(each.staging)
        infos = sorted(packages.glob("*.dist-info")) if packages else []
        if packages is None or [distribution(info) for info in infos] != [each.key]:
            return "it brings another distribution than its name says"
        owned = set(MADE_BY_UV)
        found = first_damage(self._cache, packages, infos[0], owned, again=True) or strange(packages, owned)
        if found is None:
            (each.staging / ".lock").unlink(missing_ok=True)
            stamp = stamped(each, self._interpreter, infos[0])
            self._cache.write_json(each.staging / STAMP, {**stamp, **_metadata(infos[0])})
        return found

    def _compile(self, wanted: Sequence[Wanted]) -> None:
        """Compile modules that lie in site-packages itself.

        A package leaves its bytecode beside its source, in the layer. That of a single module would lie
        in the stack, which links it: so it has to be there before. No harm where it cannot be compiled.
        """
        folders = [site_packages(each.staging) for each in wanted]
        modules = [str(module) for folder in folders if folder for module in folder.glob("*.py")]
        if modules:
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                subprocess.run(
                    [self._interpreter.path, "-I", "-c", _COMPILE],
                    input="\0".join(modules).encode(),
                    capture_output=True,
                    timeout=60,
                    check=False,
                )


def stamped(wanted: Wanted, interpreter: Interpreter, info: Path) -> dict[str, str]:
    """What a layer's stamp has to say; its RECORD is in it, so that the RECORD cannot be changed either."""
    content = hashlib.sha256((info / "RECORD").read_bytes()).hexdigest()
    name, version = wanted.key
    return {"name": name, "version": version, "interpreter": interpreter.identity, "record": content}


def _metadata(info: Path) -> dict[str, object]:
    """What a distribution says that it requires."""
    found = email.parser.BytesHeaderParser().parsebytes((info / "METADATA").read_bytes())
    python = found.get("Requires-Python")
    return {
        "requires": [str(line) for line in found.get_all("Requires-Dist", [])],
        "requires_python": None if python is None else str(python),
    }


def _no_index(error: HarnessError) -> bool:
    """Whether not even the index could be asked, which will not be different for the next one."""
    return isinstance(error, IndexUnreachableError) and any(sign in error.cause for sign in _NO_INDEX)


def _refused(each: Wanted, done: UvResult) -> HarnessError:
    reason = shortened(done.stderr, limit=300)
    if done.out_of_reach:
        return IndexUnreachableError(
            each.title, f"It could not be fetched: {reason}", "Check the network and the index, run again."
        )
    return BuildError(each.title, f"uv could not install it: {reason}", _MEND)
