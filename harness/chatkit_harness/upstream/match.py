"""Matching by meaning: which recorded interaction answers a request, and if none, why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from chatkit_harness.upstream.cassette import Api, Cassette, Origin
from chatkit_harness.upstream.features import RequestFeatures, features, normal
from chatkit_harness.upstream.predicates import failed_predicates
from chatkit_harness.upstream.story import Step, story_of

_WORDS, _OUTPUTS = "the user's words", "outputs of tools"
_WEIGHTS = {_WORDS: 8, _OUTPUTS: 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one request: the matching interaction, or the nearest and what differs.

    `exhausted` means that a recording has been played to its end and the conversation goes on.
    """

    interaction: int | None = None
    exhausted: bool = False
    nearest: int | None = None
    difference: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A recorded interaction that does not answer a request, and why not."""

    number: int
    difference: list[str]
    used: bool

    def distance(self) -> tuple[int, bool, int]:
        """How far it is from the request: other words say more than one output that is not as expected."""
        weight = sum(_WEIGHTS.get(each.partition(":")[0], 1) for each in self.difference)
        return (weight, self.used, self.number)


class Matcher:
    """Hands out the interactions of one cassette, each once, the first unused that matches."""

    def __init__(self, cassette: Cassette, words: Sequence[str]) -> None:
        """`words` are what the user says in the case; of a foreign cassette its own requests count too."""
        origin = cassette.provenance.origin
        story = story_of(cassette)
        self.words = [*words, *(story.words if origin == "foreign" else ())]
        self._origin = origin
        self._steps, self._aliases = story.steps, story.aliases
        self._recorded = story.recorded(self.words)
        self._used: list[int] = []

    @property
    def unused(self) -> tuple[int, ...]:
        """The interactions that no request asked for, of those with the endpoint of the first."""
        api = self._steps[0].interaction.api if self._steps else None
        return tuple(
            step.number
            for place, step in enumerate(self._steps)
            if place not in self._used and step.interaction.api == api
        )

    def take(self, api: Api, body: Mapping[str, Any]) -> Verdict:
        """The verdict on a request; a matching interaction is used up by it."""
        asked = features(body, self.words, self._aliases)
        told: list[_Candidate] = []
        for place, step in enumerate(self._steps):
            recorded = self._recorded[place]
            difference = self._differences(api, asked, step, recorded)
            if not difference and place not in self._used:
                self._used.append(place)
                return Verdict(interaction=step.number, noted=notes(asked, recorded, origin=self._origin))
            told.append(_Candidate(step.number, difference, used=place in self._used))
        if self._exhausted(asked):
            return Verdict(exhausted=True)
        return _unmatched(told, self._origin)

    def _differences(
        self, api: Api, asked: RequestFeatures, step: Step, recorded: RequestFeatures
    ) -> list[str]:
        if step.interaction.api != api:
            told = "the script answers" if self._origin == "script" else "recorded"
            return [f"asked through {api}, {told} through {step.interaction.api}"]
        return differences(asked, step, recorded, origin=self._origin)

    def _exhausted(self, asked: RequestFeatures) -> bool:
        """Whether a recording is played to its end and the request goes on from its last answer."""
        if self._origin == "script" or self.unused or not self._used:
            return False
        last = self._used[-1]
        if asked.fresh & {call.id for call in self._steps[last].calls}:
            return True
        return _alike(asked.words, self._recorded[last].words)


def _unmatched(told: list[_Candidate], origin: Origin) -> Verdict:
    if not told:
        nothing = "the script has no answer" if origin == "script" else "nothing is recorded"
        return Verdict(difference=(f"{nothing} for this endpoint",))
    nearest = min(told, key=_Candidate.distance)
    left = [each for each in told if not each.used]
    if not nearest.used:
        return Verdict(nearest=nearest.number, difference=tuple(nearest.difference))
    difference = ["the interaction that this request repeats is used up already", *nearest.difference]
    if left:
        other = min(left, key=_Candidate.distance)
        difference += [f"interaction {other.number}, still unused: {each}" for each in other.difference]
    return Verdict(nearest=nearest.number, difference=tuple(difference))


def differences(
    asked: RequestFeatures, step: Step, recorded: RequestFeatures, *, origin: Origin
) -> list[str]:
    """What keeps a recorded interaction from answering a request, in words; empty where nothing does.

    Of a foreign recording the end of the conversation is enough: who recorded it had a memory of its own.
    Scripts and our own recordings say what the user said, so that none of it may be lost or doubled.
    """
    scripted = origin == "script"
    source = "the script" if scripted else "the recording"
    return [
        *_tools_missing(asked, _possible(step, recorded, scripted=scripted), scripted=scripted),
        *_words_differ(asked, recorded, source, whole=origin != "foreign"),
        *_outputs_differ(asked, recorded, step.made, source),
        *_names_differ(asked, recorded, "the script has" if scripted else "recorded of"),
        *_predicates_fail(asked, recorded, step.interaction.outputs),
        *(f"{each}: missing" for each in _surplus(step.interaction.sees, asked.seen)),
    ]


def notes(asked: RequestFeatures, recorded: RequestFeatures, *, origin: Origin) -> tuple[str, ...]:
    """What differs without harm: history, offered tools and, of what a model said once, the model."""
    noted = []
    has = "the script has" if origin == "script" else "recorded"
    if asked.words != recorded.words:
        noted.append(f"history: {len(asked.words)} messages of the user, {has} {len(recorded.words)}")
    elif len(asked.roles) != len(recorded.roles):
        noted.append(f"history: {len(asked.roles)} items, {has} {len(recorded.roles)}")
    lost = recorded.answers - asked.answers
    if lost > 0 and asked.words == recorded.words and not (asked.continues or asked.nested):
        noted.append(f"history: without {lost} of the assistant's {recorded.answers} earlier answers")
    if origin != "script" and asked.model != recorded.model:
        noted.append(f"model: {asked.model}, recorded {recorded.model}")
    offered, were = asked.offered, recorded.offered
    if offered is not None and were is not None and set(offered) != set(were):
        noted.append(f"tools: {_list(offered)}, {has} {_list(were)}")
    if asked.nested:
        noted.append("history: handed over inside one message")
    if asked.without_text:
        noted.append(f"parts without text: {asked.without_text}, not compared")
    return tuple(noted)


def _words_differ(
    asked: RequestFeatures, recorded: RequestFeatures, source: str, *, whole: bool
) -> list[str]:
    if not recorded.words or asked.words == recorded.words:
        return []
    # What the API remembers, or one message tells, is not said again.
    elsewhere = asked.continues or recorded.continues
    if _alike(asked.words, recorded.words) and (not whole or elsewhere or _told(asked, recorded)):
        return []
    if not asked.words and (asked.continues or _within(recorded.words, asked.nested)):
        return []
    wanted = recorded.words if whole and not elsewhere else recorded.words[-1:]
    other = Counter(asked.words) - Counter(recorded.words) if whole else None
    if not other and not asked.outputs and _inside(wanted, asked.user_texts):
        return []
    return [f"{_WORDS}: {_compared(asked.words, recorded.words, source)}"]


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two histories end alike: one may have been shortened at its beginning."""
    if not one or not other:
        return list(one) == list(other)
    short = min(len(one), len(other))
    return list(one[-short:]) == list(other[-short:])


