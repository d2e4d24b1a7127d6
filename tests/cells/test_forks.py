"""The fork tree: what one child does reaches no other, and whatever happens, nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.cells.cell_talk import Talk, has_ended, make_layer

from chatkit_harness.cells import forks
from chatkit_harness.cells.forks import ForkTree, Node
from chatkit_harness.cells.payload import payload
from chatkit_harness.cells.worker import Worker, WorkerGoneError, cell_environment, start_worker
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import BuildError
from chatkit_harness.engine.cassettes import cassette_for
from chatkit_harness.engine.seat import Launch, Seat
from chatkit_harness.engine.targets import REFERENCE
from chatkit_harness.environments.environment import Environment
from chatkit_harness.machine.cache import Cache
from chatkit_harness.scenarios.catalogue import load_all
from chatkit_harness.upstream import ReplayServer

pytestmark = pytest.mark.skipif(not forks.available(), reason="this system has no fork")
TIMES = re.compile(r"_ms$|^ms$|^created_at$|^clock")
IDS = re.compile(r"(?<=_)[0-9a-f]{8,}|127\.0\.0\.1:\d+|\d{4}-\d\d-\d\dT[\d:.]+")
linux = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells it of a process")

ENVIRON = {"PATH": os.environ["PATH"], "OPENAI_AGENTS_DISABLE_TRACING": "1"}
THIRD = {
    "third/__init__.py": "VALUE = ['as imported']\n",
    "traces.py": "",
    "half.py": "import traces\nraise ImportError('broken half way')\n",
    "last_resort.py": "import os\nos._exit(4)\n",
    "setting.py": "import os\nos.environ['SET_BY_IMPORT'] = 'yes'\nos.environ['TOLD'] = 'by import'\n",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forks")


@pytest.fixture(scope="module")
def made_payload(home: Path) -> Path:
    return payload(Cache(home))


@pytest.fixture(scope="module")
def python(home: Path) -> Path:
    """An environment with one third party, some of whose modules are broken."""
    folder = home / "stack"
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python3.*/site-packages")
    make_layer(packages, "third", "3.0", THIRD)
    return folder / "bin/python"


@pytest.fixture(scope="module")
def layer(home: Path) -> Path:
    files = {"kit/__init__.py": "import third\n", "kit/wrong.py": "from third import missing\n"}
    return make_layer(home / "layers/kit-1.0", "kit", "1.0", files)


@pytest.fixture(scope="module")
def tree() -> Iterator[ForkTree]:
    with ForkTree() as made:
        yield made


@pytest.fixture(scope="module")
def root(tree: ForkTree, python: Path, made_payload: Path) -> Node:
    return tree.root(python, made_payload, preload=["third"], environ=ENVIRON)


@pytest.fixture
def cwd(tmp_path: Path) -> Path:
    """Where cells work."""
    (tmp_path / "cwd").mkdir()
    return tmp_path / "cwd"


@pytest.fixture
def spawned(python: Path, made_payload: Path, home: Path, cwd: Path) -> Iterator[Callable[..., Talk]]:
    """Starts a cell in a process of its own."""
    made = []

    def spawn(modules: Sequence[str], *, layers: Sequence[Path]) -> Talk:
        log = home / "spawned.log"
        worker = start_worker(python, made_payload, environ=ENVIRON, cwd=cwd, log=log, layers=layers)
        made.append(worker)
        return Talk(worker, modules)

    yield spawn
    for worker in made:
        worker.close()


@pytest.fixture
def cell(home: Path, cwd: Path) -> Iterator[Callable[..., Talk]]:
    """Forks a cell of a node, and speaks with it until the test is over."""
    made = []

    def fork(node: Node, modules: Sequence[str] = (), *, path: Sequence[Path] = (), **more: Any) -> Talk:
        environ = {**ENVIRON, **more.pop("environ", {})}
        worker = node.cell(environ=environ, cwd=cwd, log=home / "cells.log", path=path)
        made.append(worker)
        return Talk(worker, modules, **more)

    yield fork
    for worker in made:
        worker.kill()


PROBE = """
import os, sys, third, threading
told = [third.VALUE, os.environ.get('CHANGED'), os.getcwd(), 'json' in sys.modules, os.umask(0o22),
        sys.path == [each for each in sys.path if each != '/nowhere']]
