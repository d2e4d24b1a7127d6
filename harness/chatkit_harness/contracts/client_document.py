"""What chatkit and its client understand of each other, as Markdown: made from the stored schemas alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from chatkit_harness.contracts.allowances import ALLOWANCES, Allowance
from chatkit_harness.contracts.catalogue import releases, schema
from chatkit_harness.contracts.client_differences import Difference, differences_of_sides
from chatkit_harness.contracts.clients import PACKAGE, alike, client_releases, client_schema, spans
from chatkit_harness.contracts.knowledge import Item, Knowledge, Sort, apart
from chatkit_harness.contracts.unions import members

_INTRODUCTION = f"""# What chatkit and its client understand of each other

A ChatKit server sends widgets as JSON, and the client in the browser draws them. Both sides say what a
widget may be: openai-chatkit by its models, the npm package `{PACKAGE}` by its type declarations. This page
lists every component, prop and value that one side names and the other does not, release by release. What
both name in all of their releases is not listed.

The declarations are all that is published of the client. A browser may well draw what they do not name: what
stands here is what nobody has promised. The check `client` tells it of what a server sent, as a warning, and
as an error of the releases that `--client` names ([decision 18](decisions/0018-the-clients-contract.md)).

What one side does not name has different ends. What the server's models do not name, they leave out without
a word, or refuse; from openai-chatkit 1.4.0 on the classes that widgets are built with may also let it
through as it is. The check `widgets` tells each of these. What the client does not name arrives, and what
becomes of it is the browser's affair.

`Basic` is such a class by itself: from 1.6.1 on it names its type and its children alone, and takes whatever
it is given. The props that it had in 1.3.1, when it was written out, are taken here for props that it still
has: `theme`, `direction`, `gap`, `padding`, `align` and `justify`, each as a sibling component has it.

This page is generated: `chatkit-harness schemas client --out docs/client-contract.md`.

