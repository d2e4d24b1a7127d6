"""Nothing leaves a cell: each way out is tried by a liar, caught and named; loopback is no way out.

No test reaches for a real address: names end in .invalid, and addresses are those of documentation, which
the fence refuses before anything is sent. Where Landlock alone holds, loopback stands in for the world.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from tests.cells.cell_talk import Talk

from chatkit_harness.cells import forks
from chatkit_harness.cells.forks import ForkTree
from chatkit_harness.cells.payload import payload
from chatkit_harness.cells.worker import Worker, cell_environment, start_worker
from chatkit_harness.core.data import data_folder
from chatkit_harness.incell import fence, landlock
from chatkit_harness.machine.cache import Cache

HOOK, BELOW, PROXY = "audit hook", "audit hook of a subprocess", "proxy of subprocesses"
INSIDE = "audit hook of a subinterpreter"
PYTHON = "subprocess.run([sys.executable, '-c', {code!r}], stderr=subprocess.DEVNULL)"


def why_no_landlock() -> str:
    """Why tests of Landlock cannot be run here; empty where they can."""
    try:
        landlock.require()
    except landlock.LandlockError as error:
        return str(error)
    return ""


kernel = pytest.mark.skipif(bool(why_no_landlock()), reason=f"no Landlock for TCP: {why_no_landlock()}")
forked = pytest.mark.skipif(not forks.available(), reason="this system has no fork")

ASKS = "import socket; socket.gethostbyname('nowhere.invalid')"
SENDS = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))"
FORKS = """
pid = os.fork()
if not pid:
    try:
        socket.gethostbyname('nowhere.invalid')
    finally:
        os._exit(0)
os.waitpid(pid, 0)
"""
EXECS = """
pid, fd = {fork}
if not pid:
    {call}
os.waitpid(pid, 0)
"""
PROGRAM = f"sys.executable, [sys.executable, '-c', {SENDS!r}]"
PROCESS = f"""
process = multiprocessing.get_context({{method!r}}).Process(target=exec, args=({SENDS!r},))
process.start()
process.join()
assert process.exitcode
"""
QUIETLY = f"try: exec({SENDS!r})\nexcept OSError: pass"
WITHIN = f"""
made = interpreters.create()
interpreters.run_string(made, {QUIETLY!r})
interpreters.destroy(made)
"""


def execs(call: str, fork: str = "os.fork(), None") -> str:
    """Code that forks, and has the call take the child's place."""
    return EXECS.format(call=call, fork=fork)