"""
MISDEEDS = {
    "patches a package": "import third; third.VALUE[:] = ['patched']",
    "changes its environment": "import os; os.environ['CHANGED'] = 'yes'",
    "goes elsewhere": "import os; os.chdir('/'); os.umask(0o77)",
    "forgets modules": "import sys; sys.modules.clear(); sys.path.append('/nowhere')",
    "kills itself": "import os; os.kill(os.getpid(), 9)",
    "kills its group": "import os; os.killpg(0, 15)",
    "leaves": "import os; os._exit(3)",
    "writes to stdout": "import os; os.write(1, b'{}\\n' * 1000); print('x' * 100000)",
    "closes everything": "import os; os.closerange(0, 100)",
    "starts threads": "import threading; [threading.Thread(target=input).start() for _ in range(5)]",
    "eats memory": "held = [bytearray(20_000_000) for _ in range(100)]",
}


@pytest.mark.parametrize("code", MISDEEDS.values(), ids=MISDEEDS)
def test_what_a_cell_does_reaches_no_sibling(root: Node, cell: Callable[..., Talk], code: str) -> None:
    older, wicked = cell(root), cell(root, memory_mb=300)
    before = older.run(PROBE)
    try:
        wicked.run(code)
    except WorkerGoneError:
        wicked.worker.kill()
    younger = cell(root)
    assert older.run(PROBE) == younger.run(PROBE) == before
    assert before[0] == ["as imported"]


def test_a_cell_that_eats_its_memory_is_told_so(root: Node, cell: Callable[..., Talk]) -> None:
    assert cell(root, memory_mb=300).run(MISDEEDS["eats memory"]) == "builtins.MemoryError"


@pytest.mark.parametrize(
    ("code", "ended"),
    [
        ("import os; os._exit(3)", ("exited", 3, None, "")),
        ("import os; os.kill(os.getpid(), 11)", ("signalled", -11, "SIGSEGV", "")),
        ("import os; os.write(2, b'last'); os.abort()", ("signalled", -6, "SIGABRT", "last")),
    ],
)
def test_the_end_of_a_cell_is_told_as_that_of_a_process_of_its_own(
    root: Node, cell: Callable[..., Talk], code: str, ended: tuple[str, int, str | None, str]
) -> None:
    with pytest.raises(WorkerGoneError) as gone:
        cell(root).run(code)
    end = gone.value
    assert (end.how, end.exit_code, end.signal_name, end.last_words) == ended


def test_a_cell_that_says_nothing_is_ended(root: Node, cell: Callable[..., Talk]) -> None:
    silent = cell(root)
    with pytest.raises(WorkerGoneError) as gone:
        silent.worker.receive(0.05)
    assert (gone.value.how, gone.value.signal_name) == ("timeout", None)
    assert has_ended(silent.hello["pid"])


def test_what_a_cell_has_started_ends_with_it(root: Node, cell: Callable[..., Talk]) -> None:
    parent = cell(root)
    pid = parent.run("import subprocess; told = subprocess.Popen(['sleep', '600']).pid")
    assert not has_ended(pid)
    parent.worker.close()
    assert within(5, lambda: has_ended(pid))


def within(limit_s: float, happens: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + limit_s
    while not happens() and time.monotonic() < deadline:
        time.sleep(0.01)
    return happens()


def test_siblings_have_their_own_chance_and_their_own_session(
    root: Node, cell: Callable[..., Talk], cwd: Path
) -> None:
    code = "import os, random, uuid; told = [random.random(), uuid.uuid4().hex, os.getsid(0), os.getcwd()]"
    one, other = cell(root).run(code), cell(root).run(code)
    assert not set(one[:3]) & set(other[:3])
    assert one[3] == other[3] == str(cwd)


def test_a_cell_has_the_variables_it_is_given_and_those_that_imports_set(
    root: Node, cell: Callable[..., Talk]
) -> None:
    node = root.child(modules=["setting"])
    code = (
        "import os; told = {name: os.environ.get(name) for name in ('SET_BY_IMPORT', 'TOLD', 'HOME', 'MINE')}"
    )
    assert cell(node).run(code) == {"SET_BY_IMPORT": "yes", "TOLD": "by import", "HOME": None, "MINE": None}
    given = cell(node, environ={"TOLD": "by the host", "MINE": "x"}).run(code)
    assert given == {"SET_BY_IMPORT": "yes", "TOLD": "by the host", "HOME": None, "MINE": "x"}


ALIKE = """
import gc, logging, os, signal, sys, threading, warnings
fds = sorted(os.listdir('/dev/fd'), key=int)
told = {
    'environ': dict(os.environ), 'argv': sys.argv, 'flags': repr(sys.flags), 'path': sys.path, 'fds': fds,
    'modules': sorted(sys.modules), 'threads': sorted(each.name for each in threading.enumerate()),
    'main': threading.main_thread().name,
    'streams': [sys.stdout is sys.stderr, sys.stdin.read(), os.isatty(1)],
    'gc': [gc.isenabled(), gc.get_threshold(), gc.get_freeze_count() > 0], 'umask': os.umask(0o22),
    'signals': {int(each): type(signal.getsignal(each)).__name__ for each in signal.valid_signals()},
    'filters': repr(warnings.filters), 'logging': repr(logging.getLogger().handlers),
    'leads': os.getpid() == os.getpgrp() == os.getsid(0), 'limit': sys.getrecursionlimit(),
    'trace': sys._getframe(1).f_code.co_name, 'cwd': os.getcwd(),
    'main module': sys.modules['__main__'].__file__,
}
"""


def test_a_forked_cell_finds_itself_as_one_of_its_own(
    root: Node, cell: Callable[..., Talk], layer: Path, spawned: Callable[..., Talk]
) -> None:
    node = root.child(path=[layer], modules=["third"])
    forked = cell(node, ["third", "kit"]).run(ALIKE)
    alone = spawned(["third", "kit"], layers=[layer]).run(ALIKE)
    assert forked == alone


def test_layers_are_told_as_if_they_were_installed(
    root: Node, cell: Callable[..., Talk], layer: Path, spawned: Callable[..., Talk]
) -> None:
    modules = ["third", "kit", "kit.wrong", "nothing"]
    node = root.child(path=[layer], modules=["third", "kit", "kit.wrong"])
    talks = [cell(node, modules), cell(root, modules, path=[layer]), spawned(modules, layers=[layer])]
    in_node, in_cell, alone = (untimed(each.imported) for each in talks)
    assert in_node == in_cell == alone
    assert [each.hello["pins"] for each in talks] == [{"kit": "1.0", "third": "3.0"}] * 3
    raised = alone["modules"][2]["raised"]
    assert "(lib/python3" in raised["message"]
    assert [raised["frames"][-1][name] for name in ("file", "distribution", "version")] == [
        "kit/wrong.py", "kit", "1.0",
    ]  # fmt: skip
    assert alone["modules"][2]["disk"]["locations"][0].startswith("lib/python3")


def untimed(imported: dict[str, Any]) -> dict[str, Any]:
    return {**imported, "modules": [{**each, "ms": 0} for each in imported["modules"]]}


def test_a_broken_third_party_leaves_no_trace_in_the_root(
    tree: ForkTree, python: Path, made_payload: Path, cell: Callable[..., Talk]
) -> None:
    preload = ["third", "half", "not_there", "last_resort"]
    for names in (preload[:3], preload):
        node = tree.root(python, made_payload, preload=names, environ=ENVIRON)
        loaded = cell(node).run(
            "import sys; told = [name in sys.modules for name in ('third', 'half', 'traces')]"
        )
        assert loaded == ["last_resort" not in names, False, False]
        node.close()


CRASHES = "import ctypes, sys\nsys.stderr.write('now it falls\\n')\nctypes.string_at(0)\n"
SLEEPS = "import time\ntime.sleep(600)\n"
THREAD = "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\n"
SOCKET = "import socket\nkept = socket.socket()\n"


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        (CRASHES, "it ends the process (SIGSEGV): now it falls"),
        ("import os\nos._exit(5)\n", "it ends the process (exit code 5)"),
        (SLEEPS, "it takes longer than 0.5 s"),
        (THREAD, "it leaves a thread running, which no fork takes along"),
        (SOCKET, "it leaves descriptors open, which forks would share"),
    ],
)
def test_what_no_fork_can_take_along_is_left_to_the_cells(
    root: Node, cell: Callable[..., Talk], tmp_path: Path, source: str, trouble: str
) -> None:
    wild = make_layer(tmp_path / "wild", "wild", "1.0", {"wild.py": source})
    tame = make_layer(tmp_path / "tame", "tame", "1.0", {"tame.py": "import wild\n"})
    node = root.child(path=[wild], modules=["wild"], limit_s=0.5)
    assert node.trouble == trouble
    further = node.child(path=[tame], modules=["tame"])
    assert cell(further).hello["pins"] == {"third": "3.0", "tame": "1.0", "wild": "1.0"}
    if source in (THREAD, SOCKET):
        assert cell(further, ["tame"]).imported["modules"][0]["ok"]
    elif source == CRASHES:
        with pytest.raises(WorkerGoneError) as gone:
            cell(further, ["tame"])
        assert (gone.value.signal_name, gone.value.last_words) == ("SIGSEGV", "now it falls")


def test_a_node_that_was_killed_fails_those_who_need_it_and_no_others(
    root: Node, cell: Callable[..., Talk], layer: Path
) -> None:
    doomed, other = root.child(path=[layer], modules=["kit"]), root.child(modules=["third"])
    orphan, lost = cell(doomed), cell(doomed)
    os.kill(doomed.pid, signal.SIGKILL)
    assert within(5, lambda: has_ended(doomed.pid))
    with pytest.raises(BuildError, match="is gone \\(SIGKILL\\)"):
        cell(doomed)
    with pytest.raises(BuildError):
        doomed.child(modules=["kit"])
    assert (doomed.alive, other.alive) == (False, True)
    assert orphan.run("told = 'still here'") == cell(other).run("told = 'still here'")
    orphan.worker.close()
    assert has_ended(orphan.hello["pid"])
    with pytest.raises(WorkerGoneError) as gone:
        lost.run("import os; os._exit(3)")
    assert (gone.value.how, gone.value.exit_code) == ("exited", None)


def test_a_root_that_was_killed_leaves_its_nodes_at_work(
    tree: ForkTree, python: Path, made_payload: Path, cell: Callable[..., Talk]
) -> None:
    doomed = tree.root(python, made_payload, preload=[], environ=ENVIRON)
    child = doomed.child(modules=["third"])
    os.kill(doomed.pid, signal.SIGKILL)
    with pytest.raises(BuildError):
        doomed.child(modules=["third"])
    assert cell(child).run("told = 1") == 1
    doomed.close()
    assert has_ended(child.pid)


def test_an_interpreter_that_does_not_start_is_told(
    tree: ForkTree, made_payload: Path, tmp_path: Path
) -> None:
    with pytest.raises(BuildError, match="cannot be started"):
        tree.root(tmp_path / "python", made_payload, environ={})
    with pytest.raises(BuildError, match="exit code 1"):
        tree.root(Path("/bin/false"), made_payload, environ={})


@linux
def test_thirty_cells_leave_nothing_behind(root: Node, cell: Callable[..., Talk]) -> None:
    def held() -> tuple[int, int]:
        return len(os.listdir("/proc/self/fd")), len(os.listdir(f"/proc/{root.pid}/fd"))  # noqa: PTH208

    cell(root).worker.close()
    before, threads = held(), threading.active_count()
    for number in range(30):
        talk = cell(root)
        if number % 3:
            talk.worker.close()
        else:
            talk.worker.kill()
    assert held() == before
    assert threading.active_count() <= threads  # those of an earlier test may have ended meanwhile
    assert Path(f"/proc/{root.pid}/task/{root.pid}/children").read_text() == living_nodes(root)


def living_nodes(root: Node) -> str:
    """The children of a node that are no zombies, as the system lists them."""
    listed = Path(f"/proc/{root.pid}/task/{root.pid}/children").read_text()
    return "".join(f"{pid} " for pid in listed.split() if not has_ended(int(pid)))


def test_cells_are_forked_from_several_threads_at_once(root: Node, cell: Callable[..., Talk]) -> None:
    def work(number: int) -> int:
        talk = cell(root)
        told: int = talk.run(f"told = {number}")
        talk.worker.close()
        return told

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(12))) == list(range(12))


HOST = """
import sys
from pathlib import Path
from tests.cells.cell_talk import Talk
from chatkit_harness.cells.forks import ForkTree
python, payload, home = map(Path, sys.argv[1:])
tree = ForkTree()
root = tree.root(python, payload, preload=["third"], environ={})
node = root.child(modules=["third"])
cell = Talk(node.cell(environ={}, cwd=home, log=home / "host.log"))
started = cell.run("import subprocess; told = subprocess.Popen(['sleep', '600']).pid")
print(root.pid, node.pid, cell.hello["pid"], started, flush=True)
sys.stdin.read()
"""


def test_nothing_outlives_a_host_that_was_killed(python: Path, made_payload: Path, home: Path) -> None:
    command = [sys.executable, "-c", HOST, str(python), str(made_payload), str(home)]
    top = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=top) as host:
        assert host.stdout is not None
        pids = [int(each) for each in host.stdout.readline().split()]
        host.kill()
    assert len(pids) == 4
    assert within(10, lambda: all(has_ended(pid) for pid in pids))


@pytest.fixture(scope="module")
def agents_node(tree: ForkTree, made_payload: Path) -> Node:
    """A node with the packages of this environment."""
    node = tree.root(Path(sys.executable), made_payload, environ=cell_environment("http://127.0.0.1:9"))
    return node.child(modules=["agents"])


@linux
def test_agents_leaves_a_node_that_can_be_forked(agents_node: Node, root: Node) -> None:
    assert agents_node.trouble is None
    assert len(os.listdir(f"/proc/{agents_node.pid}/task")) == 1  # noqa: PTH208 - a path of the system
    assert opened(agents_node) == opened(root)
    assert not [kind for kind in opened(agents_node) if "event" in kind]


def opened(node: Node) -> list[str]:
    links = Path(f"/proc/{node.pid}/fd").iterdir()
    return sorted(str(each.readlink()).partition(":")[0] for each in links)


SCENARIOS = ["quote-aapl", "two-turns", "market-data-down", "unknown-symbol"]


def test_a_forked_cell_holds_the_conversations_of_one_of_its_own(
    agents_node: Node, made_payload: Path, home: Path
) -> None:
    def launch(environ: Mapping[str, str], cwd: Path, log: Path) -> Worker:
        return agents_node.cell(environ=environ, cwd=cwd, log=log)

    with ReplayServer() as upstream:
        spawned, forked = (conversations(made_payload, upstream, home, way) for way in (None, launch))
    assert [len(each["turns"]) for each in spawned] == [1, 2, 1, 1]
    assert all(each["ended"] == "completed" for each in spawned)
    assert forked == spawned


def conversations(
    made_payload: Path, upstream: ReplayServer, home: Path, launch: Launch | None
) -> list[dict[str, Any]]:
    """The transcripts of some scenarios, without times and ids."""
    catalogue = load_all([data_folder("scenarios")])
    cases = [(catalogue[name], cassette_for(catalogue[name])) for name in SCENARIOS]
    environment = Environment(folder=home, python=Path(sys.executable), reused=True)
    bounds: dict[str, Any] = {"time_limit_s": 60, "memory_limit_mb": 2000, "pacing": 0}
    log = home / "conversations.log"
    with Seat(
        environment, made_payload, upstream, log=log, targets=[REFERENCE], launch=launch, **bounds
    ) as seat:
        driven = [seat.drive(scenario, cassette, REFERENCE) for scenario, cassette in cases]
    return [timeless(to_document(each.transcript)) for each in driven]


def timeless(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: timeless(each) for key, each in document.items() if not TIMES.search(key)}
    if isinstance(document, list):
        return [timeless(each) for each in document]
    return IDS.sub("ID", document) if isinstance(document, str) else document
