"""`comparison.json`, and what `compare --format json` prints: the comparison whole.

Its schema is `schemas/comparison.schema.json`.
"""

from __future__ import annotations

import json
from typing import Any

from chatkit_harness.comparison import Comparison
from chatkit_harness.core.codec import to_document
from chatkit_harness.reports.document import plain


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """The comparison as one JSON document."""
    document = plain(to_document(comparison))
    assert isinstance(document, dict)  # noqa: S101 - a noun becomes an object
    return document


def comparison_text(comparison: Comparison) -> str:
    """The document as JSON text."""
    return json.dumps(comparison_document(comparison), indent=1, allow_nan=False) + "\n"
