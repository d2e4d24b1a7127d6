"""Layers: one release, one folder, made once, whole or not there; on packages made for the test."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.made_index import MadeIndex, MadeRelease, made_index

from chatkit_harness.core.errors import BuildError
from chatkit_harness.environments.environment import STAMP
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters

SCRIPT = "[console_scripts]\nkit-says = kit:say\n"
KIT = MadeRelease(
    project="kit",
    version="1.0",
    requires=["agent>=1", 'colour; extra == "paint"'],
    requires_python=">=3.8",
    files={
        "kit/__init__.py": "def say(): print('kit')\n",
        "shared/kit.py": "X = 1\n",
        "kit-1.0.dist-info/entry_points.txt": SCRIPT,
        "kit-1.0.data/data/share/kit/notes.txt": "notes\n",
    },
)
AGENT = MadeRelease(
    project="agent", version="1.0", files={"agent.py": "Y = 1\n", "shared/agent.py": "Y = 1\n"}
)
TWIN = MadeRelease(project="twin", version="1.0", files={"agent.py": "Y = 'twin'\n", "twin.py": "Z = 1\n"})
PINS = {"kit": "1.0", "agent": "1.0"}


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MadeIndex]:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    with made_index([KIT, AGENT, TWIN]) as index:
        yield index


@pytest.fixture
def python() -> Interpreter:
    return select_interpreters(None)[0]


def opened(tmp_path: Path, served: MadeIndex, name: str = "cache") -> Layers:
    """As a new process opens them."""
    cache = Cache(tmp_path / name)
    return Layers(cache, Index(cache, served.url))


def files(folder: Path) -> list[str]:
    """All files of a layer, by their paths in it."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if path.suffix != ".pyc")


def root_of(packages: Path) -> Path:
    return next(parent for parent in packages.parents if (parent / STAMP).exists())


