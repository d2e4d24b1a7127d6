"""What the replaying model answers while no run drives it: whatever piece fits what the user said last."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chatkit_harness.upstream.cassette import Api, Cassette, Interaction
from chatkit_harness.upstream.features import features, normal
from chatkit_harness.upstream.match import Matcher
from chatkit_harness.upstream.nouns import Reply
from chatkit_harness.upstream.reply import error_reply, recorded_reply
from chatkit_harness.upstream.session import said_anew
from chatkit_harness.upstream.story import story_of

_NEAREST = 3
"""How many questions are offered where nothing fits."""
_LONGEST = 120
_REMEMBERED = ("previous_response_id", "conversation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What the model can play by itself: a scenario's cassette, and what its user says.

    Its `title` may be asked instead of its first words. `elsewhere` says that it is about another server than
    most. `failing` are those of its words at which something goes wrong: that answer fits nothing else.
    """

    cassette: Cassette
    words: tuple[str, ...]
    title: str | None = None
    elsewhere: bool = False
    failing: frozenset[str] = frozenset()

    @property
    def odd(self) -> bool:
        """Whether it comes after the others: who asks the same freely wants the plain answer."""
        return self.elsewhere or bool(self.failing)


class FreePlay:
    """Plays pieces as often as they are asked for, in threads that mix their questions in any order.

    Of several that fit, the first one is played, the plain ones before the odd. A piece in whose words no
    user speaks fits nothing, and neither does an answer in whose own request nobody says known words.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        spoken = sorted((piece for piece in pieces if piece.words), key=lambda piece: piece.odd)
        # All of them: the words of another piece are the user's, too, and no description to be left out.
        self._words = sorted({word for piece in spoken for word in piece.words})
        self._known = frozenset(normal(word) for word in self._words)
        self._said_in = {normal(word): piece for piece in reversed(spoken) for word in piece.words}
        self._strict = [(piece.cassette, frozenset[str]()) for piece in spoken]
        # Whatever the tools say by now, words about trouble that is not there are no answer.
        self._lenient = [
            (_whatever_tools_say(piece.cassette), frozenset(map(normal, piece.failing))) for piece in spoken
        ]
        plain = [piece for piece in spoken if not piece.odd]
        said_plainly = {normal(word) for piece in plain for word in piece.words}
        self._titles = {normal(piece.title): piece.words[0] for piece in reversed(plain) if piece.title}
        self._titles = {title: word for title, word in self._titles.items() if title not in said_plainly}

    def answer(self, api: Api, body: dict[str, Any]) -> Reply:
        """The answer to a request, with ids that no earlier answer has; 400 where nothing fits."""
        held = _held(body)
        meant = [self._as_meant(item) for item in held]
        if meant != held:
            body = {**body, _key(body): meant}
        users = _users(body)
        newest = next((n for n in reversed(users) if self._knows(users[n])), None)
        if newest is None:
            body = self._by_itself(body)
        elif self._gone_on(body, newest, users):
            return self._unknown(users)
        # Strictly first: of two pieces with the same question, the tools' outputs tell which is meant.
        said = {normal(text) for text in users[newest]} if newest is not None else set()
        for played in (self._strict, self._lenient):
            for asked in _readings(body, newest):
                found = self._found(
                    [cassette for cassette, not_at in played if not said & not_at], api, asked
                )
                if found is not None:
                    return recorded_reply(said_anew(found, calls=False), body)
        return self._unknown(users) if newest is None else self._not_so(api, body, newest)

    def _found(self, played: Sequence[Cassette], api: Api, asked: Mapping[str, Any]) -> Interaction | None:
        for cassette in played:
            matcher = Matcher(cassette, self._words)
            while (number := matcher.take(api, asked).interaction) is not None:
                if _is_bound(cassette, number, matcher.words):
                    return cassette.interactions[number]
        return None

    def _as_meant(self, item: Any) -> Any:
        """A message of the user that says a title, with the words of that piece instead."""
        if not isinstance(item, Mapping) or item.get("role") != "user":
            return item
        meant = [self._titles.get(normal(text)) for text in _texts(item.get("content"))]
        if len(meant) != 1 or meant[0] is None:
            return item
        return {**item, "content": meant[0]}

    def _knows(self, texts: Sequence[str]) -> bool:
        return normal(" ".join(texts)) in self._known or any(normal(text) in self._known for text in texts)

    def _by_itself(self, body: dict[str, Any]) -> dict[str, Any]:
        """A request of no known message, read alone, but where it brings outputs or a history.

        What is remembered could be anything, so that every piece would fit.
        """
        asked = features(body, self._words)
        if asked.fresh or asked.nested:
            return body
        return {key: value for key, value in body.items() if key not in _REMEMBERED}

    def _gone_on(self, body: Mapping[str, Any], newest: int, users: Mapping[int, list[str]]) -> bool:
        """Whether the user has said something else since: a description does not follow an answer."""
        between = _held(body)[newest : max(users)]
        return any(isinstance(item, Mapping) and item.get("role") == "assistant" for item in between)

    def _not_so(self, api: Api, body: dict[str, Any], newest: int) -> Reply:
        """The question is known, but whoever asks it does not ask as the piece has it: what differs."""
        texts = _texts(_held(body)[newest].get("content"))
        said = next(each for each in (normal(" ".join(texts)), *map(normal, texts)) if each in self._known)
        *_others, asked = _readings(body, newest)
        verdict = Matcher(self._said_in[said].cassette, self._words).take(api, asked)
        told = f"{_short(said)} is known, but something differs: {'; '.join(verdict.difference)}."
        return error_reply(400, "harness_unmatched", told)

    def _unknown(self, users: Mapping[int, list[str]]) -> Reply:
        if not self._words:
            told = "No question is known: name scenarios with --scenario."
            return error_reply(400, "harness_unmatched", told)
        said = normal(" ".join(users[max(users)])) if users else ""
        by_words = {word.casefold(): word for word in self._words}
        near = difflib.get_close_matches(said.casefold(), by_words, n=_NEAREST, cutoff=0)
        told = "; ".join(_short(by_words[each]) for each in near)
        number = len(self._words)
        told = (
            f"Nothing fits this request ({_short(said)}). Of {number} questions known, the nearest: {told}."
        )
        return error_reply(400, "harness_unmatched", told)


def _readings(body: dict[str, Any], newest: int | None) -> Iterator[dict[str, Any]]:
    """The request as it is; then from the newest question on; then as one that goes on from elsewhere."""
    yield body
    if newest is None:
        return
    held = _held(body)
    system = [
        item
        for item in held[:newest]
        if isinstance(item, dict) and item.get("role") in ("system", "developer")
    ]
    cut = {**body, _key(body): [*system, *held[newest:]]}
    yield cut
    # What a piece asks second may be asked first.
    yield {**cut, "previous_response_id": "elsewhere"}


def _is_bound(cassette: Cassette, number: int, words: Sequence[str]) -> bool:
    """Whether the request of an interaction holds known words, or an output of its own story's calls.

    Without either it fits whatever is asked.
    """
    story = story_of(cassette)
    return any(
        recorded.words or recorded.fresh & step.made
        for step, recorded in zip(story.steps, story.recorded(words), strict=True)
        if step.number == number
    )


def _whatever_tools_say(cassette: Cassette) -> Cassette:
    """The cassette without what it expects of the outputs of tools: who plays freely chooses other things."""
    if not any(each.outputs for each in cassette.interactions):
        return cassette  # the same one, whose story is known already
    return replace(cassette, interactions=tuple(replace(each, outputs={}) for each in cassette.interactions))


def _users(body: Mapping[str, Any]) -> dict[int, list[str]]:
    """The texts of each message of the user, by its place in the request."""
    return {
        place: _texts(item.get("content"))
        for place, item in enumerate(_held(body))
        if isinstance(item, Mapping) and item.get("role") == "user"
    }


def _texts(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    parts = content if isinstance(content, list) else ()
    return [part["text"] for part in parts if isinstance(part, Mapping) and isinstance(part.get("text"), str)]


def _held(body: Mapping[str, Any]) -> list[Any]:
    held = body.get(_key(body))
    if isinstance(held, str):
        return [{"role": "user", "content": held}]
    return held if isinstance(held, list) else []


def _key(body: Mapping[str, Any]) -> str:
    return "input" if "input" in body else "messages"


def _short(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
