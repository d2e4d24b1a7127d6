"""What is written, and what is left as it is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from chatkit_harness.core.errors import ConfigurationError, OutputError
from chatkit_harness.scaffold.texts import env_words, settings_text
from chatkit_harness.scaffold.write import new_file, table, write

TEXT = settings_text({"server": "shop:make", "with": ["pyyaml"], "env": []})


def added(path: Path, before: bytes) -> bytes:
    path.write_bytes(before)
    write([table(path, "the settings", TEXT, there=False)])
    return path.read_bytes()


@pytest.mark.parametrize("before", [b'[project]\nname = "x"\n', b"# no line end", b"", b"\n", b"a = 1\n\n"])
def test_a_table_comes_to_the_end_and_the_rest_stays(tmp_path: Path, before: bytes) -> None:
    after = added(tmp_path / "pyproject.toml", before)
    assert after.startswith(before)
    own = tomllib.loads(after.decode())["tool"]["chatkit-harness"]
    assert own == {"server": "shop:make", "with": ["pyyaml"]}
    assert b"\n\n\n" not in after


def test_windows_line_ends_stay_and_are_used(tmp_path: Path) -> None:
    after = added(tmp_path / "pyproject.toml", b'[project]\r\nname = "x"')
    assert after.count(b"\n") == after.count(b"\r\n") == 6
    assert tomllib.loads(after.decode())["tool"]["chatkit-harness"]["server"] == "shop:make"


@pytest.mark.parametrize("before", [b"tool = {x = 1}\n", b"[[tool]]\n"])
def test_a_file_to_which_no_table_can_be_added_is_told(tmp_path: Path, before: bytes) -> None:
    with pytest.raises(ConfigurationError, match="by hand"):
        added(tmp_path / "pyproject.toml", before)
    assert (tmp_path / "pyproject.toml").read_bytes() == before


def test_what_exists_is_kept_even_if_it_came_into_being_meanwhile(tmp_path: Path) -> None:
    piece = new_file(tmp_path / "a/first.yaml", "a scenario", "new")
    piece.path.parent.mkdir()
    piece.path.write_text("old")
    with pytest.raises(OutputError, match="Nothing was written"):
        write([piece])
    write([new_file(piece.path, "a scenario", "new")])
    assert piece.path.read_text() == "old"


def test_an_error_halfway_tells_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file")
    pieces = [new_file(tmp_path / "one", "", "1"), new_file(tmp_path / "blocked/two", "", "2")]
    with pytest.raises(OutputError, match=r"Written before: .*one"):
        write(pieces)


def test_a_value_that_may_be_secret_goes_to_no_file() -> None:
    words, hidden = env_words(["SHOP_TOKEN=abc", "SHOP_REGION=eu", "HOME_PASSWORD"])
    assert (words, hidden) == (["SHOP_TOKEN", "SHOP_REGION=eu", "HOME_PASSWORD"], ["SHOP_TOKEN"])
