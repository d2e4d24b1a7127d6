"""The releases that judge what goes out, as words name them: of the client, and of chatkit."""

from __future__ import annotations

from collections.abc import Iterable

from chatkit_harness.contracts.catalogue import newest_last, releases
from chatkit_harness.contracts.clients import PACKAGE, client_releases
from chatkit_harness.index.releases import Release, select

from .pairs import CHATKIT


def select_clients(words: str | None, known: Iterable[str] | None = None) -> tuple[str, ...]:
    """The client releases that comma-separated words name, oldest first; none for no words.

    Words are versions, `newest`, `newest:N`, `minor`, `all` and ranges; `known` is what there is to choose
    from, by default the releases whose schemas are stored. Raises SelectionError with the nearest ones.
    """
    if words is None:
        return ()
    source = "what is stored" if known is None else "the registry"
    named = [
        Release(project=PACKAGE, version=version, uploaded=None, yanked=False, has_wheel=True)
        for version in newest_last(list(client_releases() if known is None else known))
    ]
    return tuple(each.version for each in select(named, words, project=PACKAGE, source=source))


def select_schemas(words: str | None) -> tuple[str, ...]:
    """The chatkit releases, of those whose schemas are stored, that comma-separated words name likewise."""
    if words is None:
        return ()
    known = [
        Release(project=CHATKIT, version=version, uploaded=None, yanked=False, has_wheel=True)
        for version in releases()
    ]
    found = select(known, words, project=CHATKIT, source="what is stored")
    return tuple(each.version for each in found)


def judged_by(clients: Iterable[str]) -> str:
    """How a case tells the client releases that it was judged by as errors: `1.5.0,1.13.0`, or `none`."""
    return ",".join(clients) or "none"
