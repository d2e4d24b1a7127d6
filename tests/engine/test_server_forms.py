"""Somebody's own server in each form of `--server`: what is refused at once, and one driven by all forms."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from tests.cli.command import Said, call

from chatkit_harness.checks.judge import Judgement
from chatkit_harness.cli import options
from chatkit_harness.cli.selection import run_settings
from chatkit_harness.core.errors import SelectionError, UnavailableError
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import CellFacts, Event, Exchange, Transcript, Turn
from chatkit_harness.engine.outcomes import where_nobody_asked
from chatkit_harness.engine.own import find_own
from chatkit_harness.engine.running import require_answering, running_cell
from chatkit_harness.engine.selection import selection_of, told_command
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.targets import Target

MUSEUM = Path(__file__).parents[1] / "projects/museum"
PAIR = "1.6.5:0.24.0"
KEY = "visitor-key-4711"


def settings(**more: Any) -> RunSettings:
    return RunSettings(**{"out": Path(), "versions_named": False, **more})


def target(**more: Any) -> Target:
    found = find_own(settings(**more)).targets.server
    assert found is not None
    return found


@pytest.fixture
def museum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MUSEUM)


@pytest.mark.usefixtures("museum")
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"server": "asgi:museum.app"}, "Write --server asgi:museum.app:app"),
        ({"server": "asgi:"}, "names no application"),
        ({"server": "asgi:museum.app:ap"}, "'app'"),
        ({"server": "asgi:museum.app:app", "endpoint": "chatkit"}, "Write --endpoint /chatkit"),
        ({"server": "asgi:museum.app:app", "server_context": "museum.contexts:visitor_from"}, "--header"),
        ({"server": "museum.server:create_server", "headers": {"a": "b"}}, "asked over HTTP"),
        ({"server": "museum.server:create_server", "other_headers": {"a": "b"}}, "asked over HTTP"),
        ({"endpoint": "/chatkit"}, "is for an application (asgi:)"),
        ({"server": "museum.server:create_server", "endpoint": "/chatkit"}, "an application (asgi:)"),
        ({"server": "htp://127.0.0.1/x"}, "http or https"),
        ({"server": "http://"}, "no address"),
        ({"server": "http://127.0.0.1:99999/x"}, "no address"),
        ({"server": "http://127.0.0.1/x", "endpoint": "/chatkit"}, "is for an application (asgi:)"),
        ({"server": "http://127.0.0.1/x", "upstream": "nonsense"}, "--upstream nonsense"),
        ({"server": "http://127.0.0.1/x", "upstream": "ftp://127.0.0.1"}, "no address"),
        ({"server": "dist/none.whl:museum.server:create_server"}, "no such wheel"),
        ({"server": "dist/none.whl"}, "names a wheel, and nothing in it"),
        ({"stores": ("sqlit",)}, "'sqlite'"),
        ({"stores": ("museum.store",)}, "Write museum.store:FileStore"),
        ({"stores": ("museum.store:FileStor",)}, "'FileStore'"),
        ({"stores": ("museum.store:Wrong",)}, "Valid: FileStore."),
    ],
)
def test_what_is_of_no_form_is_refused_with_what_to_write(more: dict[str, Any], said: str) -> None:
    with pytest.raises(SelectionError) as refused:
        find_own(settings(**more))
    assert said in str(refused.value)


@pytest.mark.parametrize("option", ["server", "upstream"])
def test_a_password_in_an_address_is_refused_and_not_repeated(option: str) -> None:
    more = {"server": "http://127.0.0.1/x", option: "http://ann:pass-4711@127.0.0.1:9000"}
    with pytest.raises(SelectionError) as refused:
        find_own(settings(**more))
    assert "pass-4711" not in str(refused.value)


@pytest.mark.usefixtures("museum")
def test_each_form_says_how_it_is_driven() -> None:
    module = target(server="museum.server:create_server", server_context="museum.contexts:visitor_from")
    app = target(server="asgi:museum.app:app", endpoint="/guide/chatkit", headers={"x-visitor": "ann"})
    running = target(server="http://127.0.0.1:8000/guide/chatkit?key=1", headers={"x-visitor": "ann"})
    assert (module.kind, module.context) == ("server", "museum.contexts:visitor_from")
    assert (app.kind, app.endpoint, app.path) == ("asgi", "/guide/chatkit", (MUSEUM,))
    assert (running.kind, running.name, running.path) == (
        "running",
        "http://127.0.0.1:8000/guide/chatkit",
        (),
    )


def chosen(*words: str, **project: Any) -> RunSettings:
    """The settings of a command line, over those of a project."""
    found: list[RunSettings] = []

    @click.command()
    @options.selection
    def command(**given: Any) -> None:
        found.append(run_settings(given))

    command.main([*words], standalone_mode=False, default_map=project)
    return found[0]


@pytest.mark.parametrize("given", ["", ",", " ,"])
def test_a_store_without_a_name_is_refused(given: str) -> None:
    with pytest.raises(SelectionError, match=r"Write memory, sqlite, postgres or package\.module:factory"):
        chosen("--store", given)


APPLICATION: dict[str, Any] = {
    "server": "asgi:museum.app:app",
    "endpoint": "/guide/chatkit",
    "headers": ["x-visitor: ann"],
    "other_headers": ["x-visitor: ben"],
    "pair": [PAIR],
    "python": "3.12",
}


@pytest.mark.usefixtures("museum")
def test_a_server_of_the_command_line_leaves_behind_what_is_of_the_projects_other_kind() -> None:
    address = "http://127.0.0.1:8000/chatkit"
    running = chosen("--server", address, **APPLICATION)
    assert (running.headers, running.endpoint, running.python) == ({"x-visitor": "ann"}, None, None)
    assert running_cell(running).running
    module = chosen("--server", "museum.server:create_server", **APPLICATION)
    assert (module.headers, module.other_headers, module.pairs) == ({}, {}, (PAIR,))
    other = {"server": address, "upstream": "http://127.0.0.1:9000", "headers": ["x-visitor: ann"]}
    back = chosen("--server", "asgi:museum.app:app", **other)
    assert (back.upstream, back.headers) == (None, {"x-visitor": "ann"})
    own = {"server": "museum.server:create_server", "server_context": "museum.contexts:visitor_from"}
    application = chosen("--server", "asgi:museum.app:app", **own)
    for each in (running, module, back, application):
        find_own(each)
    assert application.server_context is None
    kept = chosen("--server", address, "--store", "museum.store:FileStore", **own)
    assert kept.server_context == "museum.contexts:visitor_from", "the store needs it"


@pytest.mark.usefixtures("museum")
def test_what_is_given_with_a_server_that_has_no_use_for_it_is_refused_all_the_same() -> None:
    words = ("--server", "http://127.0.0.1:8000/chatkit", "--endpoint", "/chatkit")
    with pytest.raises(SelectionError, match="an application"):
        find_own(chosen(*words, **APPLICATION))
    named = chosen("--server", "http://127.0.0.1:8000/chatkit", "--pair", PAIR)
    with pytest.raises(SelectionError, match="Leave out --pair"):
        running_cell(named)


URL = "http://127.0.0.1:9000"
NOT_ASKED = f"the model at {URL} was never asked: does the server run with OPENAI_BASE_URL={URL}/v1?"
SILENT = Finding(rule="expect/text", severity="error", key="expect/text", message="the answer lacks 'Apple'")


def talked(
    *exchanges: Exchange, events: tuple[Event, ...] = (Event(at_ms=1, data={"type": "x"}),)
) -> Transcript:
    turn = Turn(index=0, user="hi", request={}, sent_at_ms=0, end="done", ended_at_ms=2, events=events)
    cell = CellFacts(python="3.12.1", platform="Linux")
    return Transcript(scenario="s", path="native", server=URL, cell=cell, turns=(turn,), exchanges=exchanges)


@pytest.mark.parametrize("upstream", [URL, f"{URL}/v1", f"{URL}/"])
def test_a_model_that_nobody_asked_is_told_of(upstream: str) -> None:
    failed = Judgement(outcome="fail", reason=SILENT.message, findings=(SILENT,))
    told = where_nobody_asked(failed, talked(), upstream)
    assert told.reason == told.findings[0].message == f"{SILENT.message}; {NOT_ASKED}"
    assert told.findings[0].key == SILENT.key


def test_where_it_was_asked_or_cannot_have_been_nothing_is_added() -> None:
    failed = Judgement(outcome="fail", reason=SILENT.message, findings=(SILENT,))
    asked = Exchange(at_ms=1, method="POST", path="/v1/responses", outcome="matched", status=200, request={})
    assert where_nobody_asked(failed, talked(asked), URL) == failed
    assert where_nobody_asked(failed, talked(events=()), URL) == failed, "the server let nobody in"
    assert where_nobody_asked(failed, talked(), None) == failed
    assert where_nobody_asked(Judgement(outcome="pass"), talked(), URL).reason is None


def test_a_running_server_has_versions_of_its_own() -> None:
    with pytest.raises(SelectionError, match="Leave out --pair"):
        running_cell(settings(server="http://127.0.0.1/x", versions_named=True))


def test_long_values_of_headers_are_secret_and_usual_ones_are_not() -> None:
    given = {"authorization": "Bearer abcd-1234", "x-visitor": "ann", "accept": "text/event-stream"}
    assert Target(name="x", headers=given).secrets == ("Bearer abcd-1234", "abcd-1234")


def test_what_may_be_secret_is_not_told_of_a_selection() -> None:
    asked = settings(server="http://127.0.0.1/x?key=4711", headers={"x-key": "4711"})
    command = told_command(("run", "--server", "http://127.0.0.1/x?key=4711", "--header", "x-key: 4711"))
    assert "4711" not in json.dumps([selection_of(asked), command])


class _Answers(http.server.BaseHTTPRequestHandler):
    """Answers each POST with the status that its path names."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(int(self.path[1:]))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def answers() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("status", "said"), [(404, "no ChatKit endpoint"), (307, "answered with 307"), (401, "--header")]
)
def test_a_server_that_cannot_be_asked_ends_the_run_before_it_begins(
    answers: str, status: int, said: str
) -> None:
    with pytest.raises(UnavailableError, match=said):
        require_answering(settings(server=f"{answers}/{status}"))


