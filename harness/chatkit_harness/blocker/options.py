"""The team's options, each tried once: where the import is blocked, and in an environment made for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chatkit_harness.core.errors import HarnessError
from chatkit_harness.environments.integrity import python_of
from chatkit_harness.pins.resolve import Resolver

from . import spoil
from .bench import Bench
from .cause import Tell, tried
from .drive import Driver
from .nouns import OptionResult, Trial
from .shop import Shop
from .story import AGENTS, AS_OF, CHATKIT, PAIR, server

_TOLD = ("openai-chatkit", "openai-agents", "openai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option. `install` is what is installed in the blocked environment, `pair` in one of its own.

    `today` says that the index is looked at as it is now, not as it was on the story's day; `module` is what
    the team's program imports from; `looked_at` are releases of openai-agents whose modules are told.
    """

    id: str
    title: str
    install: tuple[str, ...] = ()
    pair: tuple[str, ...] = PAIR
    today: bool = False
    module: str = "agents"
    looked_at: tuple[str, ...] = ()


OPTIONS = (
    Option(
        id="change-the-import",
        title="Change the import to `openai_agents`",
        module="openai_agents",
        looked_at=("==0.0.2", "==0.3.2", "==0.5.1", ""),
    ),
    Option(
        id="downgrade-agents",
        title="Downgrade openai-agents",
        install=("openai-agents==0.4.2",),
        pair=(CHATKIT, "openai-agents==0.4.2"),
    ),
    Option(
        id="downgrade-chatkit",
        title="Downgrade openai-chatkit",
        install=("openai-chatkit==1.1.2",),
        pair=("openai-chatkit==1.1.2", AGENTS),
    ),
    Option(
        id="wait-for-chatkit",
        title="Wait for a fix in openai-chatkit: its newest release",
        install=("--upgrade-package", "openai-chatkit", "openai-chatkit"),
        pair=("openai-chatkit", AGENTS),
        today=True,
    ),
    Option(
        id="wait-for-both",
        title="Wait for a fix: the newest releases of both",
        install=("--upgrade", "openai-chatkit", "openai-agents"),
        pair=("openai-chatkit", "openai-agents"),
        today=True,
    ),
    Option(
        id="reinstall",
        title="Keep both releases, and install openai-agents anew",
        install=("--reinstall", "--no-deps", AGENTS),
    ),
)


def show(option: Option, shop: Shop, driver: Driver, tell: Tell) -> OptionResult:
    """Try an option twice. What stops a trial early is told as its reason."""
    began = time.monotonic()
    tell("where the import is blocked")
    blocked = _trial(lambda: _blocked(option, shop), driver)
    tell("in an environment made for it")
    fresh = _trial(lambda: _fresh(option, shop), driver)
    return OptionResult(
        id=option.id,
        title=option.title,
        blocked=blocked,
        fresh=fresh,
        conclusion=conclusion(blocked, fresh, anew=any("openai-agents" in each for each in option.install)),
        evidence=tuple(modules_of(shop, option.looked_at)),
        seconds=round(time.monotonic() - began, 2),
    )


def conclusion(blocked: Trial, fresh: Trial, *, anew: bool) -> str:
    """What two trials say of an option; `anew` says that openai-agents is installed by it."""
    if blocked.tried is None or fresh.tried is None:
        return "Not known: it could not be tried."
    if blocked.tried.works and fresh.tried.works:
        why = ", because the files of openai-agents are installed anew: no version was the trouble"
        return f"Helps{why if anew else ''}."
    if blocked.tried.works:
        return "Helps here, and brings a trouble of its own."
    if fresh.tried.works:
        return "No cure: what is blocked stays blocked. A fresh environment works, as it does with the pair."
    return "No cure, and a trouble of its own in a fresh environment."


def _trial(make: Callable[[], Bench], driver: Driver) -> Trial:
    try:
        bench = make()
        found = tried(bench, driver)
    except (HarnessError, OSError) as error:
        return Trial(steps=(), reason=str(error))
    return Trial(steps=tuple(bench.steps), tried=found, versions=versions(bench))


def _blocked(option: Option, shop: Shop) -> Bench:
    """A project whose import is blocked by the first cause, and the change made there."""
    bench = Bench(shop, f"options/{option.id}/blocked")
    spoil.other_came_and_went(bench)
    bench.steps.clear()
    if option.install:
        if option.today:
            bench.take_todays()
        bench.install(*option.install)
    _change_program(bench, option)
    return bench


def _fresh(option: Option, shop: Shop) -> Bench:
    """A project with an environment of its own, in which the change was there from the beginning."""
    model = shop.model
    if option.today or option.pair != PAIR:
        asked = Resolver(shop.cache, shop.index)
        pins = asked.lock(option.pair, shop.interpreter, None if option.today else AS_OF).pins
        model = shop.make(shop.root / "models" / option.id, pin_words(pins))
    bench = Bench(shop, f"options/{option.id}/fresh", model=model)
    when = "today" if option.today else f"as of {AS_OF:%Y-%m-%d}"
    bench.tell(f"uv pip install {' '.join(option.pair)}, {when}")
    _change_program(bench, option)
    return bench


def _change_program(bench: Bench, option: Option) -> None:
    if option.module != "agents":
        bench.program(server(option.module), told=False)
        bench.tell(f"server.py says `from {option.module} import Agent, Runner`")


def pin_words(pins: Mapping[str, str]) -> list[str]:
    """Pins as requirements."""
    return [f"{name}=={version}" for name, version in sorted(pins.items())]


def versions(bench: Bench) -> dict[str, str]:
    """What is installed of the distributions that matter to the story."""
    found = {}
    for name in _TOLD:
        for info in bench.packages.glob(f"{name.replace('-', '_')}-*.dist-info"):
            found[name] = info.name.removesuffix(".dist-info").partition("-")[2]
    return found


def modules_of(shop: Shop, releases: Sequence[str]) -> Iterator[str]:
    """Which modules releases of openai-agents bring, in words, as far as they can be fetched."""
    for number, version in enumerate(releases):
        folder = shop.root / "releases" / str(number)
        pin = f"openai-agents{version}"
        try:
            shop.uv(
                *("pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"),
                *("--python", str(python_of(shop.model)), "--target", str(folder), pin),
            )
        except HarnessError as error:
            yield f"{pin}: {error.cause}"
            continue
        names = sorted(each.name for each in folder.iterdir() if not each.name.startswith(("_", "."))
                       and each.suffix != ".dist-info" and each.name != "bin")  # fmt: skip
        info = next(folder.glob("openai_agents-*.dist-info"))
        yield f"openai-agents {info.name.split('-')[1].removesuffix('.dist')} brings: {', '.join(names)}"
