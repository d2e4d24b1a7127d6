"""In what two answers differ: facts, chart commands, and what is only another form of the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chatkit_harness.comparison.facts import weighty
from chatkit_harness.comparison.nouns import CommandDifference, Content, Fact, Favours, Path, Reason

NAMES = {"native": "native", "agent_builder": "Agent Builder"}
_SHOWN = 6


def content_reasons(content: Content, fault: str | None) -> Iterator[Reason]:
    """Facts that one side gives alone, and wording that differs."""
    made_up = _made_up(fault)
    for path, facts in (("native", content.native_only), ("agent_builder", content.agent_builder_only)):
        counted = weighty(facts)
        if counted:
            many = "one fact" if len(counted) == 1 else f"{len(counted)} facts"
            yield Reason(
                about="content",
                favours="neither" if made_up else _path(path),
                decides=not made_up,
                words=f"{NAMES[path]} gives {many} that {NAMES[_other(path)]} does not: {_listed(counted)}"
                + (f", which under the fault {fault} may be made up" if made_up else ""),
                evidence={"facts": [fact.shown for fact in counted]},
            )
    wording = [f for f in (*content.native_only, *content.agent_builder_only) if f not in weighty([f])]
    if wording:
        yield Reason(
            about="form",
            favours="neither",
            decides=False,
            words=f"labels and headings are worded otherwise: {_listed(wording)}",
            evidence={
                "native": _shown(content.native_only),
                "agent_builder": _shown(content.agent_builder_only),
            },
        )


def command_reasons(difference: CommandDifference, fault: str | None) -> Iterator[Reason]:
    """Commands that make another chart, or that differ and make none."""
    only = {"native": difference.native_only, "agent_builder": difference.agent_builder_only}
    if not difference.states:
        if any(only.values()):
            yield Reason(
                about="commands",
                favours="neither",
                decides=False,
                words="the commands differ, the chart is the same after them",
                evidence={path: list(commands) for path, commands in only.items()},
            )
        return
    made_up = _made_up(fault)
    for path, commands in only.items():
        if commands:
            yield Reason(
                about="commands",
                favours="neither" if made_up else _path(path),
                decides=not made_up,
                words=f"{NAMES[path]} tells the chart what {NAMES[_other(path)]} does not:"
                f" {', '.join(commands[:_SHOWN])}{_more(len(commands))}"
                + (f", which under the fault {fault} may be made up" if made_up else ""),
                evidence={"commands": list(commands), "states": dict(difference.states)},
            )
    if not any(only.values()):
        parts = ", ".join(difference.states)
        for path in only:
            yield Reason(
                about="commands",
                favours=_path(path),
                decides=True,
                words=f"{NAMES[path]} gives the same commands at another point, and another chart: {parts}",
                evidence={"states": dict(difference.states)},
            )


def form_reasons(content: Content) -> Iterator[Reason]:
    """What one side shows and the other one has in words, or not at all."""
    if content.as_text is not None:
        shows = _other(content.as_text)
        yield Reason(
            about="form",
            favours=_path(shows),
            decides=False,
            words=f"{NAMES[shows]} shows a widget, {NAMES[content.as_text]} only text",
            evidence={"as_text": content.as_text},
        )
    held = {"native": content.native_controls, "agent_builder": content.agent_builder_controls}
    for path, parts in held.items():
        if parts:
            yield Reason(
                about="form",
                favours=_path(path),
                decides=False,
                words=f"{NAMES[path]} shows what {NAMES[_other(path)]} has nothing like: {', '.join(parts)}",
                evidence={"controls": list(parts)},
            )


def _made_up(fault: str | None) -> bool:
    """Whether what one side alone says may be made up: there was nobody to have it from."""
    return fault is not None and "slow" not in fault


def _path(name: str) -> Path:
    return "native" if name == "native" else "agent_builder"


def _other(name: str) -> Favours:
    return "agent_builder" if name == "native" else "native"


def _shown(facts: Iterable[Fact]) -> list[str]:
    return [fact.shown for fact in facts if fact not in weighty([fact])]


def _listed(facts: Sequence[Fact]) -> str:
    return ", ".join(short(fact.shown, 60) for fact in facts[:_SHOWN]) + _more(len(facts))


def _more(number: int) -> str:
    return f" and {number - _SHOWN} more" if number > _SHOWN else ""


def short(text: str, limit: int = 120) -> str:
    """A text in one line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
