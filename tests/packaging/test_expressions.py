"""What regular expressions of ours may hold, whatever Python reads them."""

from __future__ import annotations

import re
from pathlib import Path

import chatkit_harness

# CPython before 3.11.5, the one of Debian 12 among them, goes on behind the last try of a possessive group
# in place of its last success (gh-106052): `(?:"[a-z]*",)*+` takes a string that no comma follows.
_POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\}|\{\{\d*,?\d*\}\})\+|\(\?>")


def test_no_group_is_possessive() -> None:
    root = Path(chatkit_harness.__file__).parent
    found = [
        f"{file.relative_to(root)}: {line.strip()}"
        for file in root.rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if "re.compile" in line or 'r"' in line or "r'" in line
        if _POSSESSIVE_GROUP.search(line)
    ]
    assert found == []


def test_a_possessive_group_would_be_seen() -> None:
    for lie in (r"(?:ab)*+", r"(a|b)?+", r"(?:a){0,7}+", r"(?:a){{0,7}}+", r"(?>a)"):
        assert _POSSESSIVE_GROUP.search(lie), lie
