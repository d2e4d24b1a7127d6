"""In what two sides differ, and the verdict that follows. There is no score.

Each difference is a reason with a direction. The verdict goes by the first of these that says anything:

1. **answer**: a side that answers beats one that does not; nothing else counts then. Where neither answers
   the verdict is `cannot be told`, unless the scenario breaks something on purpose and expects no answer.
   So it is for two answers in words alone that hold no fact and share hardly a word.
2. **content, commands, defects**: facts that a user reads on one side only; commands that make another
   chart; errors that checks found on one side only (also those that a scenario shows on purpose, but not
   the traces of a fault that it injects, nor what may be made up under it). All in one direction: that
   side is better. In both: `mixed`.
3. **speed**: only where both sides' model time is known from recordings, and one takes a fifth longer.
   Scripts have no model time, and answers that were saved have no times, so that they decide nothing.

What only differs (a widget here, the same facts as text there; more calls of the model; warnings) is told
and decides nothing. Where nothing decides, the sides are `equal`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from chatkit_harness.comparison.differing import (
    NAMES,
    command_reasons,
    content_reasons,
    form_reasons,
    short,
)
from chatkit_harness.comparison.nouns import (
    CommandDifference,
    Content,
    Defect,
    Reason,
    Side,
    Verdict,
)

SLOWER = 1.2
"""A side is slower where its user waits this many times as long."""
_LEAST_MS = 50.0
# Budgets and the bookkeeping of cassettes say nothing of what a user gets.
_NOT_THE_USERS = ("latency/", "upstream/")
# Nobody asked a hosted workflow for the widgets and words of a scenario: what it says is compared itself.
_NOT_OF_SAVED = ("expect/tool-", "expect/widget-", "expect/text-content", "expect/items")


def reasons_of(
    native: Side, agent_builder: Side, content: Content, commands: CommandDifference, fault: str | None
) -> tuple[Reason, ...]:
    """Everything in which the two sides differ, what decides first."""
    found = [*_answer(native, agent_builder, fault)]
    if any(reason.about == "unknown" for reason in found):
        return tuple(found)  # what is wrong with answers that nobody got makes no side better
    if native.answered and agent_builder.answered:
        found += [*content_reasons(content, fault), *command_reasons(commands, fault)]
    found += [*_defects(native, agent_builder, fault), *form_reasons(content)]
    if native.answered == agent_builder.answered:  # who gives no answer is not the faster for it
        found += [*_calls(native, agent_builder), *_speed(native, agent_builder)]
    if content.wording_only and fault is None and not any(map(_tells, (native, agent_builder))):
        found += _words_alone(native, agent_builder, found)
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
    judged = native.answered is not None
    fails = judged and native.outcome == "fail" and agent_builder.outcome == "pass"
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
    if native.answered and not agent_builder.answered and fault is None and _raised(agent_builder):
        # What fails is the export as it runs here; the hosted workflow may well have answered.
        told = f"the workflow raised ({seen[agent_builder.path]}): what its users got is not known"
        yield _unknown(told, {"sees": seen})
    elif native.answered != agent_builder.answered:
        good, bad = sides if native.answered else (agent_builder, native)
        yield Reason(
            about="answer",
            favours=good.path,
            decides=True,
            words=f"{NAMES[good.path]} answers, {NAMES[bad.path]} does not{_under(fault)}: {seen[bad.path]}",
            evidence={"sees": seen, "reason": bad.reason},
        )
    elif not native.answered and fault and fault.startswith("model ") and _unasked(sides):
        yield _unknown(
            f"the fault {fault} never came about: neither path asked the model", {"broken": _cause(sides)}
        )
    elif not native.answered and (fault is None or "fail" in (native.outcome, agent_builder.outcome)):
        # A case that passes without an answer is one whose scenario expects none under the fault.
        told = "; ".join(f"{NAMES[side.path]}: {seen[side.path]}" for side in sides)
        yield _unknown(f"neither path answers ({told})", {"sees": seen, "broken": _cause(sides)})
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


def _raised(side: Side) -> bool:
    """Whether a question ended in an exception that the scenario did not ask for."""
    return side.outcome == "fail" and any(
        problem.startswith("raised ") for turn in side.turns for problem in turn.problems
    )


def _unasked(sides: Iterable[Side]) -> bool:
    return all(side.costs.calls == 0 for side in sides)


def _cause(sides: Iterable[Side]) -> str:
    """What both paths stumble over: what was raised tells more than an event that says nothing."""
    told = [side.reason for side in sides if side.reason]
    told += [defect.message for side in sides for defect in side.defects if defect.rule.startswith("run/")]
    # In which turn and how the user met it differs by path, and is no part of the cause.
    bare = [re.sub(r"\s*\([^()]*(?:\([^()]*\)[^()]*)*\)$", "", each) for each in told]
    # Nor is the release in which it is raised: of several releases one cause is told once.
    return short(re.sub(r"\b(openai-\w+) \d[\w.]*", r"\1", bare[0]), 200) if bare else ""


def _under(fault: str | None) -> str:
    return f" under the fault {fault}" if fault else ""


def _seen(side: Side) -> str:
    """What the user of a side had, in one line."""
    for turn in side.turns:
        if not turn.answered or turn.problems:
            shown = [f"“{short(turn.text)}”"] if turn.text.strip() else []
            return ", ".join([*shown, *map(short, turn.problems)]) or "nothing"
    if not side.turns:
        return "nothing was driven"
    last = side.turns[-1]
    shown = [f"“{short(last.text)}”"] if last.text.strip() else []
    shown += [f"{len(last.widgets)} widget{'s' if len(last.widgets) > 1 else ''}"] if last.widgets else []
    return ", ".join([*shown, *last.commands[:3]]) or "an empty answer"


def _defects(native: Side, agent_builder: Side, fault: str | None) -> Iterator[Reason]:
    for bad, good in ((native, agent_builder), (agent_builder, native)):
        has = {each.rule for each in good.defects}
        for defect in bad.defects:
            if defect.rule in has or defect.rule.startswith(_NOT_THE_USERS):
                continue
            if fault is not None and defect.expected and defect.rule.startswith("run/"):
                continue  # the fault itself: what counts is what the user is told of it
            counts = defect.severity == "error" or defect.expected
            counts = counts and not (bad.origin == "saved" and defect.rule.startswith(_NOT_OF_SAVED))
            shown = ", shown by the scenario on purpose" if defect.expected else ""
            yield Reason(
                about="defects",
                favours=good.path,
                decides=counts,
                words=f"{NAMES[bad.path]}: {short(defect.message, 260)} ({defect.rule}{shown})",
                evidence={"rule": defect.rule, "count": defect.count, "severity": _severity(defect)},
            )


def _severity(defect: Defect) -> str:
    return "expected" if defect.expected else defect.severity


def _tells(side: Side) -> bool:
    """Whether there is more than words to hold against the other side, or nothing at all."""
    return not side.answered or any(turn.commands for turn in side.turns)


def _words_alone(native: Side, agent_builder: Side, found: Iterable[Reason]) -> Iterator[Reason]:
    """Two answers in words, without a fact, that have hardly a word in common: one may well be a refusal."""
    if any(reason.decides for reason in found):
        return
    told = "; ".join(f"{NAMES[side.path]}: {_seen(side)}" for side in (native, agent_builder))
    yield _unknown(f"both answer in words alone, and in other words: read both ({told})", {"words": True})


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
        words=f"{NAMES[fast.path]} is faster: {least / 1000:.1f} s to the end instead of {most / 1000:.1f} s,"
        " the model's recorded time and the measured overhead",
        evidence={"native_ms": here, "agent_builder_ms": there},
    )


def _unknown(words: str, evidence: dict[str, object]) -> Reason:
    return Reason(about="unknown", favours="neither", decides=False, words=words, evidence=evidence)
