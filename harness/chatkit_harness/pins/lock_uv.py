"""uv.lock: what it pins for one interpreter, its forks and markers settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from chatkit_harness.checkout.layout import read_pyproject, table
from chatkit_harness.checkout.project import PAIR
from chatkit_harness.core.errors import ConfigurationError, did_you_mean
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.python_facts import holds, marker_environment

from .pins import normal

_OWN = ("virtual", "editable", "directory")
_BUILT = ("git", "path", "url", "directory", "editable", "virtual")


def read_uv_lock(
    path: Path,
    document: Mapping[str, Any],
    interpreter: Interpreter,
    extras: Sequence[str],
    groups: Sequence[str] | None,
) -> tuple[dict[str, str], list[str]]:
    """The pins by name, and notes on what was left out.

    Without `groups` those are followed that `uv sync` installs: the project's default groups. Raises
    ConfigurationError for another version of the form, for what is cut off, and for a lock of another
    Python or platform.
    """
    if document["version"] != 1:
        raise ConfigurationError(
            str(path), f"Its version {document['version']} is not known, only 1.", "Lock with another uv."
        )
    environment = marker_environment(interpreter)
    _for_this_python(path, document, interpreter, environment)
    walk = _Walk(path, _packages(path, document), environment)
    for root in _roots(path, document, walk.packages):
        asked = _asked(path, root, extras, groups)
        walk.follow(root, extras=asked.extras, groups=asked.groups, is_root=True)
        walk.notes += asked.notes
    return walk.pins, walk.notes


def _for_this_python(
    path: Path, document: Mapping[str, Any], interpreter: Interpreter, environment: Mapping[str, str]
) -> None:
    try:
        python = SpecifierSet(str(document["requires-python"]))
    except InvalidSpecifier:
        raise ConfigurationError(str(path), "Its requires-python is no range.", "Lock again.") from None
    if not python.contains(interpreter.version, prereleases=True):
        raise ConfigurationError(
            str(path),
            f"It was made for Python {python}, and this is {interpreter.version}.",
            "Name another Python with --python, or lock again.",
        )
    supported = document.get("supported-markers", [])
    if supported and not any(_holds(path, each, environment) for each in supported):
        raise ConfigurationError(
            str(path), f"It was made for other platforms than {interpreter.platform}.", "Lock again."
        )


@dataclass(slots=True)
class _Walk:
    """Follows what packages depend on, from the roots."""

    path: Path
    packages: Mapping[str, Sequence[Mapping[str, Any]]]
    environment: Mapping[str, str]
    pins: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def follow(
        self,
        package: Mapping[str, Any],
        *,
        extras: Iterable[str] = (),
        groups: Iterable[str] = (),
        is_root: bool = False,
    ) -> None:
        """Take a package with what it depends on, with these of its extras and groups."""
        waiting = [*self._take(package, extras, is_root=is_root)]
        for group in groups:
            waiting += package.get("dev-dependencies", {}).get(group, [])
        while waiting:
            dependency = waiting.pop()
            if _holds(self.path, dependency.get("marker"), self.environment):
                found = self._found(dependency)
                waiting += self._take(found, dependency.get("extra", ()))

    def _take(
        self, package: Mapping[str, Any], extras: Iterable[str], *, is_root: bool = False
    ) -> Iterator[Mapping[str, Any]]:
        name = normal(str(package["name"]))
        for extra in ("", *extras):
            if (name, extra) in self._seen:
                continue
            self._seen.add((name, extra))
            if extra:
                yield from package.get("optional-dependencies", {}).get(extra, [])
                continue
            self._pin(name, package, is_root=is_root)
            yield from package.get("dependencies", [])

    def _pin(self, name: str, package: Mapping[str, Any], *, is_root: bool) -> None:
        source = package.get("source", {})
        built = next((kind for kind in _BUILT if kind in source), None)
        if built is None and "version" in package:
            self.pins[name] = str(package["version"])
        elif not is_root:
            self.notes.append(
                f"{self.path.name}: {name} is left out, since it comes from {built or 'nowhere'} and nothing "
                f"is built from source: where a release of it would do, add --with {name}"
            )

    def _found(self, dependency: Mapping[str, Any]) -> Mapping[str, Any]:
        """The package that a dependency means: forks hold several of one name."""
        name = normal(str(dependency.get("name")))
        candidates = [
            each
            for each in self.packages.get(name, ())
            if all(dependency.get(key, each.get(key)) == each.get(key) for key in ("version", "source"))
        ]
        if len(candidates) > 1:
            candidates = [each for each in candidates if self._is_of_this_fork(each)]
        if not candidates:
            raise ConfigurationError(
                str(self.path), f"It needs {name}, but does not hold it: it is cut off.", "Lock again."
            )
        return candidates[0]

    def _is_of_this_fork(self, package: Mapping[str, Any]) -> bool:
        markers = package.get("resolution-markers", [])
        return not markers or any(_holds(self.path, each, self.environment) for each in markers)


def _packages(path: Path, document: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for package in document.get("package", []):
        if not isinstance(package, dict) or "name" not in package:
            raise ConfigurationError(str(path), "A package of it has no name.", "Lock again.")
        found.setdefault(normal(str(package["name"])), []).append(package)
    return found


def _roots(
    path: Path, document: Mapping[str, Any], packages: Mapping[str, Sequence[Mapping[str, Any]]]
) -> list[Mapping[str, Any]]:
    """The locked project: the one whose source is the lock's own folder, else all members."""
    own = [
        each
        for every in packages.values()
        for each in every
        if any(kind in each.get("source", {}) for kind in _OWN)
    ]
    here = [each for each in own if "." in each["source"].values()]
    members = {normal(str(name)) for name in table(document, "manifest").get("members", [])}
    roots = here or [each for each in own if normal(str(each["name"])) in members] or own
    if not roots:
        raise ConfigurationError(str(path), "It holds no project of its own: it is cut off.", "Lock again.")
    return roots


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    extras: tuple[str, ...]
    groups: tuple[str, ...]
    notes: tuple[str, ...]


