"""A user's checkout is read, never run: names, files, extras and requirements."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.made_index import MadeRelease, made_index

from chatkit_harness.checkout import extras
from chatkit_harness.checkout.checkout import (
    missing_extras,
    pair_notes,
    project_requirements,
    require_named,
    server_reference,
    workflow_reference,
)
from chatkit_harness.checkout.poetry import translated
from chatkit_harness.core.errors import ConfigurationError, SelectionError, UnresolvableError
from chatkit_harness.incell import user_files
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import installed, select_interpreters
from chatkit_harness.machine.uv import shortened
from chatkit_harness.pins.resolve import Resolver

QUOTES = Path(__file__).parent.parent / "engine/projects/quotes"


def write(folder: Path, files: dict[str, str]) -> Path:
    (folder / ".git").mkdir(exist_ok=True)  # nothing above is looked at
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


SERVER = "def create_server(): ...\nclass Desk: ...\nif __name__ == '__main__':\n    only_as_a_program = 1\n"


def test_a_server_is_found_in_the_src_layout() -> None:
    found = server_reference("quotes.server:create_server", QUOTES)
    assert (found.module, found.attribute) == ("quotes.server", "create_server")
    assert found.import_root == QUOTES / "src"
    assert found.project == QUOTES
    assert found.name == "quotes.server:create_server"


@pytest.mark.parametrize(
    "settings",
    [
        '[tool.setuptools]\npackage-dir = {"" = "lib"}',
        '[tool.setuptools.packages.find]\nwhere = ["lib"]',
        '[tool.hatch.build.targets.wheel]\npackages = ["lib/app"]',
        '[[tool.poetry.packages]]\ninclude = "app"\nfrom = "lib"',
        '[tool.uv.build-backend]\nmodule-root = "lib"',
    ],
)
def test_a_layout_that_the_project_names_is_known(tmp_path: Path, settings: str) -> None:
    write(tmp_path, {"pyproject.toml": settings, "lib/app/__init__.py": SERVER})
    assert server_reference("app:create_server", tmp_path).import_root == tmp_path / "lib"


def test_the_project_is_the_nearest_folder_that_declares_something(tmp_path: Path) -> None:
    write(tmp_path, {"backend/requirements.txt": "", "backend/app/server.py": SERVER, "setup.cfg": ""})
    assert server_reference("backend.app.server:Desk", tmp_path).project == tmp_path / "backend"
    assert server_reference("app.server:Desk", tmp_path / "backend").project == tmp_path / "backend"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("app.server", "Write app.server:create_server."),
        ("app/server.py:Desk", "Write --server app.server:Desk."),
        ("app.server:", "Write --server app.server:create_server."),
        ("", "Write --server app.server:create_server, for example."),
        ("app.sever:Desk", "Did you mean app.server:Desk?"),
        ("server:Desk", "Did you mean app.server:Desk?"),
        ("nothing.alike:Desk", "Run it in the folder from which Python imports that module."),
        ("app.server:create_sever", "Did you mean 'create_server'?"),
        ("app.server:only_as_a_program", "Valid: Desk, create_server."),
    ],
)
def test_a_server_that_is_not_there_is_answered_with_the_nearest(
    tmp_path: Path, text: str, advice: str
) -> None:
    write(tmp_path, {"app/server.py": SERVER, ".venv/pyvenv.cfg": "", ".venv/nothing_alike.py": ""})
    with pytest.raises(SelectionError) as raised:
        server_reference(text, tmp_path)
    assert raised.value.next_step == advice


IMPORTS = "from chatkit.server import ChatKitServer\nimport os\ndef desk_server(): ...\ndef other(): ...\n"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("shop.server", "Write shop.server:desk_server."),
        ("shop.server:nothing_like_it", "Valid: desk_server, other."),
        ("src/shop/server.py:other", "Write --server shop.server:other."),
        ("./src/shop/server.py", "Write --server shop.server:create_server."),
    ],
)
def test_what_is_offered_is_the_modules_own_and_as_python_names_it(
    tmp_path: Path, text: str, advice: str
) -> None:
    write(tmp_path, {"src/shop/server.py": IMPORTS})
    with pytest.raises(SelectionError) as raised:
        server_reference(text, tmp_path)
    assert raised.value.next_step == advice


def test_a_context_is_looked_for_where_the_checkout_can_show_it(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "def make_context(values): ...\n"})
    require_named("app:make_context", tmp_path, option="--context")
    require_named("installed.elsewhere:anything", tmp_path, option="--context")
    for wrong, advice in (("app", "Write app:make_context."), ("app:mak_context", "'make_context'")):
        with pytest.raises(SelectionError, match="--context app") as raised:
            require_named(wrong, tmp_path, option="--context")
        assert advice in raised.value.next_step


@pytest.mark.parametrize(
    "source",
    [
        "from .made import *",
        "def __getattr__(name): ...",
        "globals()['make'] = 1",
        "def f():\n    global make\n    make = 1",
        "try:\n    import x as make\nexcept ImportError:\n    pass",
        "with open('x') as make: ...",
        "(make, b), *c = x",
        "if (make := 1): ...",
        "class make: ...",
        "make: int = 1",
    ],
)
def test_a_name_that_may_be_there_is_not_refused(tmp_path: Path, source: str) -> None:
    write(tmp_path, {"app.py": source})
    assert server_reference("app:make", tmp_path).attribute == "make"


def test_python_that_no_python_here_can_read_is_told_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "a = 1\nb = (\n", "wf.py": "\0"})
    with pytest.raises(ConfigurationError, match=r"app\.py:2: This is not Python"):
        server_reference("app:make", tmp_path)
    with pytest.raises(ConfigurationError, match="This is not Python"):
        workflow_reference("wf.py", tmp_path)


@pytest.mark.skipif(
    sys.version_info >= (3, 12) or installed()[0].minor < "3.12", reason="needs a harness on an older Python"
)
def test_a_file_for_a_newer_python_is_left_to_the_cell(tmp_path: Path) -> None:
    write(tmp_path, {"wf.py": "type Words = str\nasync def run_workflow(given: Words): ...\n"})
    assert workflow_reference("wf.py", tmp_path).function == "run_workflow"


EXPORT = """
from pydantic import BaseModel, Field
from typing import ClassVar, Optional

