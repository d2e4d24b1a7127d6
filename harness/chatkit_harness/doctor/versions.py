"""Compares versions as PEP 440 says, and tells whether one is in a range.

The package `packaging` does this too, but a patient need not have it; a test holds the two together.
"""

from __future__ import annotations

import functools
import re
from typing import Any, NamedTuple, Optional, Tuple

_VERSION = re.compile(
    r"""v? (?: (?P<epoch>\d+) ! )?
        (?P<release> \d+ (?: \. \d+ )* )
        (?: [-_.]? (?P<pre> alpha|beta|preview|pre|rc|a|b|c ) [-_.]? (?P<pre_number> \d* ) )?
        (?: - (?P<implied_post> \d+ ) | [-_.]? (?P<post> post|rev|r ) [-_.]? (?P<post_number> \d* ) )?
        (?: [-_.]? (?P<dev> dev ) [-_.]? (?P<dev_number> \d* ) )?
        (?: \+ (?P<local> [a-z0-9]+ (?: [-_.] [a-z0-9]+ )* ) )?""",
    re.VERBOSE | re.IGNORECASE,
)
_PRE = {"alpha": "a", "a": "a", "beta": "b", "b": "b", "c": "rc", "pre": "rc", "preview": "rc", "rc": "rc"}
_CLAUSE = re.compile(r"\s*(===|~=|==|!=|<=|>=|<|>)\s*([^\s,]+)\s*")
_LOWEST, _HIGHEST = -1, 1 << 62
"""Stand-ins for what a version has not: whatever has no such part comes before, or after, all that have."""

Key = Tuple[Any, ...]


class Version(NamedTuple):
    """A version in its parts; `key` orders versions, without what follows a plus sign."""

    epoch: int
    release: Tuple[int, ...]
    pre: Optional[Tuple[str, int]]
    post: Optional[int]
    dev: Optional[int]
    local: Tuple[Tuple[int, int, str], ...]

    @property
    def key(self) -> Key:
        """What the public part of the version is ordered by."""
        if self.pre is not None:
            pre = self.pre
        else:
            pre = ("", 0) if self.post is None and self.dev is not None else ("z", 0)
        post = _LOWEST if self.post is None else self.post
        dev = _HIGHEST if self.dev is None else self.dev
        return (*self.base, pre, post, dev)

    @property
    def base(self) -> Key:
        """Epoch and release without the zeros at its end."""
        release = self.release
        while len(release) > 1 and release[-1] == 0:
            release = release[:-1]
        return (self.epoch, release)

    @property
    def unfinished(self) -> bool:
        """Whether it is a pre-release or a development release."""
        return self.pre is not None or self.dev is not None


@functools.lru_cache(maxsize=4096)
def version(text: str) -> Optional[Version]:
    """The parts of a version; None for what is none."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        return None
    release = tuple(int(each) for each in found["release"].split("."))
    pre = (_PRE[found["pre"].lower()], int(found["pre_number"] or 0)) if found["pre"] else None
    post = found["implied_post"] or (found["post_number"] or "0" if found["post"] else None)
    return Version(
        epoch=int(found["epoch"] or 0),
        release=release,
        pre=pre,
        post=None if post is None else int(post),
        dev=int(found["dev_number"] or 0) if found["dev"] else None,
        local=_local(found["local"]),
    )


def _local(text: Optional[str]) -> Tuple[Tuple[int, int, str], ...]:
    """What follows the plus sign: numbers come after words."""
    parts = re.split(r"[-_.]", text.lower()) if text else []
    return tuple((1, int(each), "") if each.isdigit() else (0, 0, each) for each in parts)


def within(found: str, ranges: str) -> Optional[bool]:
    """Whether an installed version fits a range such as `<3,>=2.7.1`; None where that cannot be judged.

    Pre-releases count as any other version: one that is installed was wanted.
    """
    rest, verdicts = ranges.strip(), []
    while rest:
        clause = _CLAUSE.match(rest)
        if clause is None or rest[clause.end() : clause.end() + 1] not in ("", ","):
            return None
        verdicts.append(_fits(found, clause[1], clause[2]))
        rest = rest[clause.end() + 1 :].strip()
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _fits(found: str, operator: str, wanted: str) -> Optional[bool]:
    if operator == "===":
        return found.strip().lower() == wanted.lower()
    have = version(found)
    if have is None:
        return None
    if wanted.endswith(".*"):
        start = version(wanted[:-2]) if operator in ("==", "!=") else None
        if start is None or start.unfinished or start.post is not None or start.local:
            return None
        return _starts_with(have, start) == (operator == "==")
    want = version(wanted)
    if want is None or (want.local and operator not in ("==", "!=")):
        return None
    if operator == "~=":
        if len(want.release) < 2:
            return None
        return have.key >= want.key and _starts_with(have, want._replace(release=want.release[:-1]))
    return _ordered(have, operator, want)


def _ordered(have: Version, operator: str, want: Version) -> bool:
    if operator in ("==", "!="):
        same = have.key == want.key and (not want.local or have.local == want.local)
        return same == (operator == "==")
    if operator == ">=":
        return have.key >= want.key
    if operator == "<=":
        return have.key <= want.key
    if operator == "<":
        return have.key < want.key and not _is_before(have, want)
    return have.key > want.key and not _is_after(have, want)


def _is_before(have: Version, want: Version) -> bool:
    """A pre-release of the wanted one: `<2` is not meant to let 2.0rc1 in, unless it names one itself."""
    same = have.base == want.base and (want.post is None or (have.pre, have.post) == (None, want.post))
    return same and have.unfinished and not want.unfinished


def _is_after(have: Version, want: Version) -> bool:
    """A post-release of the wanted one: `>2` is not meant to let 2.post1 in, unless it names one itself."""
    same = (have.base, have.pre) == (want.base, want.pre) and want.dev is None
    return same and have.post is not None and want.post is None


def _starts_with(have: Version, start: Version) -> bool:
    padded = have.release + (0,) * len(start.release)
    return have.epoch == start.epoch and padded[: len(start.release)] == start.release
