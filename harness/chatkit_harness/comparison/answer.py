"""The comparison in words: should we move, and what breaks?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from chatkit_harness.comparison.broken import Broken, broken_cells, cause_of
from chatkit_harness.comparison.broken import statements as broken_statements
from chatkit_harness.comparison.nouns import Pairing, ScenarioComparison, Statement
from chatkit_harness.comparison.where import all_cells, cells_of, same_reason, where

_NOTHING = (
    "Nothing could be compared: no scenario was driven on both paths, so that nobody can say whether to move."
)
_NO_SPEED = (
    "Which path is faster: no verdict, since the model's time is known from recordings on both sides only "
    "({why}). What was measured is the overhead of the server and the framework."
)

Statements = tuple[tuple[Statement, ...], tuple[Statement, ...], tuple[Statement, ...]]


def statements_of(compared: Sequence[ScenarioComparison]) -> Statements:
    """What breaks by moving, what gets better, and what is not known, each told once."""
    breaking = [*_all(compared, _lost), *_all(compared, _worse, decides=True)]
    breaking += _all(compared, _worse, decides=False)
    better = [*_all(compared, _better, decides=True), *_all(compared, _better, decides=False)]
    broken = broken_cells(compared)
    unknown = [*broken_statements(broken, len(compared))]
    unknown += [told for each in compared for told in _unknown(each, broken)]
    return _grouped(breaking), _grouped(better), (*_grouped(unknown), *_speed(compared))


def answer_of(compared: Sequence[ScenarioComparison], breaking: Sequence[Statement]) -> str:
    """The answer in a few sentences, worst first."""
    if not compared:
        return _NOTHING
    total = len(compared)
    lost = {name for told in breaking if told.breaks for name in told.scenarios}
    judged = [each for each in compared if each.verdict != "cannot be told"]
    said = []
    if lost:
        said.append(f"Moving to the native path breaks something in {len(lost)} of {_scenarios(total)}.")
    elif judged:
        scope = _scenarios(total) if len(judged) == total else f"the {len(judged)} that could be judged"
        said.append(f"Nothing that Agent Builder answers is lost by moving, in {scope}.")
    if not judged:
        said.append(f"None of {_scenarios(total)} could be judged.")
    counts = {
        "native better": "better on the native path",
        "equal": "equal",
        "mixed": "mixed",
        "Agent Builder better": "better on Agent Builder",
        "cannot be told": "not to be told",
    }
    told = [(sum(each.verdict == verdict for each in compared), words) for verdict, words in counts.items()]
    said.append(f"{', '.join(f'{number} {words}' for number, words in told if number)}.")
    return " ".join([*said, *(_unjudged(compared) if judged else ())])


def _unjudged(compared: Sequence[ScenarioComparison]) -> Iterator[str]:
    """How much could not be judged, and whether that is the cells' doing."""
    pairings = [pairing for each in compared for pairing in each.pairings]
    number = sum(len(each.cells) for each in pairings if each.verdict == "cannot be told")
    everything = sum(len(each.cells) for each in pairings)
    if not number:
        return
    broken = broken_cells(compared)
    why = f": neither path works {', nor '.join(each.where for each in broken)}" if broken else ""
    if sum(each.pairings for each in broken) < number and broken:
        why += ", and for other reasons"
    yield f"{number} of {everything} pairings (a scenario in a cell) could not be judged{why}."


def labels_of(pairings: Iterable[Pairing]) -> tuple[str, ...]:
    """Whose words were compared, each label once."""
    told = [
        f"{path}: {side.words_of}"
        for pairing in pairings
        for path, side in (("Native", pairing.native), ("Agent Builder", pairing.agent_builder))
        if side.turns
    ]
    return tuple(sorted(set(told), key=lambda label: (not label.startswith("Native"), label)))


def _all(
    compared: Sequence[ScenarioComparison], told: Callable[..., Iterator[Statement]], **how: bool
) -> list[Statement]:
    return [statement for each in compared for statement in told(each, **how)]


