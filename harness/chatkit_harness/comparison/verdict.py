"""In what two sides differ, and the verdict that follows. There is no score.

Each difference is a reason with a direction. The verdict goes by the first of these that says anything:

1. **answer**: a side that answers beats one that does not; nothing else counts then. Where neither answers
   the verdict is `cannot be told`, unless the scenario breaks something on purpose and expects no answer.
2. **content, commands, defects**: facts that a user reads on one side only; commands that make another
   chart; errors that checks found on one side only (also those that a scenario shows on purpose, but not
   the traces of a fault that it injects). All in one direction: that side is better. In both: `mixed`.
3. **speed**: only where both sides' model time is known from recordings, and one takes a fifth longer.
   Scripts have no model time, and answers that were saved have no times, so that they decide nothing.

What only differs (a widget here, the same facts as text there; more calls of the model; warnings) is told
and decides nothing. Where nothing decides, the sides are `equal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chatkit_harness.comparison.facts import weighty
from chatkit_harness.comparison.nouns import (
    CommandDifference,
    Content,
    Defect,
    Fact,
    Favours,
    Path,
    Reason,
    Side,
    Verdict,
)

NAMES = {"native": "native", "agent_builder": "Agent Builder"}
SLOWER = 1.2
"""A side is slower where its user waits this many times as long."""
_LEAST_MS = 50.0
_SHOWN = 6
# Budgets and the bookkeeping of cassettes say nothing of what a user gets.
_NOT_THE_USERS = ("latency/", "upstream/")


def reasons_of(
    native: Side, agent_builder: Side, content: Content, commands: CommandDifference, fault: str | None
) -> tuple[Reason, ...]:
    """Everything in which the two sides differ, what decides first."""
    found = [*_answer(native, agent_builder, fault)]
    if any(reason.about == "unknown" for reason in found):
        return tuple(found)  # what is wrong with answers that nobody got makes no side better
    if native.answered and agent_builder.answered:
        found += [*_content(content), *_commands(commands)]
    found += [*_defects(native, agent_builder, fault), *_form(content), *_calls(native, agent_builder)]
    found += _speed(native, agent_builder)
    return tuple(found)


def verdict_of(reasons: Sequence[Reason]) -> Verdict:
    """The verdict that the reasons come to."""
    if any(reason.about == "unknown" for reason in reasons):
        return "cannot be told"
    for level in (("answer",), ("content", "commands", "defects"), ("speed",)):
        towards = {each.favours for each in reasons if each.decides and each.about in level}
        towards.discard("neither")
        if len(towards) > 1:
            return "mixed"
        if towards:
            return "native better" if towards == {"native"} else "Agent Builder better"
    return "equal"


def breaks_of(native: Side, agent_builder: Side, reasons: Iterable[Reason]) -> tuple[str, ...]:
    """What a user loses by moving: an answer, facts, commands, or a case that passes."""
    lost = [
        reason.words
        for reason in reasons
        if reason.decides
        and reason.favours == "agent_builder"
        and reason.about in ("answer", "content", "commands")
    ]
    fails = native.outcome == "fail" and agent_builder.outcome == "pass"
    if fails and not any(reason.about == "answer" and reason.decides for reason in reasons):
        lost.append(f"native fails, Agent Builder passes: {native.reason or 'no reason told'}")
    return tuple(lost)


def _answer(native: Side, agent_builder: Side, fault: str | None) -> Iterator[Reason]:
    sides = (native, agent_builder)
    for side in sides:
        if side.answered is None:
            said = side.reason or f"its outcome is {side.outcome}"
            yield _unknown(f"{NAMES[side.path]} could not be judged: {said}", {"outcome": side.outcome})
    if None in (native.answered, agent_builder.answered):
        return
    seen = {side.path: _seen(side) for side in sides}
    if native.answered != agent_builder.answered:
        good, bad = sides if native.answered else (agent_builder, native)
        yield Reason(
            about="answer",
            favours=good.path,
            decides=True,
            words=f"{NAMES[good.path]} answers, {NAMES[bad.path]} does not{_under(fault)}: {seen[bad.path]}",
            evidence={"sees": seen, "reason": bad.reason},
        )
    elif not native.answered and (fault is None or "fail" in (native.outcome, agent_builder.outcome)):
        # A case that passes without an answer is one whose scenario expects none under the fault.
        told = "; ".join(f"{NAMES[side.path]}: {seen[side.path]}" for side in sides)
        yield _unknown(f"neither path answers ({told})", {"sees": seen})
    elif fault is not None:
        verb = "both answer" if native.answered else "neither answers"
        told = "; ".join(f"on {NAMES[side.path]} the user sees: {seen[side.path]}" for side in sides)
        yield Reason(
            about="answer",
            favours="neither",
            decides=False,
            words=f"{verb}{_under(fault)}; {told}",
            evidence={"sees": seen, "fault": fault},
        )


def _under(fault: str | None) -> str:
    return f" under the fault {fault}" if fault else ""


def _seen(side: Side) -> str:
    """What the user of a side had, in one line."""
    for turn in side.turns:
        if not turn.answered or turn.problems:
            shown = [f"“{_short(turn.text)}”"] if turn.text.strip() else []
            return ", ".join([*shown, *map(_short, turn.problems)]) or "nothing"
    if not side.turns:
        return "nothing was driven"
    last = side.turns[-1]
    shown = [f"“{_short(last.text)}”"] if last.text.strip() else []
    shown += [f"{len(last.widgets)} widget{'s' if len(last.widgets) > 1 else ''}"] if last.widgets else []
    return ", ".join([*shown, *last.commands[:3]]) or "an empty answer"


def _content(content: Content) -> Iterator[Reason]:
    for path, facts in (("native", content.native_only), ("agent_builder", content.agent_builder_only)):
        counted = weighty(facts)
        if counted:
            many = "one fact" if len(counted) == 1 else f"{len(counted)} facts"
            yield Reason(
                about="content",
                favours=_path(path),
                decides=True,
                words=f"{NAMES[path]} gives {many} that {NAMES[_other(path)]} does not: {_listed(counted)}",
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


def _commands(difference: CommandDifference) -> Iterator[Reason]:
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
    for path, commands in only.items():
        if commands:
            yield Reason(
                about="commands",
                favours=_path(path),
                decides=True,
                words=f"{NAMES[path]} tells the chart what {NAMES[_other(path)]} does not:"
                f" {', '.join(commands[:_SHOWN])}{_more(len(commands))}",
                evidence={"commands": list(commands), "states": dict(difference.states)},
            )
    if not any(only.values()):
        yield Reason(
            about="commands",
            favours="neither",
            decides=False,
            words=f"the same commands in another order make another chart: {', '.join(difference.states)}",
            evidence={"states": dict(difference.states)},
        )


def _defects(native: Side, agent_builder: Side, fault: str | None) -> Iterator[Reason]:
    for bad, good in ((native, agent_builder), (agent_builder, native)):
        has = {each.rule for each in good.defects}
        for defect in bad.defects:
            if defect.rule in has or defect.rule.startswith(_NOT_THE_USERS):
                continue
            if fault is not None and defect.expected and defect.rule.startswith("run/"):
                continue  # the fault itself: what counts is what the user is told of it
            counts = defect.severity == "error" or defect.expected
            shown = ", shown by the scenario on purpose" if defect.expected else ""
            yield Reason(
                about="defects",
                favours=good.path,
                decides=counts,
                words=f"{NAMES[bad.path]}: {_short(defect.message, 160)} ({defect.rule}{shown})",
                evidence={"rule": defect.rule, "count": defect.count, "severity": _severity(defect)},
            )


def _severity(defect: Defect) -> str:
    return "expected" if defect.expected else defect.severity


def _form(content: Content) -> Iterator[Reason]:
    if content.as_text is not None:
        shows = _other(content.as_text)
        yield Reason(
            about="form",
            favours=_path(shows),
            decides=False,
            words=f"{NAMES[shows]} shows a widget, {NAMES[content.as_text]} only text",
            evidence={"as_text": content.as_text},
        )


def _calls(native: Side, agent_builder: Side) -> Iterator[Reason]:
    here, there = native.costs.in_a_row, agent_builder.costs.in_a_row
    if here is None or there is None or here == there:
        return
    fewer, more = (native, agent_builder) if here < there else (agent_builder, native)
    yield Reason(
        about="calls",
        favours=fewer.path,
        decides=False,
        words=f"{NAMES[more.path]} makes {max(here, there)} model calls one after the other, "
        f"{NAMES[fewer.path]} {min(here, there)}",
        evidence={"native": here, "agent_builder": there},
    )


def _speed(native: Side, agent_builder: Side) -> Iterator[Reason]:
    here, there = native.times.end.whole_ms, agent_builder.times.end.whole_ms
    if here is None or there is None or abs(here - there) < _LEAST_MS:
        return
    fast = native if here < there else agent_builder
    least, most = min(here, there), max(here, there)
    if most < least * SLOWER:
        return
    yield Reason(
        about="speed",
        favours=fast.path,
        decides=True,
        words=f"{NAMES[fast.path]} is faster, by the model's recorded time and the measured overhead",
        evidence={"native_ms": here, "agent_builder_ms": there},
    )


def _unknown(words: str, evidence: dict[str, object]) -> Reason:
    return Reason(about="unknown", favours="neither", decides=False, words=words, evidence=evidence)


def _path(name: str) -> Path:
    return "native" if name == "native" else "agent_builder"


def _other(name: str) -> Favours:
    return "agent_builder" if name == "native" else "native"


def _shown(facts: Iterable[Fact]) -> list[str]:
    return [fact.shown for fact in facts if fact not in weighty([fact])]


def _listed(facts: Sequence[Fact]) -> str:
    return ", ".join(_short(fact.shown, 60) for fact in facts[:_SHOWN]) + _more(len(facts))


def _more(number: int) -> str:
    return f" and {number - _SHOWN} more" if number > _SHOWN else ""


def _short(text: str, limit: int = 120) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"
