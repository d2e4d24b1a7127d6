"""What all throwaway environments have in common: where they stand, and what they are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.errors import BuildError, HarnessError, IndexUnreachableError
from chatkit_harness.environments.integrity import python_of
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.uv import UvResult, run_uv, shortened

from .programs import Programs


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The folder that everything is made in, the interpreter, the index, and the program doctor.

    `pins` are those of the pair, `model` is a whole environment of them, `environ` the variables that
    programs get.
    """

    root: Path
    cache: Cache
    index: Index
    interpreter: Interpreter
    programs: Programs
    doctor: Path
    environ: Mapping[str, str]
    pins: Mapping[str, str]

    @property
    def model(self) -> Path:
        """The environment that all others are copies of."""
        return self.root / "model"

    def uv(self, *arguments: str) -> UvResult:
        """Run uv. Raises BuildError and IndexUnreachableError where it does not do what it should."""
        reached = ("--default-index", self.index.url) if arguments[:2] == ("pip", "install") else ()
        done = run_uv([*arguments, *reached], ending=self.cache.ending)
        if done.status != 0 and reached and not done.out_of_reach:
            # What uv remembers of the index may be older than a release of the last ten minutes.
            done = run_uv([*arguments, *reached, "--refresh"], ending=self.cache.ending)
        if done.status != 0:
            raise _refused(done, self.index)
        return done

    def venv(self, folder: Path, *options: str) -> Path:
        """An empty virtual environment."""
        self.uv("venv", "--quiet", "--python", self.interpreter.path, *options, str(folder))
        return folder

    def make(self, folder: Path, pins: Sequence[str]) -> Path:
        """A whole environment of these pins, its bytecode included, that shares no file with uv's cache."""
        self.venv(folder)
        self.uv(
            *("pip", "install", "--quiet", "--python", str(python_of(folder)), "--no-deps"),
            *("--only-binary", ":all:", "--link-mode", "copy", "--compile-bytecode", *pins),
        )
        return folder


def _refused(done: UvResult, index: Index) -> HarnessError:
    said = shortened(done.stderr, limit=400)
    if done.out_of_reach:
        return IndexUnreachableError(
            index.title, f"A package could not be fetched: {said}", "Check the network, and run again."
        )
    if done.no_room:
        return BuildError("the throwaway environments", f"{done.no_room}.", "Free space, or set TMPDIR.")
    return BuildError("uv", f"uv could not do its part: {said}", "Run again with -v to see more.")
