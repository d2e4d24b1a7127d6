"""Whether an application has its ChatKit endpoint where it is asked, and what it has instead."""

from __future__ import annotations

from typing import Any, Iterator, List, Mapping

from . import asgi

SHOWN = 8
_FULL = 2
"""What Starlette's `Match.FULL` is."""


async def nothing_there(app: Any, path: str, status: int, *, plain: bool, headers: Mapping[str, str]) -> bool:
    """Whether an answer to the first POST says that nobody listens at that path.

    `plain` is whether the answer is in a framework's own words. An application may answer 404 for what it
    does not find, and in the same words: then its path takes another method, or its routes know it.
    """
    if status not in (404, 405) or not (plain or not _may_be_routed(app, path)):
        return False
    if status == 405:
        return True
    try:
        return (await asgi.call(app, "GET", path, headers=headers)).status == 404
    except Exception:  # somebody listens
        return False


def words(app: Any, path: str, status: int) -> str:
    """What is wrong with the path, and what to write instead: the application's own, the nearest first."""
    told = f"--endpoint {path}: The application answers {status} to a ChatKit request there."
    others = list(dict.fromkeys(_paths(app)))
    if not others:
        return f"{told} Name the path of its ChatKit endpoint."
    import difflib  # what the driver imports early, the server under test finds loaded

    nearest = difflib.get_close_matches(path, others, n=SHOWN, cutoff=0)
    more = ", ..." if len(others) > SHOWN else ""
    return f"{told} Name its ChatKit endpoint; it takes POST at {', '.join(nearest)}{more}."


def _may_be_routed(app: Any, path: str) -> bool:
    """Whether one of its routes takes the path; true where it shows none."""
    scope = {"type": "http", "method": "POST", "path": path, "root_path": "", "headers": []}
    try:
        return any(route.matches(dict(scope))[0].value == _FULL for route in app.routes)
    except Exception:  # no routes, or others than Starlette's
        return True


def _paths(app: Any) -> Iterator[str]:
    """The paths that take a POST, also those of applications within it."""
    try:
        yield from _posted(getattr(app, "routes", None) or [], "")
    except Exception:  # routes of another kind
        return


def _posted(routes: List[Any], before: str) -> Iterator[str]:
    for route in routes:
        path = before + str(getattr(route, "path", ""))
        methods = getattr(route, "methods", None)
        inner = getattr(route, "routes", None)
        if inner:
            yield from _posted(inner, path)
        elif methods is not None and "POST" in methods:
            yield path
