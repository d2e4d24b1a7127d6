"""What must never be written: keys, tokens, cookies, organisation and project ids, home folders.

Headers pass by an allow-list; texts and bodies are searched for what looks like a secret. A redacted
place keeps its shape (a JSON string stays a JSON string of the same kind), so that a reader goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

REDACTED = "REDACTED"

ALLOWED_HEADERS = frozenset(
    {
        "accept",
        "cache-control",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "openai-model",
        "openai-processing-ms",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "transfer-encoding",
        "user-agent",
        "x-ratelimit-limit-requests",
        "x-ratelimit-limit-tokens",
        "x-ratelimit-remaining-requests",
        "x-ratelimit-remaining-tokens",
        "x-ratelimit-reset-requests",
        "x-ratelimit-reset-tokens",
        "x-should-retry",
    }
)

# Keys of a JSON object whose values are secret whatever they look like.
_TELLING = r"""(authorization|proxy[-_]authorization|cookie|set[-_]cookie|x[-_]api[-_]key
        |(openai[-_])?api[-_]?key|(openai[-_])?organi[sz]ation([-_]id)?|(openai[-_])?project([-_]id)?
        |client[-_]?secret|access[-_]?token|refresh[-_]?token|id[-_]?token|auth[-_]?token
        |password|passwd|secret|secret[-_]?(access[-_]?)?key|private[-_]?key)"""
_SECRET_KEYS = re.compile(rf"^{_TELLING}$", re.IGNORECASE | re.VERBOSE)
_TELLING_KEY = re.compile(rf'"{_TELLING}"', re.IGNORECASE | re.VERBOSE)

# Not inside a word, nor inside a blob of base64; but a key may stand right after an escaped line end.
_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))"
_NAMED = r"api[-_]?key|access[-_]?token|refresh[-_]?token|client[-_]?secret|authorization|cookie"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of secret. `found` matches it as the group `secret`; what is around it is kept.

    `hints` are lower-case pieces of which each match holds at least one: looking for them is far cheaper.
    """

    name: str
    hints: tuple[str, ...]
    found: re.Pattern[str]


def _kind(name: str, hints: str, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> _Kind:
    """A kind from its hints, parted by spaces, and its pattern."""
    whole = pattern.replace("<START>", _START).replace("<NAMED>", _NAMED)
    return _Kind(name, tuple(hints.split(" ")), re.compile(whole, flags))


_KINDS: tuple[_Kind, ...] = (
    _kind(
        "private key",
        "-----begin",
        r"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))",
        re.DOTALL,
    ),
    _kind(
        "OpenAI key",
        "sk- sk_ rk- rk_ ek- ek_ sess- sess_ pk- pk_",
        r"<START>(?P<secret>(?:sk|rk|ek|sess|pk)[-_](?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16,})",
    ),
    _kind("AWS key id", "akia asia", r"<START>(?P<secret>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9])"),
    _kind(
        "AWS secret key",
        "aws",
        r"aws.{0,20}?secret.{0,20}?[=:]\s*[\"']?(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
        re.IGNORECASE,
    ),
    _kind(
        "GitHub token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"<START>(?P<secret>gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})",
    ),
    _kind("Slack token", "xox", r"<START>(?P<secret>xox[abeprs]-[A-Za-z0-9-]{10,})"),
    _kind("Google key", "aiza", r"<START>(?P<secret>AIza[A-Za-z0-9_-]{35})"),
    _kind(
        "JSON web token",
        "eyj",
        r"<START>(?P<secret>eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})",
    ),
    _kind(
        "bearer token",
        "bearer basic",
        r"\b(?:bearer|basic)\s+(?P<secret>(?=[A-Za-z._~+/-]*\d)[A-Za-z0-9._~+/-]{16,}=*)",
        re.IGNORECASE,
    ),
    # Whoever is named before the @ of an address: a token may stand there alone, or in the user's place.
    # `git` is everybody's name where code is fetched, and nobody's secret.
    _kind(
        "user in an address",
        "@",
        r":\\?/\\?/(?!git@)(?P<secret>[^\s/?#\"'<>\\]{1,400})@(?=[^\s/?#@\"'<>\\])",
    ),
    _kind(
        "key in an address",
        "key= token= secret= authorization= cookie= sig=",
        r"[?&](?:<NAMED>|token|sig)=(?P<secret>[^&\s\"'<>\\]{8,})",
        re.IGNORECASE,
    ),
    _kind(
        "named secret",
        "apikey api_key api-key accesstoken access_token access-token refreshtoken refresh_token "
        "refresh-token clientsecret client_secret client-secret authorization cookie",
        r"\\?[\"'](?:<NAMED>)\\?[\"']\s*:\s*\\?[\"'](?P<secret>(?=[^\"'\\]*\d)[^\"'\\\s]{12,})",
        re.IGNORECASE,
    ),
    _kind("organisation id", "org-", r"<START>(?P<secret>org-[A-Za-z0-9]{16,})(?![A-Za-z0-9-])"),
    _kind("project id", "proj_", r"<START>(?P<secret>proj_[A-Za-z0-9]{16,})(?![A-Za-z0-9])"),
)

