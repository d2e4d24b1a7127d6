"""Stacks: what runs in one finds what it would find in a real virtual environment of the same pins."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.made_index import MadeIndex, MadeRelease, made_index

from chatkit_harness.core.errors import BuildError
from chatkit_harness.environments.environment import STAMP, Environments
from chatkit_harness.environments.layers import Layers
from chatkit_harness.environments.stack import Stack, Stacks
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters
from chatkit_harness.pins.resolve import Resolver

SCRIPT = "[console_scripts]\nkit-says = kit:say\n"
KIT = {
    "kit/__init__.py": "import sys\ndef say(): print('kit', sys.prefix)\n",
    "kit/data.txt": "text\n",
    "shared/kit/__init__.py": "X = 1\n",
    "shared/deep/kit.py": "X = 1\n",
    "kit-1.0.dist-info/entry_points.txt": SCRIPT,
    "kit-1.0.data/data/share/kit/notes.txt": "notes\n",
}
AGENT = {
    "agent.py": "Y = 1\n",
    "shared/agent/__init__.py": "Y = 1\n",
    "shared/deep/agent.py": "Y = 1\n",
    "agent.pth": "import sys; sys.agent_was_here = True\n",
}
RELEASES = [
    MadeRelease(project="kit", version="1.0", files=KIT),
    MadeRelease(project="agent", version="1.0", files=AGENT),
    MadeRelease(project="agent", version="2.0", files={"agent.py": "Y = 2\n"}),
    MadeRelease(project="twin", version="1.0", files={"agent.py": "Y = 1\n", "twin.py": "Z = 1\n"}),
    MadeRelease(project="rival", version="1.0", files={"agent.py": "Y = 'rival'\n"}),
]
PINS = {"kit": "1.0", "agent": "1.0"}
PROBE = """
import importlib.metadata, json, os, sys
{imports}
def plain(path):
    return str(path).replace(sys.prefix, "PREFIX")