def test_a_layer_is_one_distribution_alone(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    layer = opened(tmp_path, served).release("kit", "1.0", python)
    assert (layer.name, layer.version, layer.reused) == ("kit", "1.0", False)
    assert layer.requires == ("agent>=1", 'colour; extra == "paint"')
    assert layer.requires_python == ">=3.8"
    if sys.platform != "win32":
        assert layer.folder.parts[-3:] == ("lib", f"python{python.minor}", "site-packages")
    assert (layer.folder / "kit" / "__init__.py").exists()
    assert not (layer.folder / "agent.py").exists()


def test_a_layer_is_made_once(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    layers = opened(tmp_path, served)
    made = layers.have(PINS, python)
    asked = list(served.asked)
    for again in (layers, opened(tmp_path, served)):
        found = again.have(PINS, python)
        assert {layer.reused for layer in found.values()} == {True}
        assert {name: layer.folder for name, layer in found.items()} == {
            name: layer.folder for name, layer in made.items()
        }
    assert served.asked == asked


def test_what_is_missing_is_installed_in_one_go(
    tmp_path: Path, served: MadeIndex, python: Interpreter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chatkit_harness.uv")
    layers = opened(tmp_path, served)
    layers.have(PINS, python)
    assert len([each for each in caplog.messages if each.startswith("uv pip install")]) == 1
    layers.have({**PINS, "twin": "1.0"}, python)
    assert [each for each in caplog.messages if each.startswith("uv pip install")][1:] != []
    assert "kit==1.0" not in caplog.messages[-1]


def test_shared_out_or_installed_alone_a_layer_is_the_same(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    together = opened(tmp_path, served, "together").have(PINS, python)
    for name, layer in together.items():
        alone = opened(tmp_path, served, "alone").release(name, "1.0", python)
        assert files(root_of(layer.folder)) == files(root_of(alone.folder))
    kit = files(root_of(together["kit"].folder))
    assert "share/kit/notes.txt" in kit
    assert any(Path(path).stem == "kit-says" for path in kit)


def test_who_brings_the_same_file_still_has_his_own(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    layers = opened(tmp_path, served).have({**PINS, "twin": "1.0"}, python)
    assert (layers["agent"].folder / "agent.py").read_text() == "Y = 1\n"
    assert (layers["twin"].folder / "agent.py").read_text() == "Y = 'twin'\n"
    assert (layers["kit"].folder / "shared" / "kit.py").exists()


def rewrite(path: Path, content: bytes) -> None:
    """Write anew, not in place: the file may be a hard link into uv's own cache."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def shorter_record(packages: Path) -> None:
    record = packages / "kit-1.0.dist-info" / "RECORD"
    rewrite(record, b"\n".join(line for line in record.read_bytes().split(b"\n") if b"kit/" not in line))


def a_file_instead(packages: Path) -> None:
    root = root_of(packages)
    shutil.rmtree(root)
    root.write_text("junk")


def a_link_to_nowhere(packages: Path) -> None:
    root = root_of(packages)
    shutil.rmtree(root)
    root.symlink_to("nowhere")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a file is gone": lambda packages: (packages / "kit" / "__init__.py").unlink(),
    "a file was changed": lambda packages: rewrite(packages / "kit" / "__init__.py", b"changed"),
    "a data file is gone": lambda packages: shutil.rmtree(root_of(packages) / "share"),
    "a stray module": lambda packages: (packages / "sitecustomize.py").write_text("X = 1\n"),
    "another distribution": lambda packages: (packages / "other-1.0.dist-info").mkdir(),
    "a shorter record": shorter_record,
    "no record": lambda packages: (packages / "kit-1.0.dist-info" / "RECORD").unlink(),
    "no packages": shutil.rmtree,
    "a stamp of something else": lambda packages: (root_of(packages) / STAMP).write_text('{"name": "x"}'),
    "a stamp that is no object": lambda packages: (root_of(packages) / STAMP).write_text("[]"),
    "no stamp": lambda packages: (root_of(packages) / STAMP).unlink(),
    "nothing": lambda packages: shutil.rmtree(root_of(packages)),
    "a file instead": a_file_instead,
    "a link to nowhere instead": a_link_to_nowhere,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_layer_is_made_again(
    tmp_path: Path, served: MadeIndex, python: Interpreter, damage: str
) -> None:
    made = opened(tmp_path, served).have(PINS, python)
    DAMAGES[damage](made["kit"].folder)
    again = opened(tmp_path, served).have(PINS, python)
    assert {name: layer.reused for name, layer in again.items()} == {"kit": False, "agent": True}
    assert files(root_of(again["kit"].folder)) == files(root_of(made["kit"].folder))
    assert opened(tmp_path, served).release("kit", "1.0", python).reused is True
    assert [path.name for path in (tmp_path / "cache" / "layers").glob(".*")] == []


def test_a_layer_deleted_meanwhile_is_missed(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    layers = opened(tmp_path, served)
    folder = layers.release("kit", "1.0", python).folder
    shutil.rmtree(root_of(folder))
    assert layers.release("kit", "1.0", python).reused is False
    assert (folder / "kit" / "__init__.py").exists()


def test_bytecode_is_no_damage(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    folder = opened(tmp_path, served).have(PINS, python)["kit"].folder
    program = f"import sys; sys.path.append({str(folder)!r}); import kit, shared.kit"
    subprocess.run([python.path, "-I", "-c", program], check=True)
    assert (folder / "kit" / "__pycache__").is_dir()
    assert opened(tmp_path, served).release("kit", "1.0", python).reused is True


def test_what_a_killed_run_left_is_no_hindrance(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    folder = root_of(opened(tmp_path, served).release("kit", "1.0", python).folder)
    staging = folder.with_name(f".{folder.name}")
    folder.rename(staging)
    (staging / STAMP).unlink()
    assert opened(tmp_path, served).release("kit", "1.0", python).reused is False
    assert not staging.exists()


def test_two_runs_at_once_make_a_layer_once(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    pins = [PINS, {"agent": "1.0"}, {**PINS, "twin": "1.0"}, {"kit": "1.0"}]

    def build(wanted: dict[str, str]) -> list[str]:
        # Each with objects of its own, as two processes have.
        found = opened(tmp_path, served).have(wanted, python)
        return [name for name, layer in found.items() if not layer.reused]

    with ThreadPoolExecutor(4) as pool:
        made = [name for each in [pool.submit(build, wanted) for wanted in pins] for name in each.result()]
    assert sorted(made) == ["agent", "kit", "twin"]


def test_a_damaged_file_in_uvs_cache_is_fetched_anew(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    module = opened(tmp_path, served).release("kit", "1.0", python).folder / "kit" / "__init__.py"
    content = module.read_text()
    for path in (tmp_path / "uv").rglob("kit/__init__.py"):
        path.write_text(content.replace("kit", "kut"))
    shutil.rmtree(tmp_path / "cache")
    opened(tmp_path, served).release("kit", "1.0", python)
    assert module.read_text() == content


def test_a_pin_that_is_none_is_refused(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    layers = opened(tmp_path, served)
    for name, version in {"../kit": "1.0", "kit": "../1.0", "": "1"}.items():
        with pytest.raises(BuildError, match="no name and version"):
            layers.release(name, version, python)


def test_one_release_has_one_layer_however_it_is_spelled(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    layers = opened(tmp_path, served)
    folder = layers.release("kit", "1.0", python).folder
    again = layers.release("Kit", "v1.0", python)
    assert (again.folder, again.reused) == (folder, True)


def test_another_interpreter_has_layers_of_its_own(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    layers = opened(tmp_path, served)
    link = tmp_path / "python"
    link.symlink_to(python.path)
    other = Interpreter(
        path=str(link), version=python.version, implementation="CPython", platform=python.platform
    )
    assert layers.release("kit", "1.0", python).folder != layers.release("kit", "1.0", other).folder


def test_a_stamp_names_what_it_stands_for(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    folder = root_of(opened(tmp_path, served).release("kit", "1.0", python).folder)
    stamp = json.loads((folder / STAMP).read_text())
    assert stamp["name"] == "kit"
    assert stamp["interpreter"] == python.identity
    assert list(folder.parent.iterdir()) == [folder]
