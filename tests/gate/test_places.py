"""The line of the user's own file at which a report points."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from chatkit_harness.engine.sides import Side, read_side
from chatkit_harness.gate.places import Place, SideFile, known_place

REQUIREMENTS = """\
# the service; not openai
-r more.txt
openai-chatkit==1.6.5 \\
    --hash=sha256:aa
openai_Agents[litellm] == 0.5.1 ; python_version > "3.9"
openai==2.46.0
"""
UV = """\
version = 1

[[package]]
name = "openai-agents"
source = { registry = "x" }
version = "0.5.1"
dependencies = [{ name = "openai" }]

[[package]]
name = "openai"
version = "2.46.0"
"""
PYLOCK = '[[packages]]\nname = "openai"\nindex = "x"\n\n[[packages]]\nname = "idna"\nversion = "3"\n'
PROJECT = """\
[project]
name = "shop"
dependencies = [
    "openai-agents>=0.5",
    "openai[voice]>=2",
]
[tool.poetry.dependencies]
openai-chatkit = "^1.6"
"""


def place(folder: Path, name: str, text: str, *distributions: str) -> Place | None:
    """Where a side's file names the first of these."""
    (folder / ".git").mkdir(exist_ok=True)
    file = folder / name
    file.write_text(text)
    side = Side(name="candidate", word=name, file=file, place=name)
    return SideFile(side, folder).place(distributions)


@pytest.mark.parametrize(
    ("name", "text", "distribution", "line"),
    [
        ("requirements.txt", REQUIREMENTS, "openai", 6),
        ("requirements.txt", REQUIREMENTS, "openai-chatkit", 3),
        ("requirements.txt", REQUIREMENTS, "openai-agents", 5),
        ("requirements.txt", REQUIREMENTS, "hash", 1),
        ("uv.lock", UV, "openai", 11),
        ("uv.lock", UV, "openai-agents", 6),
        ("uv.lock", UV, "idna", 1),
        ("pylock.toml", PYLOCK, "openai", 2),
        ("pylock.toml", PYLOCK, "idna", 7),
        ("pyproject.toml", PROJECT, "openai-agents", 4),
        ("pyproject.toml", PROJECT, "openai", 5),
        ("pyproject.toml", PROJECT, "openai-chatkit", 8),
    ],
)
def test_the_line_is_the_one_that_an_upgrade_changes(
    tmp_path: Path, name: str, text: str, distribution: str, line: int
) -> None:
    assert place(tmp_path, name, text, distribution) == Place(file=name, line=line)


def test_the_first_distribution_that_the_file_names_counts(tmp_path: Path) -> None:
    assert place(tmp_path, "r.txt", REQUIREMENTS, "httpx", "openai") == Place(file="r.txt", line=6)


@pytest.mark.parametrize("text", ["", "\ufeffopenai==1", "\x00\xff", 'name = "openai'])
def test_a_file_that_cannot_be_made_out_has_a_first_line(tmp_path: Path, text: str) -> None:
    assert place(tmp_path, "uv.lock", text, "openai") == Place(file="uv.lock", line=1)


def test_a_pair_has_no_place() -> None:
    assert (
        SideFile(Side(name="candidate", word="1.6.5:newest", pair="1.6.5:newest")).place(["openai"]) is None
    )


def test_a_place_is_told_from_the_top_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere")
    below = tmp_path / "services/shop"
    below.mkdir(parents=True)
    assert known_place(Path("uv.lock"), below) == "services/shop/uv.lock"
    assert known_place(Path("../uv.lock"), below) == "services/uv.lock"
    assert known_place(tmp_path / "uv.lock", below) == "uv.lock"
    assert known_place(Path("/elsewhere/uv.lock"), below) == "/elsewhere/uv.lock"


def test_a_file_of_a_revision_is_where_git_has_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    below = tmp_path / "shop"
    below.mkdir()
    (below / "requirements.txt").write_text("")
    copy = tmp_path / "copy.txt"
    copy.write_text("httpx==1\nopenai==1\n")
    side = Side(name="candidate", word="main:r", file=copy, place="requirements.txt", revision="main")
    assert SideFile(side, below).place(["openai"]) == Place(file="requirements.txt", line=2)


@pytest.mark.parametrize("revision", ["", "HEAD:"])
def test_a_line_may_stand_in_a_file_that_is_included(tmp_path: Path, revision: str) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/r.txt").write_text("-r ../pins.txt\nopenai-agents==1\n")
    (tmp_path / "pins.txt").write_text("httpx==1\nopenai==1\n")
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.invalid"]
    for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "pins"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    side = read_side("candidate", f"{revision}shop/r.txt", copies=tmp_path / "sides", folder=tmp_path)
    file = SideFile(side, tmp_path)
    assert file.place(["openai"]) == Place(file="pins.txt", line=2)
    assert file.place(["openai-agents"]) == Place(file="shop/r.txt", line=2)
    assert file.place(["idna"]) == Place(file="shop/r.txt", line=1)


def test_a_file_below_the_home_of_nobody_has_a_place(tmp_path: Path) -> None:
    assert known_place(Path("~nobody-of-that-name/uv.lock"), tmp_path).endswith("of-that-name/uv.lock")