found = list(importlib.metadata.distributions())
print(json.dumps({{
    "modules": {{name: plain(getattr(module, "__file__", None)) for name, module in sys.modules.items()}},
    "distributions": sorted([d.metadata["Name"], d.version, d.requires or []] for d in found),
    "files": sorted([plain(d.locate_file(f)), d.locate_file(f).exists()] for d in found for f in d.files),
    "entry points": sorted([e.group, e.name, e.value] for d in found for e in d.entry_points),
    "path": [plain(path) for path in sys.path],
    "python": [plain(sys.executable), sys.version, sys.prefix != sys.base_prefix],
    "flag": getattr(sys, "agent_was_here", None),
}}))
"""


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MadeIndex]:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    with made_index(RELEASES) as index:
        yield index


@pytest.fixture
def python() -> Interpreter:
    return select_interpreters(None)[0]


def opened(tmp_path: Path, served: MadeIndex, *, copies: bool = False) -> Stacks:
    """As a new process opens them."""
    cache = Cache(tmp_path / "cache")
    return Stacks(cache, Layers(cache, Index(cache, served.url)), copies=copies)


def said(python: Path, program: str) -> str:
    return subprocess.run(
        [python, "-I", "-c", program], check=True, capture_output=True, text=True, cwd=python.parent
    ).stdout


def probed(python: Path, imports: str) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads(said(python, PROBE.format(imports=imports)))
    return seen


def bytecode(*folders: Path) -> dict[Path, int]:
    """Each compiled file below, with when it was written."""
    found = (path for folder in folders for path in folder.rglob("*.pyc") if not path.is_symlink())
    return {path: path.stat().st_mtime_ns for path in found}


@pytest.mark.parametrize("copies", [False, True])
def test_a_stack_is_like_a_virtual_environment(
    tmp_path: Path, served: MadeIndex, python: Interpreter, *, copies: bool
) -> None:
    cache = Cache(tmp_path / "cache")
    real = Environments(cache, Index(cache, served.url)).environment(PINS, python)
    stack = opened(tmp_path, served, copies=copies).stack(PINS, python)
    imports = "import agent, kit, shared.agent, shared.kit, shared.deep.agent, shared.deep.kit"
    seen = probed(stack.python, imports)
    assert seen == probed(real.python, imports)
    assert seen["flag"] is True
    assert all(exists for _file, exists in seen["files"])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows starts scripts in another way")
def test_a_script_runs_on_the_stacks_interpreter(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    stack = opened(tmp_path, served).stack(PINS, python)
    done = subprocess.run([stack.folder / "bin" / "kit-says"], check=True, capture_output=True, text=True)
    assert done.stdout == f"kit {stack.folder}\n"
    assert (stack.folder / "share" / "kit" / "notes.txt").read_text() == "notes\n"


def test_a_stack_is_made_once(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    stacks = opened(tmp_path, served)
    made = stacks.stack(PINS, python)
    assert (made.reused, made.pins) == (False, PINS)
    served.asked.clear()
    for again in (stacks, opened(tmp_path, served)):
        found = again.stack(PINS, python)
        assert (found.folder, found.reused) == (made.folder, True)
    assert served.asked == []
    assert stacks.stack({"kit": "1.0", "agent": "2.0"}, python).folder != made.folder


def test_bytecode_of_one_stack_serves_the_next(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    stacks = opened(tmp_path, served)
    first, second = stacks.stack(PINS, python), stacks.stack({**PINS, "agent": "2.0"}, python)
    said(first.python, "import kit, shared.kit")
    compiled = bytecode(tmp_path / "cache" / "layers")
    said(second.python, "import kit, shared.kit")
    assert compiled == bytecode(tmp_path / "cache" / "layers")
    assert any(path.parent.parent.name == "kit" for path in compiled)


def test_a_single_module_is_compiled_once_too(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    stacks = opened(tmp_path, served)
    for pins in (PINS, {"agent": "1.0"}):
        stack = stacks.stack(pins, python)
        assert said(stack.python, "import agent; print(agent.__file__)").startswith(str(stack.site_packages))
        assert bytecode(stack.site_packages) == {}


def test_releases_on_the_path_behind_a_stack_are_found(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    cache = Cache(tmp_path / "cache")
    layers = Layers(cache, Index(cache, served.url))
    stack = Stacks(cache, layers).stack({"kit": "1.0"}, python)
    folder = layers.release("agent", "2.0", python).folder
    program = f"import sys; sys.path.append({str(folder)!r})\nimport agent, kit, importlib.metadata as m\n"
    assert said(stack.python, program + "print(m.version('agent'), m.version('kit'))") == "2.0 1.0\n"


def test_equal_files_of_two_distributions_are_no_quarrel(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    stack = opened(tmp_path, served).stack({"agent": "1.0", "twin": "1.0"}, python)
    assert said(stack.python, "import agent, twin; print(agent.Y)") == "1\n"


def test_different_files_of_two_distributions_are_refused(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    pins = {"agent": "1.0", "rival": "1.0"}
    with pytest.raises(BuildError, match=r"do not agree on agent\.py") as caught:
        opened(tmp_path, served).stack(pins, python)
    assert caught.value.culprit == "agent, rival"
    assert list((tmp_path / "cache" / "stacks").iterdir()) == []


def another_target(stack: Stack) -> None:
    (stack.site_packages / "kit").unlink()
    (stack.site_packages / "kit").symlink_to("/")


DAMAGES: dict[str, Callable[[Stack], object]] = {
    "a link is gone": lambda stack: (stack.site_packages / "kit").unlink(),
    "a link leads elsewhere": another_target,
    "a link in a shared folder is gone": lambda stack: (stack.site_packages / "shared" / "kit").unlink(),
    "a shared folder is gone": lambda stack: shutil.rmtree(stack.site_packages / "shared"),
    "a stray module": lambda stack: (stack.site_packages / "sitecustomize.py").write_text("X = 1\n"),
    "a stray path file": lambda stack: (stack.site_packages / "host.pth").write_text("/\n"),
    "no interpreter": lambda stack: stack.python.unlink(),
    "no packages": lambda stack: shutil.rmtree(stack.site_packages),
    "no stamp": lambda stack: (stack.folder / STAMP).unlink(),
    "a stamp that is no text": lambda stack: (stack.folder / STAMP).write_bytes(b"\xff"),
    "a stamp of other pins": lambda stack: (stack.folder / STAMP).write_text('{"pins": {}, "links": {}}'),
    "nothing": lambda stack: shutil.rmtree(stack.folder),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_stack_is_made_again(
    tmp_path: Path, served: MadeIndex, python: Interpreter, damage: str
) -> None:
    stacks = opened(tmp_path, served)
    DAMAGES[damage](stacks.stack(PINS, python))
    again = stacks.stack(PINS, python)
    assert again.reused is False
    said(again.python, "import agent, kit, shared.kit, shared.deep.agent")
    assert stacks.stack(PINS, python).reused is True
    assert [path.name for path in (tmp_path / "cache" / "stacks").glob(".*")] == []


def test_a_layer_made_again_is_found_by_the_stacks_there_are(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    opened(tmp_path, served).stack(PINS, python)
    shutil.rmtree(tmp_path / "cache" / "layers")
    stack = opened(tmp_path, served).stack(PINS, python)
    assert stack.reused is True
    said(stack.python, "import agent, kit, shared.kit, shared.deep.agent")


def test_a_cache_may_be_moved(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    opened(tmp_path, served).stack(PINS, python)
    (tmp_path / "cache").rename(tmp_path / "moved")
    [folder] = (tmp_path / "moved" / "stacks").iterdir()
    said(folder / "bin" / "python", "import agent, kit, shared.kit")


def test_two_runs_at_once_make_a_stack_once(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    def build() -> bool:
        # Each with objects of its own, as two processes have.
        return opened(tmp_path, served).stack(PINS, python).reused

    with ThreadPoolExecutor(4) as pool:
        reused = [each.result() for each in [pool.submit(build) for _ in range(4)]]
    assert sorted(reused) == [False, True, True, True]


BUILDER = """
import sys
from pathlib import Path
from chatkit_harness.machine.cache import Cache
from chatkit_harness.index.index import Index
from chatkit_harness.machine.interpreters import select_interpreters
from chatkit_harness.environments.layers import Layers
from chatkit_harness.environments.stack import Stacks

