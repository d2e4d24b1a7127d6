"""What may stand in a file that is committed: when in doubt, the name of a variable alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from chatkit_harness.core.redaction import redact, redact_text

_PARTS = (
    *("AUTH", "BEARER", "CERT", "CONN", "COOKIE", "CRED", "DATABASE", "DSN", "JWT", "KEY", "LOGIN", "PASS"),
    *("PRIVATE", "PWD", "SALT", "SECRET", "SESSION", "SIGN", "TOKEN", "URI", "URL", "WEBHOOK"),
)
"""A name that holds one of these sounds secret, whatever else is in it."""
_WORDS = frozenset({"DB", "HASH", "OTP", "PAT", "PIN", "PSK", "PW", "SAS", "SID"})
"""And one of which these are a word: `GH_PAT`, but not `SHOP_PATH`."""

_LOOKS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:sk|pk|rk|ek|sess)[-_]|gh[pousr]_|github_pat_|glpat-|xox[a-z]-|(?-i:AKIA|ASIA|AIza|eyJ)|hf_|npm_|pypi-|whsec_"
    r"|-----BEGIN|(?:bearer|basic)\s)"
    r"|://[^/\s]*@"
    r"|(?:pass\w*|pwd|secret|token|key|sig)[\"']?\s*[=:]"
    r"|(?<![A-Za-z0-9+/_=-])(?=[A-Za-z+/_=-]*\d)(?=[\d+/_=-]*[A-Za-z])[A-Za-z0-9+/_=-]{20,}",
    re.IGNORECASE,
)
"""How secrets begin, however short they are; somebody named in an address; a long word with digits in it."""


def env_words(given: Iterable[str]) -> tuple[list[str], list[str]]:
    """What of `--env` may stand in a file, and the names whose values were left out as they may be secret."""
    words, hidden = [], []
    for each in given:
        name, equals, value = each.partition("=")
        secret = bool(equals) and _may_be_secret(name, value)
        words.append(name if secret else each)
        hidden += [name] if secret else []
    return words, hidden


def open_requirements(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """What of `--with` may stand in a file, and the others, told without secrets and home folders in them."""
    hidden = [each for each in given if redact_text(each) != each]
    return [each for each in given if each not in hidden], [redact_text(each) for each in hidden]


def _may_be_secret(name: str, value: str) -> bool:
    sounds = any(part in name.upper() for part in _PARTS)
    sounds = sounds or not _WORDS.isdisjoint(re.split(r"[_\d]+", name.upper()))
    return sounds or _LOOKS.search(value) is not None or redact({name: value}) != {name: value}
