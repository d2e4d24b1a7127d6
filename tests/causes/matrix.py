"""A made matrix of 23 x 90 releases x 2 resolutions with three planted roots, and what failing looks like."""

from __future__ import annotations

from collections.abc import Iterable

from tests.reports import sample

from chatkit_harness.core.nouns import CaseResult, Cell, Finding, Pair, cell_id
from chatkit_harness.core.transcript import Frame, Raised, Subject

CHATKITS = [f"1.{n // 6}.{n % 6}" for n in range(23)]
AGENTS = [f"0.{3 + n // 5}.{n % 5}" for n in range(90)]
EXACT = (CHATKITS[5], AGENTS[10])


def cells() -> list[Cell]:
    """Every pair, contemporary and as of today; the index has a release of everything now and then."""
    return [
        made(chatkit, agents, resolution)
        for chatkit in CHATKITS
        for agents in AGENTS
        for resolution in ("contemporary", "today")
    ]


def made(chatkit: str, agents: str, resolution: str) -> Cell:
    """A cell with the pins of its time: as of today old agents hold openai back."""
    old = AGENTS.index(agents) < 30
    day = max(40 * CHATKITS.index(chatkit), 10 * AGENTS.index(agents)) if resolution != "today" else 1000
    minor = min(30, day // 20) if old and resolution == "today" else day // 20
    pins = {
        "openai-chatkit": chatkit,
        "openai-agents": agents,
        "openai": f"2.{minor}.0",
        "pydantic": f"2.{day // 90}.{day % 7}",
        "certifi": f"{2025 + day // 365}.{1 + day % 12}.1",
    }
    if old:
        pins["types-requests"] = f"2.{day // 30}"
    return Cell(
        id=cell_id(Pair(chatkit=chatkit, agents=agents), "3.11", resolution),
        chatkit=chatkit,
        agents=agents,
        python="3.11.7",
        resolution=resolution,
        isolation="fork",
        pins=pins,
    )


def raised(
    name: str, *, raiser: str, version: str, function: str = "work", owner: str | None = None
) -> Raised:
    """An object without the attribute `name`, which code of `raiser` asks for."""
    frame = Frame(file="lib/thing.py", function=function, line=3, distribution=raiser, version=version)
    model, _, attribute = name.partition(".")
    return Raised(
        type="builtins.AttributeError",
        message=f"'{model}' object has no attribute '{attribute}'",
        frames=(frame,),
        subject=Subject(name=f"lib.{name}", distribution=owner, version="1") if owner else None,
    )


def planted(cell: Cell) -> Raised | None:
    """What is wrong in a cell: from openai 2.37 on, in one exact pair, of new chatkits with old agents."""
    assert cell.chatkit is not None
    if int(cell.pins["openai"].split(".")[1]) >= 37:
        return raised("Details.field", raiser="openai-agents", version=cell.agents, owner="openai")
    if (cell.chatkit, cell.agents) == EXACT:
        return raised("Pair.exact", raiser="openai-chatkit", version=cell.chatkit)
    if CHATKITS.index(cell.chatkit) >= 12 and AGENTS.index(cell.agents) < 8:
        return raised("Item.call_id", raiser="openai-chatkit", version=cell.chatkit, owner="openai-agents")
    return None


def cases(of: Iterable[Cell], scenarios: Iterable[str] = ("quote-aapl",)) -> list[CaseResult]:
    """The cases of the planted roots; one scenario finds nothing amiss anywhere."""
    found = []
    for cell in of:
        wrong = planted(cell)
        findings: tuple[Finding, ...] = (sample.finding(wrong),) if wrong else ()
        found += [
            sample.case(cell, name, "fail" if wrong else "pass", findings=findings) for name in scenarios
        ]
        found.append(sample.case(cell, "model-500"))
    return found
