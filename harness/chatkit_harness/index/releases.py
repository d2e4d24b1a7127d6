"""Releases of a project, and the words that select them: versions, ranges, `all`, `newest:5`, `minor`."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from chatkit_harness.core.errors import SelectionError, nearest

_File: TypeAlias = tuple[str, dt.datetime | None, bool, str]
"""A file's name, when it was uploaded, whether it is yanked, and its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One release in the index; `uploaded` is when its first file came, None where it does not say.

    `wheel` is the address of one of its wheels, empty where it has none; it may hold credentials.
    """

    project: str
    version: str
    uploaded: dt.datetime | None
    yanked: bool
    has_wheel: bool
    wheel: str = field(default="", repr=False, compare=False)


class NotAnIndexPageError(ValueError):
    """What was given is no page of a package index."""


def parse_page(
    project: str, content: bytes, content_type: str, *, address: str | None = None
) -> tuple[Release, ...]:
    """The releases of a simple-index page, JSON or HTML, oldest version first; `address` is the page's own.

    Raises NotAnIndexPageError for anything else: JSON of another kind, or HTML that neither links to a
    file of a release nor says that it is a package index, such as the login page of a proxy.
    """
    import warnings

    # Imports pydantic and more, so only when a page is read; mailbits of some releases warns on import.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pypi_simple import UnsupportedRepoVersionError

        read = _from_json if "json" in content_type else _from_html
        try:
            files, is_index = read(content.decode("utf-8", "replace"), address)
        except (ValueError, TypeError, RecursionError, UnsupportedRepoVersionError) as error:
            raise NotAnIndexPageError(str(error)) from None
    releases = _by_version(project, files)
    if not releases and not is_index:
        raise NotAnIndexPageError("it names no file of a release")
    return releases


def _from_json(text: str, address: str | None) -> tuple[list[_File], bool]:
    from pypi_simple import ProjectPage

    page = ProjectPage.from_json_data(json.loads(text), base_url=address)
    return [(p.filename, p.upload_time, bool(p.is_yanked), p.url) for p in page.packages], True


def _from_html(text: str, address: str | None) -> tuple[list[_File], bool]:
    from pypi_simple import RepositoryPage

    page = RepositoryPage.from_html(text, base_url=address)
    files = [_from_link(link.text, link.attrs, link.url) for link in page.links]
    return files, page.repository_version is not None


def _from_link(text: str, attrs: dict[str, Any], address: str) -> _File:
    stamp = attrs.get("data-upload-time")
    when = None
    if isinstance(stamp, str):
        try:
            when = dt.datetime.fromisoformat(stamp)
        except ValueError:
            when = None
    return text.strip(), when, "data-yanked" in attrs, address


def _by_version(project: str, files: Iterable[_File]) -> tuple[Release, ...]:
    found: dict[Version, list[tuple[dt.datetime | None, bool, str]]] = {}
    for name, when, yanked, address in files:
        wheel = name.endswith(".whl")
        try:
            version = parse_wheel_filename(name)[1] if wheel else parse_sdist_filename(name)[1]
        except (ValueError, InvalidVersion):  # eggs, signatures and the like
            continue
        moment = when.replace(tzinfo=dt.UTC) if when and when.tzinfo is None else when
        found.setdefault(version, []).append((moment, yanked, address if wheel else ""))
    releases = []
    for version in sorted(found):
        times = [when for when, _yanked, _wheel in found[version] if when is not None]
        wheels = [address for _when, _yanked, address in found[version] if address]
        releases.append(
            Release(
                project=project,
                version=str(version),
                uploaded=min(times) if times else None,
                yanked=all(yanked for _when, yanked, _wheel in found[version]),
                has_wheel=bool(wheels),
                wheel=wheels[0] if wheels else "",
            )
        )
    return tuple(releases)


def select(
    releases: Iterable[Release],
    words: str,
    *,
    project: str,
    as_of: dt.datetime | None = None,
    source: str = "the index",
) -> list[Release]:
    """The releases of `project` that comma-separated words name, oldest first and each once.

    A word is a version, `all`, `newest`, `newest:N`, `minor` (the last of each minor) or a range in the
    syntax of requirements; the commas of a range such as `>=1.4,<1.6` belong together. Yanked releases and
    pre-releases are left out unless named by version, and so are those that came after `as_of`: what was
    newest then. Raises SelectionError with the nearest valid versions, and what it is that lacks the others
    (`source`).
    """
    known = list(releases)
    usable = [r for r in known if not r.yanked and r.has_wheel and not Version(r.version).is_prerelease]
    nothing = "The index has no release of it with a wheel that is neither yanked nor a pre-release."
    if as_of is not None and usable:
        first = min((r.uploaded for r in usable if r.uploaded is not None), default=as_of)
        nothing = f"None had been uploaded by {as_of:%Y-%m-%d}; the first came on {first:%Y-%m-%d}."
        usable = [r for r in usable if r.uploaded is None or r.uploaded <= as_of]
    chosen: dict[str, Release] = {}
    for word in _words(words):
        for release in _select_one(known, usable, word, project=project, nothing=nothing, source=source):
            chosen[release.version] = release
    return sorted(chosen.values(), key=lambda release: Version(release.version))


def _words(text: str) -> list[str]:
    """Split at commas, keeping neighbouring parts of a range together."""
    parts: list[str] = []
    for part in (piece.strip() for piece in text.split(",")):
        if part and parts and part[0] in "<>=!~" and parts[-1][0] in "<>=!~" and part[:2] != "==":
            parts[-1] += f",{part}"
        elif part:
            parts.append(part)
    return parts


def _select_one(
    known: list[Release], usable: list[Release], word: str, *, project: str, nothing: str, source: str
) -> list[Release]:
    counted = word == "newest" or word.startswith("newest:")
    if not usable and (counted or word in ("all", "minor")):
        raise SelectionError(
            f"{project} {word}", nothing, "Name a version or a later instant, or check the configured index."
        )
    if counted:
        return usable[-_count(word) :]
    if word == "all":
        return usable
    if word == "minor":
        last = {Version(r.version).release[:2]: r for r in usable}
        return list(last.values())
    if word[0] in "<>=!~" and (not word.startswith("==") or word.endswith(".*")):
        return _in_range(usable, word, project, source)
    return [_exactly(known, word.removeprefix("=="), project, source)]


def _count(word: str) -> int:
    _newest, _colon, number = word.partition(":")
    if not number:
        return 1
    if not number.isdecimal() or int(number) == 0:
        raise SelectionError(word, f"{number!r} is no count of releases.", "Write newest:5, for example.")
    return int(number)


def _in_range(usable: list[Release], word: str, project: str, source: str) -> list[Release]:
    try:
        wanted = SpecifierSet(word)
    except InvalidSpecifier:
        raise SelectionError(
            word, "This is no version range.", "Write it as in a requirement: >=1.4,<1.6."
        ) from None
    found = [r for r in usable if wanted.contains(r.version)]
    if not found:
        span = f"{usable[0].version} to {usable[-1].version}" if usable else "none"
        raise SelectionError(
            f"{project}{word}", f"No release of {source} is in this range.", f"It has {span}."
        )
    return found


def _exactly(known: list[Release], word: str, project: str, source: str) -> Release:
    try:
        wanted = Version(word)
    except InvalidVersion:
        raise SelectionError(
            f"{project} {word!r}",
            "This is neither a version nor one of all, newest, newest:N, minor or a range.",
            _meant(known, word),
        ) from None
    for release in known:
        if Version(release.version) == wanted:
            if not release.has_wheel:
                raise SelectionError(
                    f"{project} {word}",
                    "The index has this release, but no wheel of it, and the harness builds nothing.",
                    f"Releases with a wheel near it: {_near([r for r in known if r.has_wheel], wanted)}.",
                )
            return release
    raise SelectionError(
        f"{project} {word}",
        f"{source[0].upper()}{source[1:]} has no such release.",
        f"Nearest ones: {_near(known, wanted)}." if known else "It has none at all.",
    )


def _meant(known: list[Release], word: str) -> str:
    close = nearest(word.lower(), ("all", "minor", "newest"), limit=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    if re.fullmatch(r"\d+(\.\d+)*\.\*", word):
        return f"Did you mean =={word}?"
    newest = ", ".join(release.version for release in known[-3:])
    return f"The newest ones: {newest}." if known else "It has none at all."


def _near(known: list[Release], wanted: Version) -> str:
    ordered = sorted(known, key=lambda r: Version(r.version))
    place = sum(Version(r.version) < wanted for r in ordered)
    return ", ".join(r.version for r in ordered[max(0, place - 2) : place + 2])
