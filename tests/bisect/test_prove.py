"""`prove` on the command line: what decides the breaks of a run, over made releases in real environments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.bisect.made_dep import BREAKS, PAIR, broken_from, dep
from tests.cli.command import Said, call

from chatkit_harness.core.data import data_folder

THEN_AND_NOW = "2025-12-03,2025-12-31"


def driven(resolution: str = THEN_AND_NOW, *more: str) -> None:
    more = more or ("--isolation", "venv")
    said = call("run", "--pair", PAIR, "--resolution", resolution, "--scenario", "hello", "--path", "native",
                "--confirm", "none", "--out", "run", *more)  # fmt: skip
    assert said.status in (0, 1), said


def proven(*more: object) -> dict[str, Any]:
    said = call("prove", "run", "--format", "json", *more)
    document: dict[str, Any] = json.loads(said.out)
    kept = json.loads(Path("run/proofs.json").read_text())
    schema = json.loads((data_folder("schemas") / "proofs.schema.json").read_text())
    Draft202012Validator(schema).validate(kept)
    return document


def page() -> Said:
    return call("breaks", "run")


def test_the_release_between_two_cells_is_found_and_told_by_the_page(serve: Any) -> None:
    bystanders = [dep(n, name="bystander") for n in (1, 20)]
    serve(*broken_from(8), *bystanders)
    driven()
    assert "suspected: dep &gt;= 1.20" in page().out
    (proof,) = proven()["proofs"]
    assert [each["name"] for each in proof["changes"]] == ["dep"]
    assert proof["turns"] == [{"axis": "dep", "last_good": "1.7", "first_bad": "1.8", "between": []}]
    assert (proof["constraint"], proof["verified"]) == ("dep<1.8", True)
    told = page().out
    assert "- decides: dep &gt;= 1.8 (green: 1.7); fits all 2 cells compared" in told
    assert "| dep &gt;= 1.8 (green: 1.7) |" in told
    assert "- way out: `dep<1.8` (driven" in told
    assert "suspected" not in told.partition("## Break 1")[2]


@pytest.mark.slow
def test_what_was_settled_is_not_driven_again_and_what_was_not_is(serve: Any) -> None:
    serve(*broken_from(8))
    driven()
    first = proven()
    again = call("prove", "run")
    assert "1 border, of which 0 have to be driven." in again.err
    assert again.out.startswith("1 of 1 border settled")
    kept = json.loads(Path("run/proofs.json").read_text())
    kept["proofs"][0] |= {"verdict": "unknown", "turns": [], "changes": []}
    others = {**kept["proofs"][0], "cause": "another one"}
    Path("run/proofs.json").write_text(json.dumps({**kept, "proofs": [*kept["proofs"], others]}))
    assert "not settled between" in page().out
    again = call("prove", "run")
    assert "1.20 (known)" not in again.err
    assert json.loads(Path("run/proofs.json").read_text())["proofs"] == [*first["proofs"], others]


def test_two_cells_with_nothing_between_them_need_no_drive(serve: Any) -> None:
    serve(dep(2), dep(3, BREAKS))
    driven("2025-12-03,2025-12-04")
    (proof,) = proven()["proofs"]
    assert (proof["verdict"], proof["driven"]) == ("found", 0)
    assert not Path("run/proofs").exists()
    assert "dep 1.2 works and 1.3 breaks, all other pins alike" in page().out


def test_what_was_seen_only_where_cells_share_packages_is_driven_all_the_same(serve: Any) -> None:
    serve(dep(2), dep(3, BREAKS))
    driven("2025-12-03,2025-12-04", "--isolation", "process")
    (proof,) = proven()["proofs"]
    assert (proof["verdict"], proof["constraint"]) == ("found", "dep<1.3")
    assert proof["driven"] > 0


def test_another_function_of_a_third_party_that_raises_the_same_is_no_other_break(serve: Any) -> None:
    anew = (
        "try:\n    import dep\nexcept TimeoutError as error:\n    raise ValueError('no answer') from error\n"
    )
    names = {minor: "fail_after" if minor < 6 else "fail_at" for minor in range(4, 9)}
    broken = [dep(n, f"def {name}():\n    raise TimeoutError\n{name}()\n") for n, name in names.items()]
    serve(dep(2), dep(3), *broken, source=anew)
    driven("2025-12-04,2025-12-20")
    (proof,) = proven()["proofs"]
    assert proof["turns"] == [{"axis": "dep", "last_good": "1.3", "first_bad": "1.4", "between": []}]


def test_where_newer_releases_fail_otherwise_the_last_good_one_is_the_way_out(serve: Any) -> None:
    others = [dep(minor, "raise ValueError('of another kind')\n") for minor in (8, 9)]
    serve(dep(2), dep(3, BREAKS), dep(6), dep(7), *others)
    driven("2025-12-04,2025-12-08")
    (proof,) = proven()["proofs"]
    assert proof["turns"] == [{"axis": "dep", "last_good": "1.6", "first_bad": "1.3", "between": []}]
    assert (proof["constraint"], proof["verified"]) == ("dep==1.6", True)


SHOP = """\
import agents, os