def _asked(
    path: Path, root: Mapping[str, Any], extras: Sequence[str], groups: Sequence[str] | None
) -> _Asked:
    """The root's extras and groups to follow: those asked for, else what `uv sync` takes.

    Where the pair is only in others, those are followed too.
    """
    has_extras = list(root.get("optional-dependencies", {}))
    has_groups = list(root.get("dev-dependencies", {}))
    for kind, wanted, known in (("extra", extras, has_extras), ("group", groups or (), has_groups)):
        for each in wanted:
            if each not in known:
                raise ConfigurationError(
                    str(path), f"{root['name']} has no {kind} {each!r}.", did_you_mean(each, known)
                )
    taken = list(_defaults(path, has_groups)) if groups is None else list(groups)
    also = list(extras)
    notes = []
    direct = [*root.get("dependencies", ()), *_of(root, "dev-dependencies", taken)]
    direct += _of(root, "optional-dependencies", also)
    if not _names_pair(direct):
        for kind, names, chosen in (
            ("optional-dependencies", has_extras, also),
            ("dev-dependencies", has_groups, taken),
        ):
            found = [each for each in names if each not in chosen and _names_pair(_of(root, kind, [each]))]
            chosen.extend(found)
            notes += [f"{path.name}: {each} is followed, since the pair is in it alone" for each in found]
    left = [each for each in [*has_extras, *has_groups] if each not in [*also, *taken]]
    if left:
        notes.append(f"{path.name}: {', '.join(left)} of {root['name']} are left out")
    return _Asked(extras=tuple(also), groups=tuple(taken), notes=tuple(notes))


def _defaults(path: Path, known: Sequence[str]) -> Sequence[str]:
    named = table(read_pyproject(path.parent), "tool", "uv").get("default-groups", ["dev"])
    if named == "all":
        return known
    return [each for each in known if each in named]


def _of(root: Mapping[str, Any], kind: str, names: Iterable[str]) -> list[Mapping[str, Any]]:
    return [each for name in names for each in root.get(kind, {}).get(name, ())]


def _names_pair(dependencies: Iterable[Mapping[str, Any]]) -> bool:
    return any(normal(str(each.get("name"))) in PAIR for each in dependencies)


def _holds(path: Path, text: Any, environment: Mapping[str, str]) -> bool:
    if text is None:
        return True
    try:
        return holds(Marker(str(text)), environment)
    except InvalidMarker:
        raise ConfigurationError(str(path), f"{text!r} is no marker.", "Lock again.") from None
