"""A gate's answer in sentences, drawn from its document: the verdict first, then why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.reports.text import clean, clip, count

Line = tuple[str, str]
"""What a line says, and how a terminal shows it."""

_KINDS = {
    "new_failure": "newly failing",
    "other_failure": "failing otherwise than before",
    "fixed": "mended",
    "same_failure": "failing as before",
    "same_pass": "passing as before",
    "incomparable": "not comparable",
}
STYLES = {"safe": "bold green", "breaks": "bold red", "inconclusive": "bold yellow"}
_FIRST = ("openai-chatkit", "openai-agents", "openai")
SHOWN = 6
"""Places and cases that are named; of more the number is told."""
_PROBLEMS = 20
"""Problems that a terminal shows; the rest are in the reports."""
_MESSAGE = 400


def headline(document: Mapping[str, Any]) -> str:
    """The verdict in one sentence."""
    # One finding that several entries accept is one finding still.
    borne = len({(each["rule"], each["key"]) for each in document["accepted"]})
    if document["verdict"] == "safe":
        if borne:
            accepted = count(borne, "finding")
            return f"SAFE: the candidate breaks nothing but what the baseline accepts ({accepted})."
        return "SAFE: the candidate breaks nothing that works with the base."
    if document["verdict"] == "inconclusive":
        if document["base_is_broken"]:
            return "CANNOT BE TOLD: the base itself is broken."
        return "CANNOT BE TOLD: nothing is known to break, but not everything could be judged."
    said = []
    if document["problems"]:
        number = len(document["problems"])
        said.append(f"the candidate breaks {'one thing' if number == 1 else f'{number:,} things'}")
    if document["baseline"]:
        said.append("the baseline is out of date")
    return f"BREAKS: {', and '.join(said)}."


def counts(document: Mapping[str, Any]) -> str:
    """How many cases came to what."""
    told = [f"{number:,} {_KINDS[kind]}" for kind, number in document["summary"].items() if number]
    return f"Cases: {', '.join(told)}." if told else "No case was compared."


def sides(document: Mapping[str, Any]) -> Iterator[str]:
    """What was compared, a line a side, and what differs."""
    for name in ("base", "candidate"):
        side = document[name]
        pair = f"chatkit {side['chatkit'] or 'none'}, agents {side['agents']}, Python {side['python']}"
        yield f"{name + ':':<11}{clip(side['named'], 200)}  ({pair})"
    yield f"{'changed:':<11}{some(list(moved(document))) or 'nothing'}"


def moved(document: Mapping[str, Any]) -> Iterator[str]:
    """What differs between the two environments, what is asked about first."""
    for each in sorted(document["pins"], key=lambda pin: pin["name"] not in _FIRST):
        yield f"{each['name']} {each['base'] or 'none'} -> {each['candidate'] or 'none'}"


def cases(keys: Sequence[Mapping[str, str]]) -> str:
    """The cases of a problem, by scenario, with the path where it is not the native one."""
    return some([case_name(each) for each in keys])


def case_name(key: Mapping[str, str]) -> str:
    """One case: only what is not the usual is named besides the scenario, which says what answers."""
    usual = {"path": "native", "store": "memory", "client": "none"}
    more = [key[name] for name in usual if key[name] != usual[name]]
    return clean(" ".join([key["scenario"], *(f"[{each}]" for each in more)]))


def latency(document: Mapping[str, Any]) -> str | None:
    """How the times compare, or None where no turn was timed on both sides."""
    found = document["latency"]
    if found["ratio"] is None:
        return None
    sure = "" if found["verdict"] != "inconclusive" else " (it may be chance)"
    return (
        f"Processor time of a turn: {found['ratio']:.2f} times the base's, of {count(found['turns'], 'turn')}"
        f"{sure}; budget {found['budget']:g}."
    )


def culprit(problem: Mapping[str, Any]) -> str | None:
    """What is to blame, in one sentence; None where nothing was looked for."""
    found = problem["culprit"]
    if found is None:
        return None
    sure = {"found": "", "suspected": "suspected: ", "unknown": ""}[found["verdict"]]
    text = clip(found["text"], _MESSAGE)
    return text if text.lower().startswith(sure) else sure + text


def constraint(problem: Mapping[str, Any]) -> str | None:
    """What avoids the problem, and whether that was tried."""
    found = problem["culprit"]
    if found is None or not found["constraint"]:
        return None
    return f"{clean(found['constraint'])} ({'verified' if found['verified'] else 'not verified'})"


def advice(problem: Mapping[str, Any]) -> str | None:
    """The culprit and what avoids it, where nothing else tells them apart."""
    blamed, avoided = culprit(problem), constraint(problem)
    if avoided is None or (blamed is not None and problem["culprit"]["constraint"] in blamed):
        return blamed
    return f"{blamed or ''} Avoid it with {avoided}.".strip()


def where(place: Mapping[str, Any] | None) -> str | None:
    """A place as editors and terminals take it: `uv.lock:120`."""
    return f"{clean(place['file'])}:{place['line']}" if place else None


def trouble(told: Mapping[str, Any]) -> str:
    """What is said of an entry of the baseline, after its place."""
    place = where(told["place"])
    return f"{place}: {one_line(told['message'])}" if place else one_line(told["message"])


def one_line(text: str) -> str:
    """A text as it is, but in one line, so that it can be copied whole."""
    return clean(text).replace("\n", "\\n")


def some(names: Sequence[str]) -> str:
    """The first of many, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def lines(document: Mapping[str, Any]) -> Iterator[Line]:
    """The whole answer, line by line; nothing in it is to be wrapped, since keys and commands are copied."""
    yield from ((one_line(text), style) for text, style in _lines(document))


