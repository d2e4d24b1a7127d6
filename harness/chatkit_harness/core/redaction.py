"""What must never be written: keys, tokens, cookies, organisation and project ids, home folders.

Headers pass by an allow-list; texts and bodies are searched for what looks like a secret. A redacted
place keeps its shape (a JSON string stays a JSON string of the same kind), so that a reader goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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
_SECRET_KEYS = re.compile(
    r"""^(authorization|proxy[-_]authorization|cookie|set[-_]cookie|x[-_]api[-_]key|(openai[-_])?api[-_]?key
        |(openai[-_])?organi[sz]ation([-_]id)?|(openai[-_])?project([-_]id)?|client[-_]?secret
        |access[-_]?token|refresh[-_]?token|id[-_]?token|auth[-_]?token|password|passwd|secret
        |secret[-_]?(access[-_]?)?key|private[-_]?key)$""",
    re.IGNORECASE | re.VERBOSE,
)

# Not inside a word, nor inside a blob of base64; but a key may stand right after an escaped line end.
_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))"
_NAMED = r"api[-_]?key|access[-_]?token|refresh[-_]?token|client[-_]?secret|authorization|cookie"


def _found(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """A pattern whose group `secret` is the secret; what is around it says what it is and is kept."""
    return re.compile(pattern.replace("<START>", _START).replace("<NAMED>", _NAMED), flags)


_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "private key",
        _found(
            r"(?P<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))",
            re.DOTALL,
        ),
    ),
    (
        "OpenAI key",
        _found(r"<START>(?P<secret>(?:sk|rk|ek|sess|pk)[-_](?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16,})"),
    ),
    ("AWS key id", _found(r"<START>(?P<secret>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Za-z0-9])")),
    (
        "AWS secret key",
        _found(
            r"aws.{0,20}?secret.{0,20}?[=:]\s*[\"']?(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
            re.IGNORECASE,
        ),
    ),
    ("GitHub token", _found(r"<START>(?P<secret>gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})")),
    ("Slack token", _found(r"<START>(?P<secret>xox[abeprs]-[A-Za-z0-9-]{10,})")),
    ("Google key", _found(r"<START>(?P<secret>AIza[A-Za-z0-9_-]{35})")),
    (
        "JSON web token",
        _found(r"<START>(?P<secret>eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})"),
    ),
    (
        "bearer token",
        _found(
            r"\b(?:bearer|basic)\s+(?P<secret>(?=[A-Za-z._~+/-]*\d)[A-Za-z0-9._~+/-]{16,}=*)", re.IGNORECASE
        ),
    ),
    (
        "password in an address",
        _found(
            r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'<>]{0,100}:(?P<secret>[^\s:/@\"'<>]{1,200})@",
            re.IGNORECASE,
        ),
    ),
    ("key in an address", _found(r"[?&](?:<NAMED>|token|sig)=(?P<secret>[^&\s\"'<>\\]{8,})", re.IGNORECASE)),
    (
        "named secret",
        _found(
            r"\\?[\"'](?:<NAMED>)\\?[\"']\s*:\s*\\?[\"'](?P<secret>(?=[^\"'\\]*\d)[^\"'\\\s]{12,})",
            re.IGNORECASE,
        ),
    ),
    ("organisation id", _found(r"<START>(?P<secret>org-[A-Za-z0-9]{16,})(?![A-Za-z0-9-])")),
    ("project id", _found(r"<START>(?P<secret>proj_[A-Za-z0-9]{16,})(?![A-Za-z0-9])")),
)

_HOMES = (
    r"(?<![\w.-])(?:/home/|/Users/)[^/\s:\"'\\<>]+",
    r"(?<![\w.-])/root(?=/)",
    r"\b[A-Za-z]:(?:\\{1,2}|/)Users(?:\\{1,2}|/)[^\\/\s\"':<>]+",
)
_HOME = re.compile("|".join(_HOMES))


def allowed_headers(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers that may be kept, by lower-case name; values are searched for secrets too."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return {name.lower(): redact_text(value) for name, value in pairs if name.lower() in ALLOWED_HEADERS}


def secret_spans(text: str) -> list[tuple[int, int]]:
    """Where secrets stand in a text, in order and without overlaps, as (start, end)."""
    spans = sorted(match.span("secret") for _, pattern in _PATTERNS for match in pattern.finditer(text))
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if text[start:end] == REDACTED:
            continue
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def redact_secrets(text: str) -> str:
    """The text with each secret replaced by REDACTED, and nothing else changed."""
    for start, end in reversed(secret_spans(text)):
        text = f"{text[:start]}{REDACTED}{text[end:]}"
    return text


def redact_text(text: str) -> str:
    """The text with each secret replaced by REDACTED and each home folder by `~`."""
    return _HOME.sub("~", redact_secrets(text))


def redact(value: Any) -> Any:
    """A deep copy of JSON-like data without secrets: under telling keys, and wherever one shows.

    A telling key (`api_key`, `Authorization`, ...) blanks text only: numbers, null and the schemas that
    describe such a field (objects) stay readable.
    """
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {_key(key): _redact_field(key, each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [redact(each) for each in value]
    return value


def find_secrets(text: str) -> list[str]:
    """What still looks like a secret in a text: its kind and its first and last characters, each once."""
    found: list[str] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            secret = match["secret"]
            if secret == REDACTED:
                continue
            masked = f"{kind} ({_masked(secret)})"
            if masked not in found:
                found.append(masked)
    return found


def _key(key: Any) -> Any:
    return redact_text(key) if isinstance(key, str) else key


def _redact_field(key: Any, value: Any) -> Any:
    if isinstance(key, str) and isinstance(value, str) and value and _SECRET_KEYS.match(key):
        return REDACTED
    return redact(value)


def _masked(secret: str) -> str:
    return f"{secret[:4]}…, {len(secret)} characters"