def _told(asked: RequestFeatures, recorded: RequestFeatures) -> bool:
    """Whether either of two histories that end alike hands its beginning over inside one message."""
    if len(asked.words) > len(recorded.words):
        return bool(recorded.nested)
    return _within(recorded.words[: len(recorded.words) - len(asked.words)], asked.nested)


def _inside(wanted: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether each text stands in a longer one, in this order, and the last in the last."""
    if not texts or wanted[-1] not in texts[-1]:
        return False
    left = iter(texts[:-1])
    return all(any(each in text for text in left) for each in wanted[:-1])


def _compared(asked: Sequence[str], recorded: Sequence[str], source: str) -> str:
    """How the user's words differ: what is gone or too much where that is all, else both as they are."""
    gone, more = Counter(recorded) - Counter(asked), Counter(asked) - Counter(recorded)
    if asked and gone and not more:
        return f"without {_list(list(gone.elements()))}"
    if recorded and more and not gone:
        return f"with {_list(list(more.elements()))}, which {source} has not"
    return f"{_list(asked) or 'none of them'}, {source} has {_list(recorded)}"


def _within(words: Sequence[str], text: str) -> bool:
    whole = normal(text)
    return bool(whole) and all(each in whole for each in words)


def _outputs_differ(
    asked: RequestFeatures, recorded: RequestFeatures, made: frozenset[str], source: str
) -> list[str]:
    """Only outputs of calls that the recording itself made can be asked of a request."""
    wanted = sorted(recorded.fresh & made)
    missing = [key for key in wanted if key not in asked.outputs and key not in asked.nested]
    surplus = sorted(asked.fresh - set(recorded.outputs))
    found = []
    if missing:
        found.append(f"{_OUTPUTS}: without {_list(_named(recorded, missing))}")
    if surplus:
        found.append(f"{_OUTPUTS}: with {_list(_named(asked, surplus))}, which {source} has not")
    return found


def _named(request: RequestFeatures, keys: Sequence[str]) -> list[str]:
    return [f"{request.calls.get(key, 'a call')} ({key})" for key in keys]


def _names_differ(asked: RequestFeatures, recorded: RequestFeatures, has: str) -> list[str]:
    return [
        f"call {key}: of {asked.calls[key]}, {has} {name}"
        for key, name in recorded.calls.items()
        if asked.calls.get(key, name) != name
    ]


def _predicates_fail(
    asked: RequestFeatures, recorded: RequestFeatures, predicates: Mapping[str, Any]
) -> list[str]:
    found = []
    names = {**recorded.calls, **asked.calls}
    for wanted, predicate in predicates.items():
        held = [text for key, text in asked.outputs.items() if wanted in (key, names.get(key))]
        if not held:
            found.append(f"output of {wanted}: missing")
            continue
        failed = [failed_predicates(text, predicate) for text in held]
        if all(failed):
            found += [f"output of {wanted}: {each}" for each in failed[-1]]
    return found


def _surplus(wanted: Sequence[str], held: Sequence[str]) -> list[str]:
    """What is wanted more often than it is there."""
    return sorted((Counter(wanted) - Counter(held)).elements())


def _possible(step: Step, recorded: RequestFeatures, *, scripted: bool) -> list[str]:
    """The called tools that must be offered: all of a script's, of a recording those that were."""
    if step.interaction.unoffered:
        return []
    called = [call.name for call in step.calls if call.tool]
    return [name for name in called if scripted or name in (recorded.offered or ())]


def _tools_missing(asked: RequestFeatures, possible: Sequence[str], *, scripted: bool) -> list[str]:
    offered = asked.offered or ()
    missing = [name for name in dict.fromkeys(possible) if name not in offered]
    if not missing:
        return []
    if not scripted:
        return [f"tools: the answer calls {_list(missing)}, which the request does not offer"]
    near = [match for name in missing for match in get_close_matches(name, offered, n=1)]
    has = f"it offers {_list(sorted(offered))}" if offered else "it offers no tools"
    told = f"tools: the script calls {_list(missing)}, which the server does not offer; {has}"
    return [f"{told} (nearest: {_list(list(dict.fromkeys(near)))})" if near else told]


def _list(texts: Sequence[str]) -> str:
    shown = [text if len(text) <= 80 else f"{text[:79]}…" for text in texts]
    return ", ".join(repr(text) for text in shown)