"""

_HEADINGS: Mapping[Sort, tuple[str, str]] = {
    "component": ("Components", "Component"),
    "root": ("Roots", "May be a whole widget"),
    "prop": ("Props", "Prop"),
    "value": ("Values", "Value"),
    "holds": ("What may stand where", "May stand there"),
    "needs": ("What must be given", "Must be given"),
}
_WORDS: Mapping[Sort, str] = {
    "component": "",
    "root": "",
    "prop": "Of a component that both sides have. `ActionConfig`, `Border` and other names that are no\n"
    "components are parts that several components share; `options[]` is an entry of the list `options`.",
    "value": "Of a prop that both sides have. `lucide:…` is any text that begins so. *A number* is one with\n"
    "a fraction too, where the other side takes whole numbers only.",
    "holds": "Of components that both sides have. `children[]` is an entry of the list `children`;\n"
    "`children` is one component in its place.",
    "needs": "One side calls it an error to leave it out, the other does not.",
}


def client_document() -> str:
    """The page `docs/client-contract.md`."""
    found = [each for each in differences_of_sides() if each.allowance is None]
    pieces = [_INTRODUCTION, *_of_releases()]
    for sort, (heading, _) in _HEADINGS.items():
        rows = [each for each in found if each.item.sort == sort and not _follows(each, found)]
        if rows:
            pieces += [
                f"## {heading}\n\n",
                f"{_WORDS[sort]}\n\n" if _WORDS[sort] else "",
                *_table(sort, rows),
                "\n",
            ]
    return "".join([*pieces, *_of_effects(), *_of_allowances()])


def _follows(difference: Difference, found: Iterable[Difference]) -> bool:
    """Whether it is told already: where a component may stand, of releases that know it at all."""
    item = difference.item
    if item.sort not in ("holds", "root"):
        return False
    of = next((each for each in found if each.item == Item(sort="component", where="", what=item.what)), None)
    if of is None:
        return False
    servers = set(of.servers) & set(difference.servers_asked)
    clients = set(of.clients) & set(difference.clients_asked)
    return (servers, clients) == (set(difference.servers), set(difference.clients))


def _of_releases() -> Iterator[str]:
    yield "## The releases\n\n"
    yield f"openai-chatkit {releases()[0]} to {releases()[-1]}; of `{PACKAGE}`:\n\n"
    yield "| Releases | New in what they declare | Gone |\n|---|---|---|\n"
    before: Knowledge | None = None
    for group in alike(client_releases(), "widget"):
        known = client_schema("widget", group[0])
        now = Knowledge(known, frozenset()) if known else None
        new, gone = _told_of(now, before), _told_of(before, now)
        yield f"| {_group(group)} | {new if before else ''} | {gone if before else ''} |\n"
        before = now
    yield "\n"


def _told_of(one: Knowledge | None, other: Knowledge | None) -> str:
    """What one schema knows and the other does not: components, props of others, values of other props."""
    if one is None or other is None:
        return ""
    sorts: tuple[Sort, ...] = ("component", "prop", "value")
    items = sorted(each for each in one.items if each.sort in sorts and other.applies(each))
    told = []
    for item in items:
        if not other.knows(item):
            place = f"`{item.where}` may be {_code(item.sort, item.what)}"
            name = f"`{item.where}.{item.what}`" if item.where else f"`{item.what}`"
            told.append(place if item.sort == "value" else name)
    return _listed(told)


def _group(group: Sequence[str]) -> str:
    return group[0] if len(group) == 1 else f"{group[0]} to {group[-1]}"


def _table(sort: Sort, rows: Sequence[Difference]) -> Iterator[str]:
    """A table; what holds for the same releases of several places is one row."""
    name = _HEADINGS[sort][1]
    places = sort not in ("component", "root")
    yield f"| {'Where | ' if places and sort != 'prop' else ''}{name} | openai-chatkit | `{PACKAGE}` |\n"
    yield f"|{'---|' if places and sort != 'prop' else ''}---|---|---|\n"
    for wheres, whats, servers, clients in _joined(rows):
        told = [f"{where}.{what}" if sort == "prop" else what for where in wheres for what in whats]
        if sort == "prop" or not places:
            yield f"| {_listed(_code(sort, each) for each in told)} | {servers} | {clients} |\n"
        else:
            things = _listed(_code(sort, what) for what in whats)
            yield f"| {_places(wheres)} | {things} | {servers} | {clients} |\n"


def _places(wheres: Sequence[str]) -> str:
    """Places by component: `Box`, `Col`: `gap`, `flex`; one place alone is written out."""
    by_owner: dict[str, list[str]] = {}
    for where in wheres:
        owner, rest = apart(where)
        by_owner.setdefault(owner, []).append(rest)
    by_props: dict[tuple[str, ...], list[str]] = {}
    for owner, props in by_owner.items():
        by_props.setdefault(tuple(props), []).append(owner)
    return "; ".join(_owners(owners, props) for props, owners in by_props.items())


def _owners(owners: Sequence[str], props: Sequence[str]) -> str:
    if len(owners) == len(props) == 1:
        return f"`{owners[0]}.{props[0]}`" if props[0] else f"`{owners[0]}`"
    of = _listed(f"`{owner}`" for owner in owners)
    return of if props == ("",) else f"{of}: {_listed(f'`{prop}`' for prop in props)}"


def _code(sort: Sort, text: str) -> str:
    """A name as code; a value has its marks already, and words such as `a number` are none."""
    return text.replace("|", "\\|") if sort == "value" else f"`{text}`"


def _joined(rows: Sequence[Difference]) -> Iterator[tuple[list[str], list[str], str, str]]:
    """Rows of one place and the same releases as one, then those of the same things as one."""
    by_place: dict[tuple[str, str, str], list[str]] = {}
    for each in rows:
        servers = spans(each.servers, each.servers_asked)
        clients = spans(each.clients, each.clients_asked)
        by_place.setdefault((each.item.where, servers, clients), []).append(each.item.what)
    by_things: dict[tuple[tuple[str, ...], str, str], list[str]] = {}
    for (where, servers, clients), whats in by_place.items():
        by_things.setdefault((tuple(whats), servers, clients), []).append(where)
    for (things, servers, clients), wheres in by_things.items():
        yield wheres, list(things), servers, clients


def _of_effects() -> Iterator[str]:
    declaring = [version for version in client_releases() if client_schema("effect", version) is not None]
    sending = [version for version in releases() if "client_effect" in _events(version)]
    yield "## Effects\n\n"
    yield "A `client_effect` that a server streams reaches the page as the event `chatkit.effect`, with\n"
    yield f"`name` and `data`. openai-chatkit can stream it: {spans(sending, releases())}. "
    yield f"`{PACKAGE}` declares it: {spans(declaring, client_releases())}.\n\n"


def _events(version: str) -> Mapping[str, str]:
    """The types of events that a release of chatkit may stream."""
    return members(schema("event", version)["$defs"]["ThreadStreamEvent"])


def _of_allowances() -> Iterator[str]:
    yield "## Allowances\n\n"
    yield "What the models write by themselves, so that no author could leave it out, is no finding,\n"
    yield "although no declaration names it:\n\n"
    yield f"| Prop | May be | Written by openai-chatkit | Not declared by `{PACKAGE}` | Why it is allowed |\n"
    yield "|---|---|---|---|---|\n"
    for each in ALLOWANCES:
        servers, clients = needed(each)
        may = _listed(f"`{json.dumps(value)}`" for value in each.takes.get("enum", [each.takes.get("const")]))
        yield f"| `{each.where}` | {may} | {servers} | {clients} | {each.reason} |\n"


def needed(allowance: Allowance) -> tuple[str, str]:
    """The releases that an allowance is needed for: that write the prop, and that do not declare it."""
    prop = Item(sort="prop", where=allowance.part, what=allowance.prop)
    found = [each for each in differences_of_sides() if each.item == prop]
    if not found:
        return "none", "none"
    lacking = [version for version in found[0].clients_asked if version not in found[0].clients]
    lacking = [version for version in lacking if allowance.holds_for(version)]
    return spans(found[0].servers, found[0].servers_asked), spans(lacking, found[0].clients_asked)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