@pytest.mark.parametrize("status", [200, 400, 422, 500])
def test_a_server_may_refuse_what_is_none_of_chatkits(answers: str, status: int) -> None:
    require_answering(settings(server=f"{answers}/{status}"))


def test_where_nobody_listens_is_told_and_the_model_is_looked_for_too(answers: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and never listening
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(UnavailableError, match="No server answers"):
            require_answering(settings(server=f"{nobody}/x?key=4711"))
        with pytest.raises(UnavailableError, match="No replaying model answers"):
            require_answering(settings(server=f"{answers}/400", upstream=nobody))


# One server of another domain, which knows nothing of this harness, in every form.


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the museum, with its wheel."""
    folder = tmp_path_factory.mktemp("museum") / "museum"
    shutil.copytree(MUSEUM, folder, ignore=shutil.ignore_patterns("__pycache__"))
    build: list[str | Path] = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        folder / "dist",
        folder,
    ]
    subprocess.run(build, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module", autouse=True)
def _without_recordings() -> Iterator[None]:
    """What lies beside the checkout is played by the probe server, and is no part of the museum."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CHATKIT_HARNESS_DATA", raising=False)
        yield


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with one environment: the server that runs elsewhere is started with its interpreter."""
    return tmp_path_factory.mktemp("cache")


def run(project: Path, cache: Path, *words: str | Path) -> tuple[Said, Path]:
    out = project.parent / f"out-{time.monotonic_ns()}"
    before = Path.cwd()
    os.chdir(project)
    try:
        said = call("run", *words, "--cache", cache, "--out", out, "--format", "json")
    finally:
        os.chdir(before)
    return said, out


CELL = ("--pair", PAIR, "--resolution", "contemporary", "--isolation", "venv")
WHO = ("--header", f"x-visitor: {KEY}", "--other-header", "x-visitor: ben")
CONTEXT = ("--context", "museum.contexts:visitor_from")


@pytest.fixture(scope="module")
def as_wheel(project: Path, cache: Path) -> tuple[Said, Path]:
    return run(project, cache, "--server", "dist/*.whl:museum.server:create_server", *CONTEXT, *CELL)


@pytest.fixture(scope="module")
def as_application(project: Path, cache: Path) -> tuple[Said, Path]:
    server = ("--server", "asgi:museum.app:app", "--endpoint", "/guide/chatkit")
    return run(project, cache, *server, *WHO, *CELL)


@pytest.fixture(scope="module")
def as_address(project: Path, cache: Path, as_wheel: tuple[Said, Path]) -> tuple[Said, Path]:
    assert as_wheel[0].status == 0
    with upstream(project) as model, serving(project, cache, model["base_url"]) as address:
        return run(project, cache, "--server", address, *WHO, "--upstream", model["url"])


@contextmanager
def started(command: list[str | Path], cwd: Path, **environ: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def upstream(project: Path) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "chatkit_harness", "upstream", "--port", "0", "--format", "json"]
    with started([*command], project) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())


@contextmanager
def serving(project: Path, cache: Path, base_url: str) -> Iterator[str]:
    (python,) = (cache / "environments").glob("*/bin/python")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    environ = {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "any", "OPENAI_AGENTS_DISABLE_TRACING": "1"}
    command: list[str | Path] = [python, "-m", "uvicorn", "museum.app:app", "--port", str(port)]
    with started(command, project, **environ) as process:
        assert process.stdout is not None
        assert any("running on" in line for line in process.stdout)
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}/guide/chatkit"


def outcomes(said: Said) -> dict[str, str]:
    return {case["scenario"]: case["outcome"] for case in json.loads(said.out)["cases"]}


@pytest.mark.slow
@pytest.mark.cells
def test_in_a_wheel_it_keeps_every_rule_and_answers_its_own_scenarios(as_wheel: tuple[Said, Path]) -> None:
    found = outcomes(as_wheel[0])
    assert set(found.values()) == {"pass"}
    assert {"orrery", "saturday-tickets", "conformance-others-read", "conformance-another-server"} <= set(
        found
    )


@pytest.mark.cells
def test_as_an_application_and_as_an_address_it_comes_to_the_same(
    as_wheel: tuple[Said, Path], as_application: tuple[Said, Path], as_address: tuple[Said, Path]
) -> None:
    for said, _out in (as_application, as_address):
        found = outcomes(said)
        assert found == {**outcomes(as_wheel[0]), "conformance-another-server": "skipped"}


@pytest.mark.cells
def test_at_a_wrong_path_of_an_application_nothing_is_judged(project: Path, cache: Path) -> None:
    server = ("--server", "asgi:museum.app:app", "--endpoint", "/guide/chat")
    asked = ("--scenario", "orrery", "--scenario", "conformance-rename", "--scenario", "conformance-bad-body")
    said, _out = run(project, cache, *server, *WHO, *CELL, *asked)
    assert (said.status, set(outcomes(said).values())) == (3, {"error"})
    (reason,) = {case["reason"] for case in json.loads(said.out)["cases"]}
    assert reason.startswith(
        "--endpoint /guide/chat: The application answers 404 to a ChatKit request there."
    )
    assert reason.endswith("it takes POST at /guide/chatkit.")


@pytest.mark.cells
def test_what_is_skipped_says_why(as_address: tuple[Said, Path]) -> None:
    cases = json.loads(as_address[0].out)["cases"]
    assert {case["reason"] for case in cases if case["outcome"] == "skipped"} == {
        "a server that is asked over HTTP cannot be started again from here"
    }


@pytest.mark.cells
def test_no_value_of_a_header_is_written_though_the_server_says_it_back(
    as_application: tuple[Said, Path], as_address: tuple[Said, Path]
) -> None:
    for said, out in (as_application, as_address):
        assert KEY not in said.out + said.err
        files = [each for each in out.rglob("*") if each.is_file()]
        assert any("Reserved for REDACTED" in each.read_text(errors="replace") for each in files)
        assert not [each.name for each in files if KEY in each.read_text(errors="replace")]


@pytest.mark.cells
def test_its_store_keeps_every_rule_and_carries_the_reference_server(project: Path, cache: Path) -> None:
    names = ("store-owners", "store-newer-rows", "quote-aapl")
    asked = [word for name in names for word in ("--scenario", name)]
    store = ("--store", "museum.store:FileStore", *CONTEXT, "--path", "native")
    said, _out = run(project, cache, *store, *CELL, *asked)
    assert outcomes(said) == dict.fromkeys(names, "pass")
