"""Matching by meaning: which recorded interaction answers a request, and if none, why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit_harness.upstream.answers import called_ids, called_tools
from chatkit_harness.upstream.cassette import Api, Cassette, Interaction
from chatkit_harness.upstream.features import RequestFeatures, features, normal, user_turns
from chatkit_harness.upstream.predicates import failed_predicates


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


class Matcher:
    """Hands out the interactions of one cassette, each once, the first unused that matches."""

    def __init__(self, cassette: Cassette, words: Sequence[str]) -> None:
        """`words` are what the user says in the case; of a foreign cassette its own requests count too."""
        self.cassette = cassette
        self.words = list(words)
        if cassette.provenance.origin == "foreign":
            self.words += words_of(cassette)
        self._scripted = cassette.provenance.origin == "script"
        self._used: set[int] = set()
        self._known = [
            (features(each.request, self.words), called_tools(each)) if each.api else None
            for each in cassette.interactions
        ]

    @property
    def unused(self) -> tuple[int, ...]:
        """The interactions that no request asked for (of the two endpoints that are served)."""
        return tuple(n for n, known in enumerate(self._known) if known and n not in self._used)

    def take(self, api: Api, body: Mapping[str, Any]) -> Verdict:
        """The verdict on a request; a matching interaction is used up by it."""
        asked = features(body, self.words)
        told: list[tuple[int, bool, int, list[str]]] = []
        for number, known in enumerate(self._known):
            interaction = self.cassette.interactions[number]
            if known is None:
                continue
            used = number in self._used
            difference = _api_differs(interaction, api) or differences(
                asked, interaction, *known, scripted=self._scripted
            )
            if not difference and not used:
                self._used.add(number)
                return Verdict(interaction=number, noted=notes(asked, known[0]))
            told.append((len(difference), used, number, difference))
        return self._unmatched(asked, told)

    def _unmatched(self, asked: RequestFeatures, told: list[tuple[int, bool, int, list[str]]]) -> Verdict:
        if self._exhausted(asked):
            return Verdict(exhausted=True)
        if not told:
            return Verdict(difference=("nothing is recorded for this endpoint",))
        _, used, number, difference = min(told)
        if used:
            difference = ["the interaction that this request repeats is used up already", *difference]
        return Verdict(nearest=number, difference=tuple(difference))

    def _exhausted(self, asked: RequestFeatures) -> bool:
        """Whether a recording is played to its end and the request goes on from its last answer."""
        if self._scripted or self.unused or not self._used:
            return False
        last = max(self._used)
        known = self._known[last]
        answered = set(called_ids(self.cassette.interactions[last]))
        if asked.fresh:
            return bool(answered & asked.fresh) or bool(known and asked.words == known[0].words)
        return bool(known and _alike(asked.words, known[0].words))


def words_of(cassette: Cassette) -> list[str]:
    """All that the user says in a cassette's own requests."""
    found: dict[str, None] = {}
    for interaction in cassette.interactions:
        if interaction.api:
            found.update(dict.fromkeys(user_turns(interaction.request)))
    return list(found)


def differences(
    asked: RequestFeatures,
    interaction: Interaction,
    recorded: RequestFeatures,
    called: Collection[str],
    *,
    scripted: bool,
) -> list[str]:
    """What keeps a recorded interaction from answering a request, in words; empty where nothing does."""
    return [
        *_words_differ(asked, recorded),
        *_outputs_differ(asked, recorded),
        *_names_differ(asked, recorded),
        *_predicates_fail(asked, recorded, interaction),
        *_tools_missing(asked, called, _possible(interaction, recorded, called, scripted=scripted)),
    ]