cache, python = Cache(Path(sys.argv[1])), select_interpreters(None)[0]
print("ready", flush=True)
Stacks(cache, Layers(cache, Index(cache, sys.argv[2]))).stack({"kit": "1.0", "agent": "1.0"}, python)
"""


@pytest.mark.parametrize("delay_s", [0.03, 0.08, 0.13, 0.18, 0.23])
def test_a_run_killed_at_any_moment_leaves_no_half_stack(
    tmp_path: Path, served: MadeIndex, python: Interpreter, delay_s: float
) -> None:
    command = [sys.executable, "-c", BUILDER, str(tmp_path / "cache"), served.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as builder:
        assert builder.stdout is not None
        builder.stdout.readline()
        time.sleep(delay_s)
        builder.kill()
    stack = opened(tmp_path, served).stack(PINS, python)
    said(stack.python, "import agent, kit, shared.agent, shared.kit, shared.deep.agent")


@pytest.mark.cells
@pytest.mark.slow  # test_sweep drives conversations in both
def test_real_packages_look_as_in_a_virtual_environment(tmp_path: Path) -> None:
    [python], cache = select_interpreters(None), Cache(tmp_path)
    index = Index(cache)
    pins = Resolver(cache, index).lock(["openai-chatkit", "openai-agents"], python, None).pins
    stacks = Stacks(cache, Layers(cache, index))
    stack = stacks.stack(pins, python)
    real = Environments(cache, index).environment(pins, python)
    imports = "import agents"
    assert probed(stack.python, imports) == probed(real.python, imports)
    compiled = bytecode(tmp_path / "layers")
    third = {name: pin for name, pin in pins.items() if name not in {"openai-agents", "openai-chatkit"}}
    said(stacks.stack(third, python).python, "import openai")
    assert compiled == bytecode(tmp_path / "layers")
    assert {path.name for path in Path(os.fspath(real.folder / "bin")).iterdir()} - {"activate.csh"} == {
        path.name for path in (stack.folder / "bin").iterdir()
    }
