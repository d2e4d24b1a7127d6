"""What one side knows and the other does not: chatkit's strict schemas against the client's declarations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.allowances import ALLOWANCES, Allowance
from chatkit_harness.contracts.clients import client_releases, client_schema
from chatkit_harness.contracts.knowledge import SORTS, Item, Knowledge, common_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An item with the releases of each side that know it, of those where the question makes sense.

    `servers_asked` and `clients_asked` are these: a prop of `Table` is no question to a release without it.
    """

    item: Item
    servers: tuple[str, ...]
    servers_asked: tuple[str, ...]
    clients: tuple[str, ...]
    clients_asked: tuple[str, ...]

    @property
    def allowance(self) -> Allowance | None:
        """The allowance that it falls under, if any."""
        where = f"{self.item.where}.{self.item.what}" if self.item.sort == "prop" else self.item.where
        return next((each for each in ALLOWANCES if each.where == where), None)


@lru_cache(maxsize=1)
def differences_of_sides() -> tuple[Difference, ...]:
    """Every difference between stored releases of chatkit and of the client, in order of what and where."""
    return tuple(_differences())


def _differences() -> Iterator[Difference]:
    servers = {version: catalogue.widget_schema(version) for version in catalogue.releases()}
    clients = {
        version: schema for version in client_releases() if (schema := client_schema("widget", version))
    }
    parts = common_parts(*servers.values(), *clients.values())
    distinct = {id(each): each for each in (*servers.values(), *clients.values())}
    known = {number: Knowledge(each, parts) for number, each in distinct.items()}
    of_servers = {version: known[id(each)] for version, each in servers.items()}
    of_clients = {version: known[id(each)] for version, each in clients.items()}
    items = {item for each in known.values() for item in each.items}
    for item in sorted(items, key=lambda item: (SORTS.index(item.sort), item.where, item.what)):
        servers_asked = [version for version, each in of_servers.items() if each.applies(item)]
        clients_asked = [version for version, each in of_clients.items() if each.applies(item)]
        found = Difference(
            item=item,
            servers=tuple(version for version in servers_asked if of_servers[version].knows(item)),
            servers_asked=tuple(servers_asked),
            clients=tuple(version for version in clients_asked if of_clients[version].knows(item)),
            clients_asked=tuple(clients_asked),
        )
        if _differ(found):
            yield found


def _differ(found: Difference) -> bool:
    """Whether there is a pair of releases of which one knows it and the other does not."""
    asked = bool(found.servers_asked and found.clients_asked)
    all_know = found.servers == found.servers_asked and found.clients == found.clients_asked
    nobody = not found.servers and not found.clients
    return asked and not all_know and not nobody
