"""What the client's declarations leave out and every server writes all the same, with the reason.

An allowance is for what chatkit's own models put on the wire by themselves, so that no author could leave it
out: without it each button would be a finding, and would say nothing of anybody's widget. What an author
writes is never allowed here, however many do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging.specifiers import SpecifierSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A prop that may be there although the declaration does not name it.

    `part` is the declaration that it is added to; `takes` the schema of what it may hold; `clients` the
    releases of the client that it is for, in the syntax of requirements (all where it is empty).
    """

    part: str
    prop: str
    takes: Mapping[str, Any]
    clients: str
    reason: str

    @property
    def where(self) -> str:
        """The prop with its part: `ActionConfig.handler`."""
        return f"{self.part}.{self.prop}"

    def holds_for(self, version: str) -> bool:
        """Whether it is for a release of the client."""
        return SpecifierSet(self.clients).contains(version, prereleases=True)


ALLOWANCES: tuple[Allowance, ...] = (
    Allowance(
        part="ActionConfig",
        prop="handler",
        takes={"enum": ["client", "server"]},
        clients="",
        reason="chatkit's models write it into each action, `server` unless the author says otherwise. The "
        "client's documentation says that it hands actions of the handler `client` to its `onAction` option: "
        "it reads what it does not declare.",
    ),
    Allowance(
        part="ActionConfig",
        prop="loadingBehavior",
        takes={"enum": ["auto", "container", "none", "self"]},
        clients="",
        reason="chatkit's models write it into each action, `auto` unless the author says otherwise. The "
        "documentation says what the client shows for each value while an action is under way; the "
        "declarations do not.",
    ),
    Allowance(
        part="ActionConfig",
        prop="streaming",
        takes={"const": True},
        clients="",
        reason="chatkit's models write `true` into each action unless the author says otherwise, which is "
        "what clients did before there was the prop. `false` is not allowed: with it the author asks for an "
        "action whose answer does not stream, and nothing says which clients do that.",
    ),
)


def allowing(schema: Mapping[str, Any], version: str) -> dict[str, Any]:
    """A client release's schema with what is allowed besides; the given one is left as it is."""
    defs = dict(schema["$defs"])
    for each in ALLOWANCES:
        part = defs.get(each.part)
        if part is None or each.prop in part["properties"] or not each.holds_for(version):
            continue
        defs[each.part] = {**part, "properties": {**part["properties"], each.prop: dict(each.takes)}}
    return {**schema, "$defs": defs}
