"""Lock and requirements files as resolutions: what they pin, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters
from chatkit_harness.machine.python_facts import marker_environment
from chatkit_harness.pins.lock_files import LockFile, read_lock

PYTHON = select_interpreters(None)[0]
MINOR = PYTHON.minor
PAIR = {"openai-chatkit": "1.2.0", "openai-agents": "0.5.1"}


def lock(tmp_path: Path, name: str, text: str, **asked: tuple[str, ...]) -> LockFile:
    (tmp_path / name).write_text(text)
    return read_lock(tmp_path / name, PYTHON, **asked)


def uv_lock(root: str, *packages: str, version: int = 1, python: str = ">=3.8", more: str = "") -> str:
    own = f'[[package]]\nname = "app"\nversion = "0.1"\nsource = {{ editable = "." }}\n{root}'
    head = f'version = {version}\nrevision = 5\nrequires-python = "{python}"\n{more}'
    return "\n\n".join([head, own, *packages]) + "\n"


def package(
    name: str, version: str, rest: str = "", source: str = 'registry = "https://index/simple"'
) -> str:
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\nsource = {{ {source} }}\n{rest}'


BOTH = 'dependencies = [{ name = "openai-chatkit" }, { name = "openai-agents", extra = ["voice"] }]\n'
CHATKIT = package("openai-chatkit", "1.2.0", 'dependencies = [{ name = "openai-agents" }]')
AGENTS = package(
    "openai-agents",
    "0.5.1",
    'dependencies = [{ name = "openai" }]\n'
    '[package.optional-dependencies]\nvoice = [{ name = "speech", marker = "os_name != \'amiga\'" }]\n',
)
OPENAI = package("openai", "2.8.0")
SPEECH = package("speech", "1.0", 'dependencies = [{ name = "winonly", marker = "os_name == \'amiga\'" }]')
WHOLE = (CHATKIT, AGENTS, OPENAI, SPEECH)
PINS = {**PAIR, "openai": "2.8.0", "speech": "1.0"}


def test_a_uv_lock_pins_what_the_project_needs_here(tmp_path: Path) -> None:
    unneeded = package("winonly", "9.9")
    found = lock(tmp_path, "uv.lock", uv_lock(BOTH, *WHOLE, unneeded))
    assert found.pins == PINS
    assert (found.label, found.chatkit, found.agents) == ("uv.lock", "1.2.0", "0.5.1")
    assert found.requirements == found.notes == ()


def test_a_fork_of_a_uv_lock_is_the_interpreters(tmp_path: Path) -> None:
    def fork(operator: str) -> str:
        return f"python_version {operator} '{MINOR}'"

    root = (
        "dependencies = [{ name = 'openai-agents' }, { name = 'numpy', version = '1.0', marker = %s }, %s]\n"
    )
    named = root % (f'"{fork("<")}"', f"{{ name = 'numpy', version = '2.0', marker = \"{fork('>=')}\" }}")
    numpys = [package("numpy", "1.0"), package("numpy", "2.0")]
    assert lock(tmp_path, "uv.lock", uv_lock(named, *WHOLE, *numpys)).pins["numpy"] == "2.0"
    forked = [
        package("numpy", "1.0", f'resolution-markers = ["{fork("<")}"]'),
        package("numpy", "2.0", f'resolution-markers = ["{fork(">=")}"]'),
    ]
    plain = "dependencies = [{ name = 'openai-agents' }, { name = 'numpy' }]\n"
    assert lock(tmp_path, "uv.lock", uv_lock(plain, *WHOLE, *forked)).pins["numpy"] == "2.0"


GROUPS = (
    BOTH + '[package.optional-dependencies]\npg = [{ name = "psycopg" }]\n'
    '[package.dev-dependencies]\ndev = [{ name = "pytest" }]\ndocs = [{ name = "mkdocs" }]\n'
)
GROUPED = (*WHOLE, package("psycopg", "3.0"), package("pytest", "9.0"), package("mkdocs", "1.0"))


@pytest.mark.parametrize(
    ("asked", "more"),
    [
        ({}, {"pytest"}),
        ({"extras": ("pg",)}, {"pytest", "psycopg"}),
        ({"groups": ()}, set()),
        ({"groups": ("docs",)}, {"mkdocs"}),
    ],
)
def test_the_projects_extras_and_groups_are_followed(
    tmp_path: Path, asked: Mapping[str, tuple[str, ...]], more: set[str]
) -> None:
    found = lock(tmp_path, "uv.lock", uv_lock(GROUPS, *GROUPED), **asked)
    assert found.pins.keys() == PINS.keys() | more
    assert any("are left out" in note for note in found.notes)


def test_an_extra_that_alone_holds_the_pair_is_followed(tmp_path: Path) -> None:
    root = '[package.optional-dependencies]\nchat = [{ name = "openai-chatkit" }]\n'
    found = lock(tmp_path, "uv.lock", uv_lock(root, *WHOLE))
    assert found.chatkit == "1.2.0"
    assert "chat is followed" in found.notes[0]


def test_what_comes_from_source_is_left_out_with_a_note(tmp_path: Path) -> None:
    built = package("openai", "2.8.0", 'dependencies = [{ name = "tool" }]', 'git = "https://host/openai#1"')
    found = lock(tmp_path, "uv.lock", uv_lock(BOTH, CHATKIT, AGENTS, built, SPEECH, package("tool", "1.0")))
    assert found.pins == {**PAIR, "speech": "1.0", "tool": "1.0"}
    assert "openai is left out, since it comes from git" in found.notes[0]


def test_a_lock_without_the_pair_has_none(tmp_path: Path) -> None:
    root = 'dependencies = [{ name = "openai" }]\n'
    found = lock(tmp_path, "uv.lock", uv_lock(root, OPENAI))
    assert (found.pins, found.chatkit, found.agents) == ({"openai": "2.8.0"}, None, None)


UV_LIARS = {
    "cut in a line": (uv_lock(BOTH, *WHOLE)[:-20], r"uv\.lock:38: It is no TOML, or it is cut off"),
    "cut between packages": (uv_lock(BOTH, CHATKIT), "needs openai-agents, but does not hold it"),
    "of a version to come": (uv_lock(BOTH, *WHOLE, version=2), "version 2 is not known"),
    "of another Python": (uv_lock(BOTH, *WHOLE, python=">=4"), f"made for Python >=4, and this is {MINOR}"),
    "of another platform": (
        uv_lock(BOTH, *WHOLE, more="supported-markers = [\"os_name == 'amiga'\"]\n"),
        "other platforms",
    ),
    "with a marker that is none": (
        uv_lock('dependencies = [{ name = "openai", marker = "os_name is good" }]\n', OPENAI),
        "is no marker",
    ),
    "without a project": ('version = 1\nrequires-python = ">=3.8"\n', "no project of its own"),
    "of something else": ("[tool]\n", "neither uv.lock nor pylock.toml"),
}


@pytest.mark.parametrize("liar", UV_LIARS)
def test_what_is_wrong_with_a_uv_lock_is_told(tmp_path: Path, liar: str) -> None:
    text, told = UV_LIARS[liar]
    with pytest.raises(ConfigurationError, match=told):
        lock(tmp_path, "uv.lock", text)


def test_an_unknown_group_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Did you mean 'docs'"):
        lock(tmp_path, "uv.lock", uv_lock(GROUPS, *GROUPED), groups=("doc",))


def pylock(*packages: str, version: str = "1.0", more: str = "") -> str:
    head = f'lock-version = "{version}"\ncreated-by = "a test"\n{more}'
    return "\n".join([head, *packages])


def locked(name: str, version: str, *, marker: str = "", tag: str = "py3-none-any") -> str:
    stem = name.replace("-", "_")
    file = f'{{ url = "https://index/{stem}-{version}-{tag}.whl", hashes = {{ sha256 = "00" }} }}'
    only = f'marker = "{marker}"\n' if marker else ""
    return f'[[packages]]\nname = "{name}"\nversion = "{version}"\n{only}wheels = [{file}]\n'


def test_a_pylock_pins_what_holds_here(tmp_path: Path) -> None:
    pytest.importorskip("packaging.pylock", reason="this packaging is older than pylock.toml")
    both = [locked(name, version) for name, version in PAIR.items()]
    other = [
        locked("web", "1.0", marker="os_name == 'amiga'"),
        locked("web", "2.0", marker="os_name != 'amiga'"),
        '[[packages]]\nname = "app"\ndirectory = { path = "." }\n',
    ]
    found = lock(tmp_path, "pylock.toml", pylock(*both, *other))
    assert found.pins == {**PAIR, "web": "2.0"}
    assert "app is left out" in found.notes[0]


PYLOCK_LIARS = {
    "of a version to come": (pylock(version="2.0"), "version 2.0 is not known"),
    "of another Python": (
        pylock(locked("web", "1"), more='requires-python = ">=4"\n'),
        "not made for Python",
    ),
    "of another platform": (pylock(locked("web", "1", tag="cp27-cp27m-win32")), "not made for Python"),
    "not valid": (pylock('[[packages]]\nname = "web"\n'), "is not valid"),
    "cut": (pylock(locked("web", "1"))[:-9], "cut off"),
}


@pytest.mark.parametrize("liar", PYLOCK_LIARS)
def test_what_is_wrong_with_a_pylock_is_told(tmp_path: Path, liar: str) -> None:
    pytest.importorskip("packaging.pylock", reason="this packaging is older than pylock.toml")
    text, told = PYLOCK_LIARS[liar]
    with pytest.raises(ConfigurationError, match=told):
        lock(tmp_path, "pylock.toml", text)


FREEZE = """annotated-types==0.7.0
anyio==4.11.0
-e git+ssh://git@host/app@0123#egg=app
h11==0.16.0
idna==3.11
openai-agents==0.5.1
openai-chatkit==1.2.0
pydantic_core==2.41.5
wheeled @ file:///wheels/wheeled-1.5-py3-none-any.whl#sha256=00
local @ file:///somewhere/local
"""


def test_what_pip_freezes_is_a_lock(tmp_path: Path) -> None:
    found = lock(tmp_path, "freeze.txt", FREEZE)
    assert found.pins.keys() >= {"annotated-types", "pydantic-core", *PAIR}
    assert found.pins["wheeled"] == "1.5"
    assert (found.chatkit, found.agents, found.requirements) == ("1.2.0", "0.5.1", ())
    told = "\n".join(found.notes)
    assert "freeze.txt:3" in told
    assert "wheeled 1.5 is taken from the package index" in told
    assert "local @ file:///somewhere/local is left out" in told


def test_hashes_make_a_requirements_file_a_lock(tmp_path: Path) -> None:
    hashed = f"openai-agents==0.5.1 \\\n    --hash=sha256:{'0' * 64}\n"
    more = f"-e .\nweb==1.0; os_name == 'amiga' --hash=sha256:{'0' * 64}\n"
    found = lock(tmp_path, "requirements.txt", hashed + more)
    assert found.pins == {"openai-agents": "0.5.1"}
    assert "is the project itself" in found.notes[0]


def test_what_pins_only_what_it_names_is_no_whole_lock(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("uvicorn[standard]==0.38.0\n")
    (tmp_path / "limits.txt").write_text("starlette<1\nopenai-agents>=0.4\n")
    text = "-r more.txt\n-c limits.txt\nopenai-chatkit==1.2.0\nopenai-agents[voice]>=0.3\n"
    found = lock(tmp_path, "requirements.txt", text)
    assert found.pins == {}
    assert found.requirements == ("uvicorn[standard]==0.38.0", "openai-agents[voice]")
    assert found.constraints == ("starlette<1",)
    assert (found.chatkit, found.agents) == ("1.2.0", None)
    assert found.pair_constraints["openai-agents"] == ">=0.3,>=0.4"


def test_a_pyproject_gives_ranges(tmp_path: Path) -> None:
    text = (
        '[project]\nname = "app"\ndependencies = ["openai-chatkit==1.2.0", "openai-agents>=0.4", "web>1"]\n'
    )
    found = lock(tmp_path, "pyproject.toml", text)
    assert (found.pins, found.requirements) == ({}, ("web>1",))
    assert (found.chatkit, found.agents) == ("1.2.0", None)
    assert found.pair_constraints == {"openai-chatkit": "==1.2.0", "openai-agents": ">=0.4"}


REQUIREMENT_LIARS = {
    "cut in a version": ("web==1.0\nopenai-agents==\n", r"r\.txt:2: 'openai-agents==' is no requirement"),
    "cut in a hash": (
        "web==1.0 --hash=sha256:0123\n",
        r"r\.txt:1: The file is cut off: this sha256 is 4 digits",
    ),
    "cut in a continued line": ("web==1.0 \\\n", "its last line goes on"),
    "pinned twice": ("web==1.0\nWeb==1.1\n", r"r\.txt:2: web is pinned to 1.1, and to 1.0 at .*r\.txt:1"),
    "with an include that is not there": ("-r gone.txt\n", r"r\.txt:1: .*gone\.txt cannot be read"),
    "empty": ("\n# nothing\n", "names nothing"),
    "of another kind": ("<html>\n", r"r\.txt:1: .*no requirement"),
}


@pytest.mark.parametrize("liar", REQUIREMENT_LIARS)
def test_what_is_wrong_with_requirements_is_told(tmp_path: Path, liar: str) -> None:
    text, told = REQUIREMENT_LIARS[liar]
    with pytest.raises(ConfigurationError, match=told):
        lock(tmp_path, "r.txt", text)


@pytest.mark.parametrize(("name", "told"), [("poetry.lock", "poetry export"), ("Pipfile.lock", "pipenv")])
def test_forms_that_are_not_read_say_how_to_write_another(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        lock(tmp_path, name, "")


@pytest.mark.parametrize("name", ["gone.lock", "gone.txt", "."])
def test_what_is_no_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be read|is a folder"):
        read_lock(tmp_path / name, PYTHON)


def test_markers_are_judged_by_the_interpreter_itself(tmp_path: Path) -> None:
    stand_in = tmp_path / "python"
    said = '{"python_version": "3.99", "os_name": "amiga", "extra": ""}'
    stand_in.write_text(f"#!/bin/sh\necho '{said}'\n")
    stand_in.chmod(0o755)
    other = replace(PYTHON, path=str(stand_in), version="3.99.0")
    assert marker_environment(other)["python_version"] == "3.99"
    text = "web==1.0; python_version >= '3.99'\nweb==2.0; python_version < '3.99'\n"
    (tmp_path / "r.txt").write_text(text)
    assert read_lock(tmp_path / "r.txt", other).requirements == ("web==1.0",)


def test_the_variables_of_markers_are_those_that_packaging_knows(tmp_path: Path) -> None:
    from packaging.markers import default_environment

    own: Interpreter = PYTHON
    assert dict(marker_environment(own)) == default_environment()
