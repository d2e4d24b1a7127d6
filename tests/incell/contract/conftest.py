"""What chatkit says of its own widget classes is none of these tests' business."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

with warnings.catch_warnings():
    # chatkit 1.4.0 and later warn of their own widget classes, already while they are imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    import chatkit.store  # noqa: F401 - imported here, so that no test meets the warnings

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Making a widget warns of the same classes."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:Direct usage of named:DeprecationWarning"))
