"""What is installed in the folders of an import path, and whether it is still what was installed."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple
from urllib.parse import unquote, urlparse

from .nouns import Changed, Claim, Distribution, Place
from .requirements import normal

_INFO = re.compile(r"(?P<name>[^-]+)-(?P<version>.+?)(?:-py\d[\d.]*)?\.(?:dist|egg)-info", re.IGNORECASE)
_LISTED = 200
"""So many files are named one by one; the number of all of them is told beside."""


class Row(NamedTuple):
    """A line of a RECORD."""

    path: str
    checksum: str
    size: str


def installed(places: Tuple[Place, ...]) -> List[Distribution]:
    """Every distribution on the import path, in its order, with nothing looked at but its metadata."""
    return [each for place in places for each in _in(place)]


def _in(place: Place) -> Iterator[Distribution]:
    try:
        names = sorted(os.listdir(place.folder))
    except OSError:
        return
    for name in names:
        found = _INFO.fullmatch(name)
        if found is not None and not name.startswith("~"):
            yield _distribution(place, name, found["name"], found["version"])


def _distribution(place: Place, folder: str, name: str, version: str) -> Distribution:
    info = os.path.join(place.folder, folder)
    metadata = info
    if os.path.isdir(info):
        metadata = os.path.join(info, "METADATA" if folder.endswith(".dist-info") else "PKG-INFO")
    fields = _fields(read(metadata))
    return Distribution(
        name=normal(_one(fields, "name") or name),
        version=_one(fields, "version") or version,
        home=place.folder,
        place=place.kind,
        info=info,
        installer=read(os.path.join(info, "INSTALLER")).strip(),
        editable=_editable(info),
        requires=tuple(fields.get("requires-dist", ())),
        requires_python=_one(fields, "requires-python"),
    )


def _fields(text: str) -> Dict[str, List[str]]:
    """The header lines of a METADATA file by their lower-case names."""
    found: Dict[str, List[str]] = {}
    for line in text.splitlines():
        if not line.strip():
            break
        name, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            found.setdefault(name.lower(), []).append(value.strip())
    return found


def _one(fields: Dict[str, List[str]], name: str) -> str:
    return fields.get(name, [""])[0]


def _editable(info: str) -> str:
    """The folder that an editable installation leads to; empty for any other."""
    try:
        document = json.loads(read(os.path.join(info, "direct_url.json")) or "{}")
        if document.get("dir_info", {}).get("editable"):
            return os.path.abspath(unquote(urlparse(str(document["url"])).path))
    except (ValueError, KeyError, AttributeError):
        pass
    return ""


def read(path: str) -> str:
    """The text of a file; empty where it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def record(found: Distribution) -> Optional[List[Row]]:
    """What a distribution says it brought; None where it does not say."""
    text = read(os.path.join(found.info, "RECORD"))
    if not text:
        listed = read(os.path.join(found.info, "installed-files.txt")).splitlines()
        base = os.path.basename(found.info)
        return [Row(os.path.normpath(os.path.join(base, each)), "", "") for each in listed] or None
    try:
        rows = [Row(*[*row, "", ""][:3]) for row in csv.reader(text.splitlines()) if row]
    except csv.Error:
        return None
    return rows or None


Owners = Dict[Tuple[str, str], List[Tuple[str, str]]]
"""Who says to have brought a file, by the folder of the import path and the path in it."""


def owners(distributions: List[Distribution]) -> Owners:
    """The owners of every file that a distribution says it brought."""
    found: Owners = {}
    for each in distributions:
        for row in record(each) or ():
            if _is_content(row.path):
                found.setdefault((each.home, row.path), []).append((each.name, each.version))
    return found


def examined(found: Distribution, known: Owners) -> Distribution:
    """The distribution with its files looked at: which are missing or changed, and who else claims them."""
    rows = record(found)
    if rows is None:
        told = "missing" if not os.path.exists(os.path.join(found.info, "RECORD")) else "unreadable"
        return _with(found, record=told)
    code = [row for row in rows if _is_content(row.path)]
    missing = [row.path for row in code if _is_missing(found.home, row.path)]
    gone = set(missing)
    changed = [each for each in (_changed(found.home, row) for row in code if row.path not in gone) if each]
    return _with(
        found,
        record="damaged" if missing or changed else "whole",
        files=len(code),
        missing=tuple(missing[:_LISTED]),
        changed=tuple(changed[:_LISTED]),
        claims=tuple(_claims(found, code, known)),
    )


def _with(found: Distribution, **more: object) -> Distribution:
    return Distribution(**{**vars(found), **more})


def _is_content(path: str) -> bool:
    """Whether a file is what is imported; installers rewrite scripts and notes, and compile anew."""
    if path.endswith((".pyc", ".pyo")) or path.startswith(("..", "/")) or os.path.isabs(path):
        return False
    return not path.partition("/")[0].endswith((".dist-info", ".egg-info", ".data"))


def _is_missing(home: str, path: str) -> bool:
    """Whether a file is gone; a module that is there in compiled form only is not."""
    whole = os.path.join(home, path)
    return not os.path.exists(whole) and not (path.endswith(".py") and os.path.exists(whole + "c"))


def _changed(home: str, row: Row) -> Optional[Changed]:
    method, _equals, wanted = row.checksum.partition("=")
    if not wanted or method not in hashlib.algorithms_guaranteed or method.startswith("shake"):
        return None
    digest = hashlib.new(method)
    try:
        with open(os.path.join(home, row.path), "rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    except OSError:
        return None
    found = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
    if found == wanted.rstrip("="):
        return None
    return Changed(row.path, row.checksum, f"{method}={found}")


def _claims(found: Distribution, rows: List[Row], known: Owners) -> Iterator[Claim]:
    shared: Dict[Tuple[str, str], List[str]] = {}
    for row in rows:
        for owner in known.get((found.home, row.path), ()):
            if owner[0] != found.name:
                shared.setdefault(owner, []).append(row.path)
    for (name, version), paths in shared.items():
        yield Claim(name, version, tuple(paths[:_LISTED]))


def leftovers(places: Tuple[Place, ...]) -> Tuple[str, ...]:
    """What an interrupted pip put aside, with a tilde for the first letter."""
    found = []
    for place in places:
        if place.kind.endswith("site-packages") and os.path.isdir(place.folder):
            names = sorted(os.listdir(place.folder))
            found += [os.path.join(place.folder, each) for each in names if each.startswith("~")]
    return tuple(found)