def notes(asked: RequestFeatures, recorded: RequestFeatures) -> tuple[str, ...]:
    """What differs without harm: history, model, offered tools."""
    noted = []
    if asked.words != recorded.words:
        noted.append(f"history: {len(asked.words)} messages of the user, recorded {len(recorded.words)}")
    elif len(asked.roles) != len(recorded.roles):
        noted.append(f"history: {len(asked.roles)} items, recorded {len(recorded.roles)}")
    if asked.model != recorded.model:
        noted.append(f"model: {asked.model}, recorded {recorded.model}")
    offered, were = asked.offered, recorded.offered
    if offered is not None and were is not None and set(offered) != set(were):
        noted.append(f"tools: {_list(offered)}, recorded {_list(were)}")
    if asked.nested:
        noted.append("history: handed over inside one message")
    if asked.without_text:
        noted.append(f"parts without text: {asked.without_text}, not compared")
    return tuple(noted)


def _api_differs(interaction: Interaction, api: Api) -> list[str]:
    if interaction.api == api:
        return []
    return [f"asked through {api}, recorded through {interaction.api}"]


def _words_differ(asked: RequestFeatures, recorded: RequestFeatures) -> list[str]:
    if _alike(asked.words, recorded.words) or not recorded.words:
        return []
    if not asked.words and (asked.continues or _within(recorded.words, asked.nested)):
        return []
    if recorded.words[-1] in asked.last_user_text and not asked.outputs:
        return []
    return [f"the user's words: {_list(asked.words) or 'none of them'}, recorded {_list(recorded.words)}"]


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two histories end alike: one may have been shortened at its beginning."""
    if not one or not other:
        return list(one) == list(other)
    short = min(len(one), len(other))
    return list(one[-short:]) == list(other[-short:])


def _within(words: Sequence[str], text: str) -> bool:
    whole = normal(text)
    return bool(whole) and all(each in whole for each in words)


def _outputs_differ(asked: RequestFeatures, recorded: RequestFeatures) -> list[str]:
    missing = [key for key in sorted(recorded.fresh) if key not in asked.outputs and key not in asked.nested]
    surplus = sorted(asked.fresh - set(recorded.outputs))
    found = []
    if missing:
        found.append(f"outputs of tools: without {_list(_named(recorded, missing))}")
    if surplus:
        found.append(f"outputs of tools: with {_list(_named(asked, surplus))}, which the recording has not")
    return found


def _named(request: RequestFeatures, keys: Sequence[str]) -> list[str]:
    return [f"{request.calls.get(key, 'a call')} ({key})" for key in keys]


def _names_differ(asked: RequestFeatures, recorded: RequestFeatures) -> list[str]:
    return [
        f"call {key}: of {asked.calls[key]}, recorded of {name}"
        for key, name in recorded.calls.items()
        if asked.calls.get(key, name) != name
    ]


def _predicates_fail(
    asked: RequestFeatures, recorded: RequestFeatures, interaction: Interaction
) -> list[str]:
    found = []
    names = {**recorded.calls, **asked.calls}
    for wanted, predicate in interaction.outputs.items():
        held = [text for key, text in asked.outputs.items() if wanted in (key, names.get(key))]
        if not held:
            found.append(f"output of {wanted}: missing")
            continue
        failed = [failed_predicates(text, predicate) for text in held]
        if all(failed):
            found += [f"output of {wanted}: {each}" for each in failed[-1]]
    return found


def _possible(
    interaction: Interaction, recorded: RequestFeatures, called: Collection[str], *, scripted: bool
) -> set[str]:
    """The called tools that have to be offered: all of a script's, of a recording those that were."""
    if interaction.unoffered:
        return set()
    return set(called) if scripted else set(called) & set(recorded.offered or ())


def _tools_missing(asked: RequestFeatures, called: Collection[str], possible: set[str]) -> list[str]:
    offered = set(asked.offered or ())
    missing = [name for name in dict.fromkeys(called) if name in possible and name not in offered]
    if not missing:
        return []
    return [f"tools: the answer calls {_list(missing)}, which the request does not offer"]


def _list(texts: Sequence[str]) -> str:
    shown = [text if len(text) <= 80 else f"{text[:79]}…" for text in texts]
    return ", ".join(repr(text) for text in shown)