_HOMES = (
    r"(?<![\w.-])(?:/home/|/Users/)[^/\s:\"'\\<>]+",
    r"(?<![\w.-])/root(?=/)",
    r"\b[A-Za-z]:(?:\\{1,2}|/)Users(?:\\{1,2}|/)[^\\/\s\"':<>]+",
)
_HOME = re.compile("|".join(_HOMES))
_HOME_HINTS = ("/home/", "/root", "Users")
"""Each home folder holds one of these, also as JSON writes it."""


def allowed_headers(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers that may be kept, by lower-case name; values are searched for secrets too."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return {name.lower(): redact_text(value) for name, value in pairs if name.lower() in ALLOWED_HEADERS}


def secret_spans(text: str) -> list[tuple[int, int]]:
    """Where secrets stand in a text, in order and without overlaps, as (start, end)."""
    return _spans(text, _hinted(text, _KINDS))


def redact_secrets(text: str) -> str:
    """The text with each secret replaced by REDACTED, and nothing else changed."""
    return _without(text, _hinted(text, _KINDS))


def redact_strings(value: Any, serialised: str) -> Any:
    """JSON-like data with each of its texts without secrets; the very same object where it holds none.

    Unlike `redact` it goes by no key's name: data may call anything a token. `serialised` is the same data
    as JSON, in which one look tells which kinds of secrets cannot be there.
    """
    kinds = _hinted(serialised, _KINDS)
    return _walked(value, kinds) if kinds and _holds(value, kinds) else value


def redact_known(value: Any, secrets: Iterable[str]) -> Any:
    """A copy of JSON-like data in which none of these secrets, which are known, stands anywhere."""
    text = json.dumps(value)
    for secret in secrets:
        text = text.replace(json.dumps(secret)[1:-1], REDACTED)
    return json.loads(text)


def redact_text(text: str) -> str:
    """The text with each secret replaced by REDACTED and each home folder by `~`."""
    return _HOME.sub("~", redact_secrets(text))


def redact(value: Any) -> Any:
    """A deep copy of JSON-like data without secrets: under telling keys, and wherever one shows.

    A telling key (`api_key`, `Authorization`, ...) blanks text only: numbers, null and the schemas that
    describe such a field (objects) stay readable.
    """
    if isinstance(value, dict | list):
        try:
            serialised = json.dumps(value, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            return _redacted(value)
        if not _suspect(serialised):  # most requests: one look at the whole instead of one at each text
            return json.loads(serialised)
    return _redacted(value)


def _suspect(serialised: str) -> bool:
    """Whether JSON may hold anything that `redact` replaces."""
    if _TELLING_KEY.search(serialised) or any(hint in serialised for hint in _HOME_HINTS):
        return True
    return bool(_hinted(serialised, _KINDS))


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {_key(key): _redact_field(key, each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(each) for each in value]
    return value


def find_secrets(text: str) -> list[str]:
    """What still looks like a secret in a text: its kind and its first and last characters, each once."""
    found: list[str] = []
    for kind in _hinted(text, _KINDS):
        for match in kind.found.finditer(text):
            secret = match["secret"]
            if secret == REDACTED:
                continue
            masked = f"{kind.name} ({_masked(secret)})"
            if masked not in found:
                found.append(masked)
    return found


def _hinted(text: str, kinds: Sequence[_Kind]) -> list[_Kind]:
    """The kinds of secrets that a text may hold."""
    lower = text.lower()
    return [kind for kind in kinds if any(hint in lower for hint in kind.hints)]


def _spans(text: str, kinds: Sequence[_Kind]) -> list[tuple[int, int]]:
    spans = sorted(match.span("secret") for kind in kinds for match in kind.found.finditer(text))
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if text[start:end] == REDACTED:
            continue
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(text: str, kinds: Sequence[_Kind]) -> str:
    for start, end in reversed(_spans(text, kinds)):
        text = f"{text[:start]}{REDACTED}{text[end:]}"
    return text


def _holds(value: Any, kinds: Sequence[_Kind]) -> bool:
    """Whether a secret of these kinds stands in any text of the data."""
    if isinstance(value, str):
        for kind in kinds:  # noqa: SIM110  # any() would cost as much again for each of many short texts
            if kind.found.search(value):
                return True
        return False
    if isinstance(value, Mapping):
        return any(_holds(key, kinds) or _holds(each, kinds) for key, each in value.items())
    return isinstance(value, list | tuple) and any(_holds(each, kinds) for each in value)


def _walked(value: Any, kinds: Sequence[_Kind]) -> Any:
    if isinstance(value, str):
        return _without(value, kinds)
    if isinstance(value, Mapping):
        return {_walked(key, kinds): _walked(each, kinds) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_walked(each, kinds) for each in value]
    return value


def _key(key: Any) -> Any:
    return redact_text(key) if isinstance(key, str) else key


def _redact_field(key: Any, value: Any) -> Any:
    if isinstance(key, str) and isinstance(value, str) and value and _SECRET_KEYS.match(key):
        return REDACTED
    return _redacted(value)


def _masked(secret: str) -> str:
    return f"{secret[:4]}…, {len(secret)} characters"
