"""The whole of it: the pair, each cause, each option, in throwaway environments that are gone afterwards."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.errors import OutputError, SelectionError
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters
from chatkit_harness.machine.removal import remove_tree
from chatkit_harness.pins.resolve import Resolver

from . import cause, options
from .bench import Bench
from .consult import consult, write_doctor
from .drive import Driver
from .nouns import Blocker, CauseResult, OptionResult
from .options import OPTIONS, Option, pin_words
from .pool import Tell, Work, do_all
from .programs import Programs
from .recipes import RECIPES, Recipe
from .shop import Shop
from .story import AS_OF, PAIR, PYTHON, THEN
from .surroundings import TEMPORARY, TOOLS, put_temporary, put_tools, surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be shown, and where. `log` takes what workers write."""

    interpreter: Interpreter
    log: Path
    recipes: tuple[Recipe, ...] = RECIPES
    options: tuple[Option, ...] = OPTIONS
    index: str | None = None
    cache: Path | None = None
    keep: bool = False
    jobs: int = 2


def show(wanted: Wanted, tell: Tell) -> Blocker:
    """Show each cause and its cure; `tell` hears, from any thread, which step is being done.

    After Ctrl-C the answer holds what is finished, and says so. Raises IndexUnreachableError, BuildError and
    OutputError where nothing can be made at all.
    """
    began = time.monotonic()
    interpreter = wanted.interpreter
    cache = Cache(wanted.cache)
    index = Index(cache, wanted.index)
    tell(f"Python {interpreter.version}; the index as of {AS_OF:%Y-%m-%d}: {' and '.join(PAIR)}")
    pins = Resolver(cache, index).lock(PAIR, interpreter, AS_OF).pins
    with _throwaway(tell, keep=wanted.keep) as root, Driver(cache, wanted.log) as driver:
        shop = Shop(
            root=root,
            cache=cache,
            index=index,
            interpreter=interpreter,
            programs=Programs(cache.ending),
            doctor=write_doctor(root),
            environ=surroundings(put_tools(root / TOOLS), index.url, THEN) | put_temporary(root / TEMPORARY),
            pins=pins,
        )
        tell("building an environment of them")
        shop.make(shop.model, pin_words(pins))
        found = _control(shop, driver, tell)
        found = _everything(wanted, shop, driver, found, tell)
    seconds = round(time.monotonic() - began, 2)
    return dataclasses.replace(found, seconds=seconds, kept=wanted.keep)


def interpreter_for(word: str | None) -> Interpreter:
    """The interpreter named, else that of the story where this machine has one, else the harness's own.

    Raises SelectionError where there is none such, or more than one is named.
    """
    if word is None:
        try:
            return select_interpreters(PYTHON)[0]
        except SelectionError:
            return select_interpreters(None)[0]
    found = select_interpreters(word)
    if len(found) != 1:
        raise SelectionError("--python", "The causes are shown on one Python.", "Name one: --python 3.12.")
    return found[0]


@contextmanager
def _throwaway(tell: Tell, *, keep: bool) -> Iterator[Path]:
    """A folder that is gone afterwards, whatever happens. Raises OutputError where none can be made."""
    try:
        root = Path(tempfile.mkdtemp(prefix="chatkit-blocker-")).resolve()
    except OSError as error:
        raise OutputError(
            tempfile.gettempdir(), f"No folder can be made there ({error.strerror}).", "Set TMPDIR."
        ) from None
    try:
        yield root
    finally:
        if not keep and not remove_tree(root):
            tell(f"{root} could not be removed. It is not needed any more.")


def _control(shop: Shop, driver: Driver, tell: Tell) -> Blocker:
    """The pair in an environment that nothing was done to: it is no incompatibility."""
    tell("control: the pair, and nothing done to it")
    bench = Bench(shop, "control")
    return Blocker(
        pins=shop.pins,
        python=shop.interpreter.version,
        platform=shop.interpreter.platform,
        as_of=AS_OF.isoformat(),
        folder=str(shop.root),
        control=cause.tried(bench, driver),
        diagnosis=consult(bench),
    )


def _everything(wanted: Wanted, shop: Shop, driver: Driver, found: Blocker, tell: Tell) -> Blocker:
    """Causes and options, some at a time; after Ctrl-C those that are finished."""
    causes: dict[str, Work] = {each.id: _cause(each, shop, driver) for each in wanted.recipes}
    tries: dict[str, Work] = {f"option {each.id}": _option(each, shop, driver) for each in wanted.options}
    done, interrupted = do_all(
        {**causes, **tries},
        jobs=wanted.jobs,
        tell=tell,
        ending=shop.cache.ending,
        interruptible=(shop.programs, driver),
    )
    return dataclasses.replace(
        found,
        causes=tuple(each for name, each in done.items() if name in causes),
        options=tuple(each for name, each in done.items() if name in tries),
        interrupted=interrupted,
    )


def _cause(recipe: Recipe, shop: Shop, driver: Driver) -> Work:
    def work(tell: Tell) -> tuple[CauseResult, str]:
        result = cause.show(recipe, shop, driver, tell)
        told = f"{result.verdict}{f' ({result.why})' if result.why else ''}, {result.seconds:.1f} s"
        return result, told

    return work


def _option(option: Option, shop: Shop, driver: Driver) -> Work:
    def work(tell: Tell) -> tuple[OptionResult, str]:
        result = options.show(option, shop, driver, tell)
        return result, f"tried, {result.seconds:.1f} s"

    return work