WAYS = {
    "socket": ("socket.create_connection(('192.0.2.1', 9))", "192.0.2.1:9", HOOK),
    "udp": ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))", "192.0.2.1:53", HOOK),
    "look-up": ("socket.getaddrinfo('nowhere.invalid', 443)", "nowhere.invalid:443", HOOK),
    "old look-up": ("socket.gethostbyname('nowhere.invalid')", "nowhere.invalid:?", HOOK),
    "reverse look-up": ("socket.gethostbyaddr('192.0.2.1')", "192.0.2.1:?", HOOK),
    "urllib": ("urllib.request.urlopen('http://nowhere.invalid/')", "nowhere.invalid:80", HOOK),
    "asyncio": (
        "in_thread(lambda: asyncio.run(asyncio.wait_for(asyncio.open_connection('192.0.2.1', 9), 5)))",
        "192.0.2.1:9", HOOK,
    ),
    "thread": ("in_thread(lambda: socket.create_connection(('192.0.2.1', 9)))", "192.0.2.1:9", HOOK),
    "mapped": ("socket.create_connection(('::ffff:192.0.2.1', 9))", "::ffff:192.0.2.1:9", HOOK),
    "python that asks a proxy": (
        PYTHON.format(code="import urllib.request as r; r.urlopen('https://nowhere.invalid/')"),
        "nowhere.invalid:443", PROXY,
    ),
    "python with a socket": (
        PYTHON.format(code="import socket; socket.create_connection(('192.0.2.1', 9))"), "192.0.2.1:9", BELOW,
    ),
    "python with variables of its own": (
        f"subprocess.run([sys.executable, '-c', {ASKS!r}], env={{}}, stderr=subprocess.DEVNULL)",
        "nowhere.invalid:?", BELOW,
    ),
    "python below a shell": (
        f"os.system(shlex.join([sys.executable, '-c', {ASKS!r}]) + ' 2>/dev/null')",
        "nowhere.invalid:?", BELOW,
    ),
    "fork": (FORKS, "nowhere.invalid:?", BELOW),
    "message": (
        "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, ('192.0.2.1', 53))",
        "192.0.2.1:53", HOOK,
    ),
    "address of a name": ("socket.getnameinfo(('192.0.2.1', 53), 0)", "192.0.2.1:53", HOOK),
    "no exception": ("socket.socket().connect_ex(('192.0.2.1', 9))", "192.0.2.1:9", HOOK),
    "spawnv": (f"os.spawnv(os.P_WAIT, {PROGRAM})", "192.0.2.1:53", BELOW),
    "spawnve": (f"os.spawnve(os.P_WAIT, {PROGRAM}, {{}})", "192.0.2.1:53", BELOW),
    "posix_spawn": (f"os.waitpid(os.posix_spawn({PROGRAM}, {{}}), 0)", "192.0.2.1:53", BELOW),
    "posix_spawnp": (f"os.waitpid(os.posix_spawnp({PROGRAM}, {{}}), 0)", "192.0.2.1:53", BELOW),
    "fork and exec": (execs(f"os.execv({PROGRAM})"), "192.0.2.1:53", BELOW),
    "fork and exec with variables": (execs(f"os.execve({PROGRAM}, {{}})"), "192.0.2.1:53", BELOW),
    "exec that nobody watches": (execs(f"kept_execv({PROGRAM})"), "192.0.2.1:53", BELOW),
    "terminal": (execs(f"os.execv({PROGRAM})", "pty.fork()"), "192.0.2.1:53", BELOW),
    "process that is forked": (PROCESS.format(method="fork"), "192.0.2.1:53", BELOW),
    "process that is spawned": (PROCESS.format(method="spawn"), "192.0.2.1:53", BELOW),
    "process of a server of forks": (PROCESS.format(method="forkserver"), "192.0.2.1:53", BELOW),
    "subinterpreter": (WITHIN, "192.0.2.1:53", INSIDE),
}  # fmt: skip
PREAMBLE = """
import asyncio, multiprocessing, os, pty, shlex, socket, subprocess, sys, threading, urllib.request
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
from posix import execv as kept_execv
def in_thread(work):
    def quietly():
        try:
            work()
        except OSError:
            pass
    thread = threading.Thread(target=quietly)
    thread.start()
    thread.join()
"""


def swallowed(code: str) -> str:
    """Code of a server that hides what it is refused."""
    body = "\n".join(f"    {line}" for line in code.splitlines())
    return f"{PREAMBLE}\ntry:\n{body}\nexcept OSError:\n    pass\ntold = 'nothing to see'\n"


def fresh(home: Path) -> Worker:
    python, log = Path(sys.executable), home / "fresh.log"
    return start_worker(python, payload(Cache(home)), environ=cell_environment(""), cwd=home, log=log)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nothing-leaves")


@pytest.fixture(scope="module", params=["fresh", pytest.param("forked", marks=forked)])
def talk(request: pytest.FixtureRequest, home: Path) -> Iterator[Talk]:
    """A cell with a server of somebody's: a process of its own, and one that was forked."""
    with ForkTree() as tree:
        if request.param == "fresh":
            worker = fresh(home)
        else:
            root = tree.root(
                Path(sys.executable), payload(Cache(home)), preload=(), environ=cell_environment("")
            )
            worker = root.cell(environ=cell_environment(""), cwd=home, log=home / "forked.log")
        yield Talk(worker, landlock="subprocesses", ports=[])
        worker.close()