def _lines(document: Mapping[str, Any]) -> Iterator[Line]:
    yield headline(document), STYLES[document["verdict"]]
    yield counts(document), ""
    yield "", ""
    yield from ((line, "") for line in sides(document))
    for number, problem in enumerate(document["problems"][:_PROBLEMS], start=1):
        yield "", ""
        yield from _problem(number, problem)
    hidden = len(document["problems"]) - _PROBLEMS
    if hidden > 0:
        yield "", ""
        yield f"… and {count(hidden, 'more problem')}: see the reports.", ""
    yield from listed("Baseline", [trouble(each) for each in document["baseline"]], "red")
    yield from listed("Not judged", [one_line(each) for each in document["doubts"]], "yellow")
    # Entries that say the same of one finding in several cases are said once.
    accepted = dict.fromkeys(_borne(each) for each in document["accepted"])
    yield from listed("Accepted", list(accepted), "dim")
    yield from listed("Worth knowing", [trouble(each) for each in document["notes"]], "")
    yield from listed("On the wire", [_wire(each) for each in document["wire"]], "")
    time = latency(document)
    if time is not None:
        yield "", ""
        yield time, ""
    yield from listed("The baseline was brought up to date", list(update(document)), "")


def update(document: Mapping[str, Any]) -> Iterator[str]:
    """What `--update-baseline` did, a line each."""
    done = document["update"]
    if done is None:
        return
    for each in done["added"]:
        yield f"added    {each['rule']}: {one_line(each['key'])}{_narrowed(each)}, until {each['expires']}"
    for each in done["dropped"]:
        yield f"dropped  {each['rule']}: {one_line(each['key'])} ({clip(each['reason'], 200)})"
    for each in done["expired"]:
        yield f"expired  {each['rule']}: {one_line(each['key'])}: mend it, or give it another day by hand"
    unchanged = "" if done["written"] else "nothing to write, "
    yield f"{clean(done['file'])}: {unchanged}{done['kept']:,} kept as they were."
    if done["copy"]:
        yield f"Its layout could not be kept: as it was before, it is in {clean(done['copy'])}."


def _narrowed(entry: Mapping[str, Any]) -> str:
    only = [clean(entry[name]) for name in ("scenario", "path") if entry[name]]
    return f" [{', '.join(only)}]" if only else ""


def _problem(number: int, problem: Mapping[str, Any]) -> Iterator[Line]:
    yield f"{number}. {clean(problem['rule'])}: {clip(problem['message'], _MESSAGE)}", "bold"
    rest = len(problem["findings"]) - 1
    told = {
        "with it": f"{count(rest, 'more finding')} of the same root" if rest > 0 else None,
        "cases": cases(problem["cases"]),
        "culprit": culprit(problem),
        "avoid by": constraint(problem),
        "at": where(problem["place"]),
        "reproduce": one_line(problem["reproduce"]),
        "key": one_line(problem["findings"][0]["key"]),
    }
    yield from ((f"   {name:<10} {text}", "") for name, text in told.items() if text)


def listed(title: str, told: Sequence[str], style: str) -> Iterator[Line]:
    """A titled list, of which the first are shown; nothing where it is empty."""
    if not told:
        return
    yield "", ""
    yield title, "bold"
    yield from ((f"  {each}", style) for each in told[:_PROBLEMS])
    if len(told) > _PROBLEMS:
        yield f"  … and {len(told) - _PROBLEMS:,} more", style


def _borne(each: Mapping[str, Any]) -> str:
    until = f", until {each['expires']}" if each["expires"] else ""
    reason = clip(each["reason"] or "no reason", 200)
    return f"{clean(each['rule'])}: {clip(each['message'], 200)} ({reason}{until})"


def _wire(each: Mapping[str, Any]) -> str:
    what = clip(f"{each['change']} {each['place']}", 200)
    return f"{each['effect']:<9} {what}: {clip(each['why'], 200)} ({cases(each['cases'])})"