class Base(BaseModel):
    tenant: str

class WorkflowInput(Base):
    kind: ClassVar[str] = "x"
    input_as_text: str
    customer_id: Optional[str]
    tier: str = Field(..., description="which")
    note: str = Field(default="")
    tags: list[str] = Field(default_factory=list)
    lines: int = 3

async def run_workflow(workflow_input: "WorkflowInput"): ...
async def other(question): ...
def helper(): ...
"""


def test_a_workflow_is_found_with_what_its_input_needs(tmp_path: Path) -> None:
    write(tmp_path, {"flows/wf.py": EXPORT, "flows/__init__.py": ""})
    found = workflow_reference("flows/wf.py", tmp_path)
    assert (found.file, found.function) == (tmp_path / "flows/wf.py", "run_workflow")
    assert found.required_inputs == ("tenant", "customer_id", "tier")
    assert found.import_root == tmp_path
    assert workflow_reference(f"{tmp_path}/flows/wf.py:other", Path("/")).function == "other"


def test_the_only_field_of_an_input_is_for_the_users_words(tmp_path: Path) -> None:
    write(tmp_path, {"wf.py": "class Ask:\n    words: str\nasync def run_workflow(ask: Ask | None): ...\n"})
    assert workflow_reference("wf.py", tmp_path).required_inputs == ()


def test_a_colon_may_belong_to_the_files_name(tmp_path: Path) -> None:
    write(tmp_path, {"a:b.py": EXPORT})
    assert workflow_reference("a:b.py", tmp_path).file.name == "a:b.py"
    with pytest.raises(SelectionError, match="no file") as raised:
        workflow_reference("C:\\flows\\wf.py", tmp_path)
    assert "C:\\flows\\wf.py" in raised.value.cause


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("wff.py", "Did you mean 'wf.py'?"),
        (".", "Name a file in it: plain.py, wf.py."),
        ("no/wf.py", "check the path."),
        ("wf.ts", "choose Agents SDK and Python"),
        ("wf.py:run_workflw", "Did you mean 'run_workflow'?"),
        ("wf.py:not a name", "Write FILE or FILE:FUNCTION."),
        ("plain.py", "Name the function: plain.py:main."),
    ],
)
def test_a_workflow_that_is_not_there_is_answered_with_the_nearest(
    tmp_path: Path, text: str, advice: str
) -> None:
    write(tmp_path, {"wf.py": EXPORT, "wf.ts": "", "plain.py": "async def main(text): ...\n"})
    with pytest.raises((SelectionError, ConfigurationError)) as raised:
        workflow_reference(text, tmp_path)
    assert advice in raised.value.next_step


def test_extras_are_what_a_cell_does_not_have(tmp_path: Path) -> None:
    imports = "import os, yaml, agents, tools\nfrom google.genai import types\nfrom PIL import Image\n"
    optional = "try:\n    import maybe\nexcept ImportError: ...\nif TYPE_CHECKING:\n    import typed\n"
    more = "import wf, dotenv, charting_lib\ndef late():\n    import lazy\n"
    write(tmp_path, {"wf.py": imports + optional, "tools.py": more})
    found = missing_extras(tmp_path / "wf.py", provided=["Charting_Lib"])
    assert found == ("pyyaml", "google-genai", "pillow", "python-dotenv")


def test_both_sides_call_distributions_alike() -> None:
    assert extras.DISTRIBUTIONS == user_files.DISTRIBUTIONS
    for name in ("yaml", "google.cloud.storage", "google.auth.x", "a_b.c", "json"):
        assert extras.distribution_of(name) == user_files.distribution_of(name)


def test_a_projects_own_range_for_the_pair_is_kept_apart() -> None:
    found = project_requirements(QUOTES)
    assert found.requirements == ("markdown-it-py>=3",)
    assert found.pair_constraints == {"openai-chatkit": ">=1.2", "openai-agents": ">=0.5,<0.9"}
    assert pair_notes(found, {"openai-chatkit": "1.6.5", "openai-agents": "0.24.0"}) == (
        "pyproject.toml allows openai-agents>=0.5,<0.9; 0.24.0 is driven all the same",
    )
    assert pair_notes(found, {"openai-chatkit": None, "openai-agents": "0.8.4"}) == ()
    assert any("quotes-private is left out" in note for note in found.notes)


def test_extras_of_the_pair_are_kept_without_its_range(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "OpenAI_Agents[voice,litellm]>=0.5 ; python_version > '3.9'"})
    found = project_requirements(tmp_path)
    assert found.requirements == ('OpenAI_Agents[litellm,voice] ; python_version > "3.9"',)
    assert found.pair_constraints == {}


REQUIREMENTS = r"""
--extra-index-url https://user:secret@index.example/simple
-r more.txt
-c limits.txt
-e .  # the checkout itself
-e git+https://token:secret@code.example/lib.git#egg=lib
./libs/own
rich==13.7.0 \
    --hash=sha256:aaaa \
    --hash=sha256:bbbb  # pinned