@pytest.mark.parametrize("way", WAYS)
def test_every_way_out_is_caught_and_named(talk: Talk, way: str) -> None:
    code, address, means = WAYS[way]
    talk.attempts.clear()
    assert talk.run(swallowed(code)) == "nothing to see"
    assert set(talk.attempts) == {(address, means)}


def test_loopback_is_no_way_out(talk: Talk) -> None:
    code = f"""{PREAMBLE}
import socketserver
server = socket.create_server(('127.0.0.1', 0))
to = f'import socket; socket.create_connection({{server.getsockname()!r}})'
told = [subprocess.run([sys.executable, '-c', to]).returncode, os.system('true')]
socket.create_connection(('localhost', server.getsockname()[1]))
socket.create_connection(('0.0.0.0', server.getsockname()[1]))
socket.getaddrinfo('192.0.2.1', 80)
near, far = socket.socketpair()
"""
    talk.attempts.clear()
    assert talk.run(code) == [0, 0]
    assert talk.attempts == []


HERE = ("localhost", "a.localhost", "127.1", "0x7f.1", "2130706433", "::1%lo", "::ffff:127.0.0.1", "::", b"0")
ELSEWHERE = (
    "localhost.invalid",
    "127.1.invalid",
    "192.1",
    "1",
    1,
    "::ffff:192.0.2.1",
    "127.0.0.1 x.invalid",
    "localhost%x.invalid",
    "127.0.0.1%x.invalid",
)


@pytest.mark.parametrize("host", HERE)
def test_every_spelling_of_loopback_is_here(host: object) -> None:
    assert fence.is_here(host)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_what_only_looks_like_loopback_is_elsewhere(host: object) -> None:
    assert not fence.is_here(host)


def may_send_frames() -> bool:
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except (AttributeError, OSError):
        return False
    return True


@pytest.mark.skipif(not may_send_frames(), reason="only root may send frames, on Linux")
def test_frames_of_a_packet_socket_are_caught_when_it_is_bound(talk: Talk) -> None:
    talk.attempts.clear()
    code = "socket.socket(socket.AF_PACKET, socket.SOCK_RAW).bind(('lo', 0x88b5))"
    assert talk.run(swallowed(code)) == "nothing to see"
    assert talk.attempts == [(f"lo:{0x88B5}", HOOK)]


SEES = "'offspring' in str(__import__('sys').path)"
POOLS = f"""{PREAMBLE}
import concurrent.futures
told = []
for method in ("fork", "spawn", "forkserver"):
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
        told += [pool.submit(pow, 2, 5).result(), pool.submit(eval, {SEES!r}).result()]
made = interpreters.create()
interpreters.run_string(made, "assert sum([1]) == 1 and 'place' not in dir()")
interpreters.destroy(made)
told += [name in os.environ for name in ("PYTHONPATH", "http_proxy")]
"""


def test_processes_and_interpreters_work_as_they_would_anywhere(talk: Talk) -> None:
    talk.attempts.clear()
    assert talk.run(POOLS) == [32, False] * 3 + [False, False]
    assert talk.attempts == []


LATER = f"import time\ntime.sleep(0.3)\n{ASKS}"
LEFT = {
    "thread": ("threading.Timer(0.3, socket.gethostbyname, ['nowhere.invalid']).start()", HOOK),
    "program": (
        f"told = subprocess.Popen([sys.executable, '-c', {LATER!r}], stderr=subprocess.DEVNULL).pid", BELOW,
    ),
}  # fmt: skip
WAITS = "import time\ntime.sleep({})\ntold = 'waited'"


