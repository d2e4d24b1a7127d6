from __future__ import annotations

import pytest

from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import ConfigurationError


@pytest.mark.parametrize("name", ["scenarios", "cassettes", "schemas"])
def test_shipped_data_is_found_from_any_working_directory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert data_folder(name).is_dir()


def test_data_that_is_not_there_is_one_clear_error() -> None:
    with pytest.raises(ConfigurationError, match="'recipes'"):
        data_folder("recipes")
