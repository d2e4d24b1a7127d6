"""What is written, and what is left as it is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from tests.cli.full_disk import LIMITED, no_room_beyond

from chatkit_harness.core.errors import ConfigurationError, OutputError
from chatkit_harness.scaffold.secrets import env_words, open_requirements
from chatkit_harness.scaffold.texts import settings_text
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


@LIMITED
def test_what_a_full_disk_took_of_a_table_is_taken_back(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "x"\n')
    before = project.read_bytes()
    pieces = [table(project, "the settings", TEXT, there=False)]
    with no_room_beyond(len(before) + 40), pytest.raises(OutputError, match="Nothing was written"):
        write(pieces)
    assert project.read_bytes() == before
    write(pieces)
    assert tomllib.loads(project.read_text())["tool"]["chatkit-harness"]["server"] == "shop:make"


@LIMITED
def test_half_a_new_file_is_not_left_to_be_kept_for_good(tmp_path: Path) -> None:
    pieces = [new_file(tmp_path / "short", "", "1"), new_file(tmp_path / "first.yaml", "", "long " * 99)]
    with no_room_beyond(40), pytest.raises(OutputError, match=r"Written before: .*short"):
        write(pieces)
    assert [path.name for path in tmp_path.iterdir()] == ["short"]


KEPT = ["SHOP_REGION=eu", "SHOP_PATH=data", "ZONE=asia-east1", "LEVEL=3", "DAY=2026-11-21", "EMPTY="]


@pytest.mark.parametrize("given", [*KEPT, "HOME_PASSWORD"])
def test_a_value_that_is_no_secret_stands_in_the_file(given: str) -> None:
    assert env_words([given]) == ([given], [])


@pytest.mark.parametrize(
    "name",
    [
        *(
            "SHOP_TOKEN",
            "MY_PASS",
            "db_password",
            "GH_PAT",
            "PAT",
            "MY_PWD",
            "DATABASE",
            "SHOP_DATABASE_2",
            "DB",
        ),
        *(
            "CREDENTIALS",
            "SENTRY_DSN",
            "BASIC_AUTH",
            "COOKIE",
            "apiKey",
            "REDIS_URL",
            "MONGO_URI",
            "SESSION_ID",
        ),
        *("CLIENT_SECRET", "SIGNING", "Authorization", "organization"),
    ],
)
def test_of_a_name_that_sounds_secret_the_value_goes_to_no_file(name: str) -> None:
    assert env_words([f"{name}=eu", "SHOP_REGION=eu"]) == ([name, "SHOP_REGION=eu"], [name])


@pytest.mark.parametrize(
    "value",
    [
        *(
            "postgres://ann:pw@host/shop",
            "https://TOKEN@host",
            "ghp_x",
            "github_pat_1",
            "sk-abc",
            "sk-proj-abc",
        ),
        *("xoxb-1", "AKIA1", "eyJhbGciOiJ9.eyJzdWI.x", "-----BEGIN PRIVATE KEY-----", "Bearer x", "glpat-x"),
        *(
            "Server=db;Password=x",
            '{"password": "x"}',
            "a=1&sig=x",
            "0123456789abcdef0123",
            "Zm9vYmFyYmF6cXV4Zm9v1=",
        ),
        *("/home/ann/shop",),
    ],
)
def test_a_value_that_looks_secret_goes_to_no_file(value: str) -> None:
    assert env_words([f"SHOP_EXTRA={value}"]) == (["SHOP_EXTRA"], ["SHOP_EXTRA"])


def test_a_requirement_with_a_secret_goes_to_no_file_and_is_told_without_it() -> None:
    private = "shop-lib @ git+https://ann:pw77@git.example/shop"
    kept, hidden = open_requirements(["pyyaml", "lib @ git+ssh://git@git.example/lib", private])
    assert kept == ["pyyaml", "lib @ git+ssh://git@git.example/lib"]
    assert "pw77" not in hidden[0]
    assert hidden[0].startswith("shop-lib @ git+https://")