@pytest.mark.parametrize("what", LEFT)
def test_what_an_earlier_case_has_left_is_told_as_that_ones(talk: Talk, what: str) -> None:
    code, means = LEFT[what]
    talk.attempts.clear()
    talk.late.clear()
    talk.run(f"{PREAMBLE}\n{code}\ntold = 1", case="guilty")
    assert talk.run(WAITS.format(1.5), case="innocent") == "waited"
    assert (talk.attempts, talk.late) == ([], [("nowhere.invalid:?", means, "guilty")])


def test_what_comes_between_two_cases_is_told_with_the_name_of_the_earlier_one(talk: Talk) -> None:
    talk.attempts.clear()
    talk.late.clear()
    code = LEFT["thread"][0]
    talk.run(f"{PREAMBLE}\n{code}\ntold = 1", case="guilty")
    time.sleep(1)
    assert talk.run("told = 1", case="innocent") == 1
    assert (talk.attempts, talk.late) == ([], [("nowhere.invalid:?", HOOK, "guilty")])


def test_a_thread_of_a_pool_tries_for_the_case_that_has_asked_it(talk: Talk) -> None:
    ask = f"{PREAMBLE}\nimport builtins, concurrent.futures\n"
    make = "builtins.pool = concurrent.futures.ThreadPoolExecutor(1)\n"
    talk.run(f"{ask}{make}told = builtins.pool.submit(pow, 2, 2).result()", case="earlier")
    talk.attempts.clear()
    talk.late.clear()
    tried = "builtins.pool.submit(socket.gethostbyname, 'nowhere.invalid').exception()"
    talk.run(f"{ask}told = str({tried})", case="asks")
    assert (talk.attempts, talk.late) == ([("nowhere.invalid:?", HOOK)], [])


def test_what_a_subprocess_sets_itself_is_left_to_it(talk: Talk) -> None:
    show = "import os; print(os.environ['http_proxy'], os.environ['A'], os.environ['PYTHONPATH'])"
    code = (
        f"{PREAMBLE}\nenv = {{'http_proxy': 'http://127.0.0.1:1', 'A': 'b', 'PYTHONPATH': '/mine'}}\n"
        f"told = subprocess.check_output([sys.executable, '-c', {show!r}], env=env, text=True).split()"
    )
    proxy, value, path = talk.run(code)
    assert (proxy, value, path.rpartition(":")[2]) == ("http://127.0.0.1:1", "b", "/mine")