def _lost(each: ScenarioComparison) -> Iterator[Statement]:
    """What the user of a scenario loses."""
    lost = [words for pairing in each.pairings for words in pairing.breaks]
    for words in dict.fromkeys(lost):
        told = _placed(words, _lost_in(each, words))
        yield Statement(scenarios=(each.scenario,), words=told, breaks=True)


def _lost_in(each: ScenarioComparison, words: str) -> str:
    judged = [pairing for pairing in each.pairings if pairing.verdict != "cannot be told"]
    held = [pairing for pairing in judged if words in pairing.breaks]
    return where(all_cells(held), all_cells(judged))


def _worse(each: ScenarioComparison, *, decides: bool) -> Iterator[Statement]:
    """What else is better on Agent Builder."""
    lost = {words for pairing in each.pairings for words in pairing.breaks}
    return _favouring(each, "agent_builder", but=lost, decides=decides)


def _better(each: ScenarioComparison, *, decides: bool) -> Iterator[Statement]:
    return _favouring(each, "native", but=set(), decides=decides)


def _favouring(each: ScenarioComparison, path: str, *, but: set[str], decides: bool) -> Iterator[Statement]:
    """Reasons that favour a path; of defects of one rule the first stands for the others."""
    rules: set[str] = set()
    for reason in each.reasons:
        if reason.favours != path or reason.decides != decides or reason.words in but:
            continue
        rule = str(reason.evidence.get("rule", ""))
        if not rule or rule not in rules:
            rules.add(rule)
            told = _placed(reason.words, cells_of(each, reason))
            yield Statement(scenarios=(each.scenario,), words=told, rule=rule)


def _unknown(each: ScenarioComparison, broken: Sequence[Broken]) -> Iterator[Statement]:
    """What is not known of a scenario, but for cells in which nothing works at all."""
    bad = {cell for held in broken for cell in held.cells}
    good = [one for one in each.pairings if not bad.issuperset(one.cells) or cause_of(one) is None]
    for reason in each.reasons:
        seen = any(same_reason(reason, mine) for pairing in good for mine in pairing.reasons)
        if reason.about == "unknown" and seen:
            told = _placed(reason.words, cells_of(each, reason))
            yield Statement(scenarios=(each.scenario,), words=told)


def _speed(compared: Sequence[ScenarioComparison]) -> Iterator[Statement]:
    """Why nothing is said of speed, where for some scenario nothing can be."""
    sides = [
        side
        for each in compared
        for pairing in each.pairings
        for side in (pairing.native, pairing.agent_builder)
        if side.answered is not None and side.times.end.model_ms is None
    ]
    if sides:
        why = {
            "saved": "saved answers have no times",
            "recording": "a recording lacks times",
            "replayed text": "a replayed text has no time",
            "nothing": "no model was asked",
        }
        told = dict.fromkeys(why.get(side.origin, "a script has no model time") for side in sides)
        yield Statement(scenarios=(), words=_NO_SPEED.format(why=", ".join(told)))


def _placed(words: str, cells: str) -> str:
    """A sentence with the cells in which it holds, where it is not all of them."""
    return f"{words} ({cells})" if cells else words


def _grouped(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """What says the same told once, with all its scenarios; what breaks first."""
    found: dict[tuple[str, bool], list[Statement]] = {}
    for each in statements:
        found.setdefault((each.rule or each.words, each.breaks), []).append(each)
    told = [_together(alike) for alike in found.values()]
    return tuple(sorted(told, key=lambda each: not each.breaks))


def _together(alike: Sequence[Statement]) -> Statement:
    """Statements in the same words, or on defects of one rule, as one."""
    scenarios = dict.fromkeys(name for each in alike for name in each.scenarios)
    differ = len({each.words for each in alike}) > 1
    words = f"{alike[0].words}, for example" if differ else alike[0].words
    return replace(alike[0], scenarios=tuple(scenarios), words=words)


def _scenarios(number: int) -> str:
    return f"{number} scenario{'' if number == 1 else 's'}"
