"""A cassette read as a story: what was said, called and answered, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chatkit_harness.upstream.answers import Call, calls_of, tokens_of
from chatkit_harness.upstream.cassette import Cassette, Interaction
from chatkit_harness.upstream.features import RequestFeatures, features, user_turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One interaction with a served endpoint, and what the recording knew before it.

    `said` are the user's messages in its request, `made` the call ids of earlier answers, `calls` the
    calls of its own answer, `tokens` what that says of its usage (in, out).
    """

    number: int
    interaction: Interaction
    said: tuple[str, ...]
    made: frozenset[str]
    calls: tuple[Call, ...]
    tokens: tuple[int | None, int | None] = (None, None)

    def asks(self, aliases: Mapping[str, str] | None = None) -> RequestFeatures:
        """The features of its request, with `said` for the user's words."""
        # Something that nobody says, so that not everything counts where nothing was said.
        return features(self.interaction.request, self.said or ("\0",), aliases or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The steps of a cassette. `aliases` maps what a recorded client called a call to its call id."""

    steps: tuple[Step, ...]
    aliases: Mapping[str, str]
    _recorded: dict[tuple[str, ...], tuple[RequestFeatures, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def recorded(self, words: Sequence[str]) -> tuple[RequestFeatures, ...]:
        """The features of each step's request where these are the user's words; worked out once."""
        known = self._recorded.get(tuple(words))
        if known is None:
            known = tuple(features(step.interaction.request, words, self.aliases) for step in self.steps)
            self._recorded[tuple(words)] = known
        return known

    @property
    def words(self) -> list[str]:
        """All that the user says in the recording's own requests."""
        return list(dict.fromkeys(text for step in self.steps for text in step.said))


_MOST = 512
_told: dict[int, tuple[Cassette, Story]] = {}


def story_of(cassette: Cassette) -> Story:
    """The story of a cassette; other endpoints have no part in it.

    A cassette is played in every cell of a run: its story is read once.
    """
    known = _told.get(id(cassette))
    if known is not None and known[0] is cassette:
        return known[1]
    aliases: dict[str, str] = {}
    story = Story(steps=tuple(_steps(cassette, aliases)), aliases=aliases)
    if len(_told) >= _MOST:
        _told.clear()
    _told[id(cassette)] = (cassette, story)
    return story


def _steps(cassette: Cassette, aliases: dict[str, str]) -> Iterator[Step]:
    made: dict[str, str] = {}
    for number, interaction in enumerate(cassette.interactions):
        if interaction.api is None:
            continue
        aliases.update(_renamed(interaction, made, aliases))
        known = {*made, *aliases}
        calls = calls_of(interaction)
        yield Step(
            number=number,
            interaction=interaction,
            said=tuple(user_turns(interaction.request, known)),
            made=frozenset(made),
            calls=calls,
            tokens=tokens_of(interaction),
        )
        made.update({call.id: call.name for call in calls})
        # Some clients answer to the item's id instead of the call's.
        aliases.update({call.item: call.id for call in calls if call.item})


def _renamed(interaction: Interaction, made: Mapping[str, str], aliases: Mapping[str, str]) -> dict[str, str]:
    """Outputs under ids that no answer gave: those of the earlier calls of that tool, in order."""
    asked = features(interaction.request, aliases=aliases)
    waiting = [key for key in made if key not in asked.outputs]
    found: dict[str, str] = {}
    for key in asked.outputs:
        if key in made:
            continue
        match = next((each for each in waiting if made[each] == asked.calls.get(key)), None)
        if match is not None:
            waiting.remove(match)
            found[key] = match
    return found