def test_a_sitecustomize_of_ones_own_is_still_imported(talk: Talk, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("MARK = 'mine'\n")
    show = "import sitecustomize, sys; print(sitecustomize.MARK, *sys.path)"
    code = (
        f"{PREAMBLE}\nenv = {{'PYTHONPATH': {str(tmp_path)!r}}}\n"
        f"told = subprocess.check_output([sys.executable, '-c', {show!r}], env=env, text=True)"
    )
    told = talk.run(code)
    assert told.startswith("mine ")
    assert "offspring" not in told


def test_a_subprocess_that_cannot_be_started_raises_what_it_always_did(talk: Talk) -> None:
    assert (
        talk.run("import subprocess; subprocess.Popen(['/no/such/program'])") == "builtins.FileNotFoundError"
    )


@kernel
def test_landlock_holds_a_subprocess_that_no_hook_sees(talk: Talk) -> None:
    assert talk.ready["held"] == "audit hook, and Landlock (TCP) in subprocesses"
    tried = "import socket; print(socket.socket().connect_ex(('127.0.0.1', 1)))"
    start = f"subprocess.check_output([sys.executable, '-I', '-c', {tried!r}], text=True)"
    code = f"{PREAMBLE}\ntold = [int({start}), socket.socket().connect_ex(('127.0.0.1', 1))]"
    # Refused by the kernel below, and only by the port, where nobody listens, in the cell itself.
    assert talk.run(code) == [13, 111]


LAPSES = f"""{PREAMBLE}
from chatkit_harness.incell import fence, landlock
holds = landlock.restrict
def restrict(ports):
    raise landlock.LandlockError("too many open files")
landlock.restrict = restrict
try:
    %s
finally:
    landlock.restrict = holds
"""


@kernel
def test_what_landlock_does_not_hold_any_more_is_not_started_and_the_case_is_no_verdict(talk: Talk) -> None:
    talk.failures.clear()
    assert talk.run(LAPSES % "subprocess.run(['true'])") == "builtins.PermissionError"
    assert talk.failures == ["Landlock does not hold what the server starts: too many open files"]
    assert talk.run("told = 1") == 1
    assert len(talk.failures) == 1


@kernel
def test_a_fork_that_landlock_does_not_hold_is_no_verdict(talk: Talk) -> None:
    talk.failures.clear()
    forks = "pid = os.fork()\n    if not pid: os._exit(0)\n    told = os.waitpid(pid, 0)[1]"
    assert talk.run(LAPSES % forks) == 0
    assert talk.failures == ["Landlock does not hold what the server starts: too many open files"]


@kernel
def test_landlock_around_a_whole_cell_leaves_it_its_model_alone(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as model, socket.create_server(("127.0.0.1", 0)) as other:
        ports = [each.getsockname()[1] for each in (model, other)]
        talk = Talk(fresh(home), landlock="cell", ports=ports[:1])
        code = f"import socket\ntold = [socket.socket().connect_ex(('127.0.0.1', p)) for p in {ports}]"
        assert talk.ready["held"] == "audit hook and Landlock (TCP)"
        assert talk.run(code) == [0, 13]
        talk.worker.close()


SPAWNS = """
asks = {'target': socket.gethostbyname, 'args': ['nowhere.invalid']}
process = multiprocessing.get_context('spawn').Process(**asks)
process.start()
process.join()
"""
STORES = {
    "leaky_store": ("socket.gethostbyname('nowhere.invalid')", "lets nothing leave"),
    "store_with_processes": (SPAWNS, "open"),
}


@pytest.mark.parametrize("store", STORES)
def test_a_store_in_a_process_of_the_contract_is_held_too(talk: Talk, tmp_path: Path, store: str) -> None:
    body, raised = STORES[store]
    (tmp_path / f"{store}.py").write_text(f"import multiprocessing, socket\n{body}\n")
    order = {
        "program": "ids",
        "store": {"module": store, "attribute": "open"},
        "context": None,
        "users": ["a", "b"],
        "count": 1,
    }
    code = f"""{PREAMBLE}
sys.path.append({str(tmp_path)!r})
from chatkit_harness.incell.contract.children import start
def ask():
    global told
    told = asyncio.run(start({order!r}).line())
in_thread(ask)
"""
    talk.attempts.clear()
    assert raised in talk.run(code)["raised"]
    assert talk.attempts == [("nowhere.invalid:?", BELOW)]


def test_what_holds_is_told_where_landlock_is_not_wanted(home: Path) -> None:
    talk = Talk(fresh(home), landlock="off")
    assert talk.ready["held"] == "audit hook"
    talk.worker.close()


def test_an_attempt_while_importing_is_told_with_the_first_case(home: Path, tmp_path: Path) -> None:
    (tmp_path / "calls_home.py").write_text(
        "import socket\ntry:\n    socket.gethostbyname('nowhere.invalid')\nexcept OSError:\n    pass\n"
    )
    worker = fresh(home)
    talk = Talk(worker, ["calls_home"], path=[str(tmp_path), str(Path(__file__).parent / "liars")])
    talk.run("told = 1")
    assert talk.attempts == [("nowhere.invalid:?", HOOK)]
    worker.close()


def test_messages_about_it_are_as_their_schema_says() -> None:
    schema = json.loads((data_folder("schemas") / "cell-messages.schema.json").read_text())
    attempt = {"type": "attempt", "at_ms": 1.5, "turn": 0, "address": "192.0.2.1:9", "means": HOOK}
    for message in (attempt, {**attempt, "of": "earlier"}, {"type": "ready", "held": "audit hook"}):
        jsonschema.validate(message, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**attempt, "address": 9}, schema)
