"""Evidence on disk: what is large stands in a record of its own, once, and findings name it by its digest.

A finding's line keeps the order of its evidence: `"evidence": {"turn": 0, "raised": null}` with
`"shared": {"raised": DIGEST}`, after a line `{"record": "evidence", "digest": DIGEST, "value": {...}}`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from chatkit_harness.core.codec import CodecError
from chatkit_harness.core.nouns import digest
from chatkit_harness.results.files import line_of, without_secrets

RECORD = "evidence"
_WORTH = 200
"""Characters of JSON from which on a value is worth a record: naming one costs 80."""


class EvidenceOut:
    """Takes large evidence out of the cases that are written; remembers what the file has already.

    What it takes out is searched for secrets, once for all that is alike; what is left in a case is not.
    """

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}
        self._written: set[str] = set()

    def taken_out(self, case: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """A case's document with references, and the lines (by digest) that have to stand before its own."""
        lines: dict[str, str] = {}
        findings = [self._finding(each, lines) for each in case["findings"]]
        return {**case, "findings": findings}, lines

    def written(self, names: Collection[str]) -> None:
        """The lines of these digests are in the file now."""
        self._written.update(names)

    def _finding(self, finding: Mapping[str, Any], lines: dict[str, str]) -> Mapping[str, Any]:
        evidence, shared = dict(finding["evidence"]), {}
        for name, value in evidence.items():
            if not isinstance(value, (dict, list, str)):
                continue
            text = line_of(value)
            if len(text) < _WORTH:
                continue
            mark = hashlib.blake2b(text.encode("ascii"), digest_size=16).digest()
            known = self._names.get(mark)
            if known not in self._written:
                _, clean = without_secrets(value)
                self._names[mark] = known = digest(json.loads(clean))
                if known not in self._written:  # alike, and otherwise written: in another order of keys
                    lines[known] = f'{{"record":"{RECORD}","digest":"{known}","value":{clean}}}'
            shared[name] = known
            evidence[name] = None
        return {**finding, "evidence": evidence, "shared": shared} if shared else finding


class EvidenceIn:
    """Puts evidence back into the findings that are read."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def record(self, document: Mapping[str, Any], value: Any) -> None:
        """One record of evidence, and its value as it is to be held. Raises CodecError for a wrong digest."""
        name = document.get("digest")
        if not isinstance(name, str) or digest(document.get("value")) != name:
            raise CodecError("the evidence does not have the digest that it was stored by")
        self._values[name] = value

    def put_back(self, finding: Any) -> bool:
        """Resolve a finding's references in its document; whether all of it was there."""
        shared = finding.pop("shared", None) if isinstance(finding, dict) else None
        if shared is None:
            return True
        evidence = finding.get("evidence")
        if not isinstance(shared, dict) or not isinstance(evidence, dict):
            raise CodecError("a finding's evidence cannot be put together")
        whole = True
        for name, reference in shared.items():
            if isinstance(reference, str) and reference in self._values:
                evidence[name] = self._values[reference]
            else:
                evidence.pop(name, None)
                whole = False
        return whole