tomli>=2 ; python_version < "3.11"
openai-agents==0.5.1
lib @ https://code.example/lib-1.0.tar.gz
"""


def test_a_requirements_file_is_read_as_pip_reads_it(tmp_path: Path) -> None:
    limits = "rich<14\nopenai-agents<0.6\nnot-required==1\n"
    files = {
        "requirements.txt": REQUIREMENTS,
        "more.txt": "-r requirements.txt\nattrs\n",
        "limits.txt": limits,
    }
    found = project_requirements(write(tmp_path, files))
    assert found.requirements == ("attrs", "rich==13.7.0", 'tomli>=2; python_version < "3.11"', "rich<14")
    assert found.pair_constraints == {"openai-agents": "==0.5.1,<0.6"}
    told = "\n".join(found.notes)
    assert len(found.notes) == 5
    for part in ("package index of its own", "git+https://", "./libs/own", "add --with lib", "1 constraints"):
        assert part in told
    assert "secret" not in told


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_that_a_windows_shell_wrote_can_be_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "requirements.txt").write_bytes("attrs\r\nrich>=13\r\n".encode(encoding))
    assert project_requirements(tmp_path).requirements == ("attrs", "rich>=13")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"requirements.txt": "a\nb ==\n"}, r"requirements\.txt:2: 'b ==' is no requirement"),
        ({"requirements.txt": "-r mroe.txt\n", "more.txt": ""}, r"txt:1: .* Did you mean 'more.txt'"),
        ({"requirements.txt": "-r\n"}, "names no file"),
        ({"pyproject.toml": "[project"}, "cannot be read"),
        ({"pyproject.toml": '[project]\ndependencies = "a"'}, "not a list"),
        ({"setup.cfg": "x"}, "cannot be read"),
    ],
)
def test_what_declares_nothing_readable_is_told_with_its_place(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        project_requirements(write(tmp_path, files))


DYNAMIC = '[project]\nname = "x"\ndynamic = ["dependencies"]\n'


def test_dependencies_that_are_computed_are_told(tmp_path: Path) -> None:
    found = project_requirements(write(tmp_path, {"pyproject.toml": DYNAMIC}))
    assert found.requirements == ()
    assert "--with" in found.notes[0]
    write(tmp_path, {"requirements.txt": "attrs"})
    assert project_requirements(tmp_path).requirements == ("attrs",)
    named = DYNAMIC + '[tool.setuptools.dynamic]\ndependencies = {file = ["deps.txt"]}\n'
    write(tmp_path, {"pyproject.toml": named, "deps.txt": "rich"})
    assert project_requirements(tmp_path).requirements == ("rich",)


def test_older_ways_of_declaring_are_read(tmp_path: Path) -> None:
    write(tmp_path, {"setup.cfg": "[options]\ninstall_requires =\n    attrs>=23\n    # no\n    rich\n"})
    assert project_requirements(tmp_path).requirements == ("attrs>=23", "rich")
    poetry = '[tool.poetry.dependencies]\npython = "^3.11"\nattrs = "^23.1"\nopenai-agents = "~0.5"\n'
    poetry += 'rich = {version = "*", extras = ["jupyter"], python = "<3.13"}\nown = {path = "../own"}\n'
    found = project_requirements(write(tmp_path, {"pyproject.toml": poetry + 'two = "^1 || ^2"\n'}))
    rich = 'rich[jupyter]; python_full_version < "3.13"'
    assert found.requirements == ("attrs<24,>=23.1", rich, "two")
    assert found.pair_constraints == {"openai-agents": ">=0.5,<0.6"}
    assert len(found.notes) == 2


@pytest.mark.parametrize(
    ("poetry", "standard"),
    [
        ("^1.2.3", [">=1.2.3", "<2"]),
        ("^0.2.3", [">=0.2.3", "<0.3"]),
        ("^0.0.3", [">=0.0.3", "<0.0.4"]),
        ("^0.0", [">=0.0", "<0.1"]),
        ("^0", [">=0", "<1"]),
        ("~1.2.3", [">=1.2.3", "<1.3"]),
        ("~1", [">=1", "<2"]),
        ("1.2", ["==1.2"]),
        ("1.2.*", ["==1.2.*"]),
        ("*", []),
        (">=1.0 <2.0", [">=1.0", "<2.0"]),
        ("~=1.4, !=1.5.*", ["~=1.4", "!=1.5.*"]),
        ("^1.0 | ^2.0", None),
        ("@latest!", None),
    ],
)
def test_poetrys_ranges_have_a_standard_form(poetry: str, standard: list[str] | None) -> None:
    assert translated(poetry) == standard


def test_a_project_without_any_word_has_a_note(tmp_path: Path) -> None:
    found = project_requirements(tmp_path)
    assert (found.requirements, found.source) == ((), "")
    assert "declares no dependencies" in found.notes[0]


def test_a_conflict_names_the_projects_requirement(tmp_path: Path) -> None:
    agents = [MadeRelease(project="openai-agents", version="2.0", requires=["openai>=3"])]
    libraries = [MadeRelease(project="openai", version=version) for version in ("1.0", "3.0")]
    needs = {**{f"1.{n}": f"openai>=1.{n},<2" for n in range(1, 9)}, "2.0": "openai"}
    many = [MadeRelease(project="desk", version=each, requires=[need]) for each, need in needs.items()]
    with made_index([*agents, *libraries, *many]) as served:
        cache = Cache(tmp_path)
        resolver, python = Resolver(cache, Index(cache, served.url)), select_interpreters(None)[0]
        with pytest.raises(UnresolvableError) as raised:
            resolver.lock(["openai-agents==2.0", "desk>=1.1,<2"], python, None)
        with pytest.raises(UnresolvableError, match="you require openai<2"):
            resolver.lock(["openai-agents==2.0", "openai<2"], python, None)
    assert "you require openai-agents==2.0 and desk<2" in raised.value.cause


def test_of_a_long_proof_the_end_is_told() -> None:
    steps = [f"And because desk=={n} depends on openai<2, we can conclude it." for n in range(20)]
    last = "And because you require desk>=1 and agents==2, we can conclude that it is unsatisfiable."
    said = shortened("\n  ".join(["Because desk==0 has no wheel.", *steps, last, "", "hint: wheels"]))
    assert said == f"Because desk==19 depends on openai<2, we can conclude it. {last}"
    assert shortened("No such thing. " * 100, limit=100).startswith("No such thing. No")
