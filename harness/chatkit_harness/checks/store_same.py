"""What a stored item says otherwise than another form of it, and whether anything of it is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .document_difference import Differing, all_differences
from .shapes import mapping, sequence, words

_NONE: frozenset[str] = frozenset()
_MADE_ANEW = re.compile(r"attachments\[\d+\]\.(?:preview_url|upload_url|upload_descriptor\b.*)|image\.url")
"""Addresses of files, which a server may sign anew whenever it is asked."""


def differences(there: Any, here: Any, ignored: frozenset[str] = _NONE) -> Iterator[Differing]:
    """Every place where two forms of an item differ, but for addresses of files that both have."""
    for found in all_differences(there, here, ignored):
        both = found.there is not None and found.here is not None
        if not (both and _MADE_ANEW.fullmatch(found.path)):
            yield found


def is_lost(shown: Mapping[str, Any], stored: Mapping[str, Any], found: Differing) -> bool:
    """Whether this difference takes something away: words, a part, all of a property.

    A text may have been amended, or masked; one that is empty is lost, and an answer that ends earlier. So
    are citations of which none is left.
    """
    if found.path.startswith("content[") and ".annotations" in found.path:
        return bool(_citations(shown)) and not _citations(stored)
    if found.path.startswith("content["):
        was, now = _text(shown), _text(stored)
        ends_earlier = stored.get("type") == "assistant_message" and was.startswith(now)
        return now != was and (ends_earlier or not now)
    if found.here not in (None, "", [], {}) or found.there in (None, "", [], {}):
        return False
    return "." not in found.path or found.path.endswith("]")


def _citations(item: Mapping[str, Any]) -> list[Any]:
    """All of a message's, in whichever of its parts they are."""
    parts = [mapping(each) for each in sequence(item.get("content"))]
    return [each for part in parts for each in sequence(part.get("annotations"))]


def _text(item: Mapping[str, Any]) -> str:
    """What a message says, whatever parts and spaces it is made of."""
    said = (words(mapping(each).get("text")) for each in sequence(item.get("content")))
    return " ".join(" ".join(said).split())