async def app(scope, receive, send):
    known = (b"x-who", b"ann") in scope["headers"] and os.environ["SHOP"] == "open"
    await send({"type": "http.response.start", "status": 200 if known else 401, "headers": []})
    await send({"type": "http.response.body", "body": b'{"data": [], "has_more": false}'})
"""
LISTED = """\
id: hello
title: No thread yet
turns:
  - ask: {type: threads.list, params: {}}
    expect: {response: {has: {has_more: false, data: []}}}
"""


def shop() -> None:
    Path("shop.py").write_text(SHOP)
    Path("scenarios/hello.yaml").write_text(LISTED)


def test_what_the_run_had_and_keeps_nowhere_is_given_again(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(dep(2), dep(3, BREAKS))
    shop()
    monkeypatch.setenv("SHOP", "open")
    asked = ("--server", "asgi:shop:app", "--header", "x-who: ann", "--env", "SHOP")
    driven("2025-12-03,2025-12-04", "--isolation", "process", *asked)
    said = call("prove", "run")
    assert said.status == 2
    assert "--header x-who\n  The run had this, whose value is kept nowhere." in said.err
    monkeypatch.delenv("SHOP")
    said = call("prove", "run", "--header", "x-who: ann")
    assert said.status == 2
    assert "--env SHOP" in said.err
    (proof,) = proven("--header", "x-who: ann", "--env", "SHOP=open")["proofs"]
    assert (proof["verdict"], proof["constraint"]) == ("found", "dep<1.3")


def test_where_nothing_has_to_be_driven_nothing_is_asked_for_again(serve: Any) -> None:
    serve(dep(1))
    shop()
    driven(THEN_AND_NOW, "--server", "asgi:shop:app", "--header", "x-who: ann", "--env", "SHOP=open")
    said = call("prove", "run")
    assert (said.status, said.out.split(";")[0]) == (0, "0 of 0 borders settled")


def test_a_run_in_which_nothing_breaks_has_nothing_to_prove(serve: Any) -> None:
    serve(dep(1))
    driven()
    said = call("prove", "run")
    assert (said.status, said.out.split(";")[0]) == (0, "0 of 0 borders settled")


def test_a_break_that_no_cell_passes_is_named(serve: Any) -> None:
    serve(dep(1, BREAKS), dep(9, BREAKS))
    driven()
    said = call("prove", "run")
    assert (
        "No two cells of the run lie next to each other, all else asked for alike, of which one" in said.out
    )
    assert "shows break 1 and the other passes the same: sweep more releases" in said.out
    assert said.status == 3


def test_a_header_that_the_runs_server_cannot_get_is_refused_and_nothing_kept(serve: Any) -> None:
    serve(*broken_from(3, last=4))
    driven()
    said = call("prove", "run", "--header", "x-who: ann")
    assert said.status == 2
    assert "--header" in said.err
    assert not Path("run/proofs.json").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "--break", "7"), "--break 7\n  The run has 1 break."),
        (("nowhere",), "nowhere"),
    ],
)
def test_what_names_nothing_is_wrong_use(serve: Any, words: tuple[str, ...], told: str) -> None:
    serve(*broken_from(3, last=4))
    driven()
    said = call("prove", *words)
    assert said.status == 2
    assert told in said.err


def test_a_file_that_somebody_changed_is_told_and_not_overwritten(serve: Any) -> None:
    serve(dep(2), dep(3, BREAKS))
    driven("2025-12-03,2025-12-04")
    Path("run/proofs.json").write_text("{")
    for command in ("prove", "breaks"):
        said = call(command, "run")
        assert said.status == 2
        assert "run/proofs.json\n  It cannot be read." in said.err
    assert Path("run/proofs.json").read_text() == "{"
