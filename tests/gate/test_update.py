"""`--update-baseline`: what is kept to the letter, what goes, what comes, and what only a person can do."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.gate.test_verdict import QUOTE, case

from chatkit_harness.core.errors import ConfigurationError, OutputError
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.gate.baseline import UNEXPLAINED, as_yaml, read_baseline
from chatkit_harness.gate.changes import compared
from chatkit_harness.gate.compared import Compared, Scope
from chatkit_harness.gate.findings import shown
from chatkit_harness.gate.latency import judged
from chatkit_harness.gate.update import Update, require_reason, require_writable, update_form, updated, write
from chatkit_harness.gate.verdict import verdict
from chatkit_harness.gate.wire import WireChange, WireChanges

TODAY = dt.date(2026, 11, 21)
HEAD = """\
# Ours: ask Kim before you add one.
schema_version: 1
accepted:
"""
KNOWN = """\
  # seen since May
  - rule: run/raised
    key: "known"   # as it stands in the report
    reason: >-
      mended upstream,
      waiting for it
    expires: 2026-12-31
"""
OTHER = "  - {rule: run/raised, key: other, reason: it is so, expires: 2026-12-31}\n"
ENTRY = {"rule": "run/raised", "key": "known", "reason": "yes", "expires": "2026-12-31"}
FAILS = [case("fail", "known", "new"), case("pass", scenario="news")]


def seen(
    candidate: list[CaseResult], base: list[CaseResult] | None = None, *, whole: bool = True
) -> Compared:
    """A comparison in which the base passes everything, unless it is given."""
    passing = [case("pass", scenario=each.scenario) for each in candidate]
    changes = tuple(compared(base or passing, candidate))
    return Compared(changes=changes, wire=(), latency=judged([]), whole=whole)


def brought(folder: Path, text: str | None, comparison: Compared, reason: str | None = None) -> Update:
    """The update of a file with this text, written."""
    file = folder / "chatkit-baseline.yaml"
    if text is not None:
        file.write_bytes(text.encode())
    done = updated(file, comparison, today=TODAY, reason=reason)
    write(done)
    return done


def passes(done: Update, comparison: Compared) -> bool:
    return verdict(comparison, read_baseline(done.file), today=TODAY).status == 0


def test_new_findings_are_added_and_the_rest_stays_to_the_letter(tmp_path: Path) -> None:
    done = brought(tmp_path, HEAD + KNOWN + "\n# the end\n", seen(FAILS))
    text = done.file.read_text()
    assert text.startswith(HEAD + KNOWN)
    assert text.endswith("\n\n# the end\n")
    (entry,) = done.added
    assert (entry.key, entry.reason, entry.expires) == ("new", UNEXPLAINED, TODAY + dt.timedelta(days=90))
    assert passes(done, seen(FAILS))


def test_a_reason_is_written_where_one_is_given(tmp_path: Path) -> None:
    done = brought(tmp_path, None, seen(FAILS), "mended: see #12")
    assert [each.reason for each in read_baseline(done.file).accepted] == ["mended: see #12"] * 2
    assert passes(done, seen(FAILS))


def test_what_no_longer_occurs_goes_and_takes_nothing_else_with_it(tmp_path: Path) -> None:
    only = seen([case("fail", "other"), case("pass", scenario="news")])
    done = brought(tmp_path, HEAD + KNOWN + "\n" + OTHER + "# the end\n", only)
    assert done.file.read_text() == HEAD + "  # seen since May\n\n" + OTHER + "# the end\n"
    assert [each.key for each in done.dropped] == ["known"]
    assert passes(done, only)


def test_the_last_one_that_goes_leaves_an_empty_list(tmp_path: Path) -> None:
    done = brought(tmp_path, HEAD + OTHER, seen([case("pass")]))
    assert done.file.read_text() == HEAD.replace("accepted:", "accepted: []")
    assert brought(tmp_path, None, seen(FAILS)).file.read_text().startswith(HEAD)


def test_what_was_not_driven_is_kept(tmp_path: Path) -> None:
    done = brought(tmp_path, HEAD + KNOWN, seen([case("pass")], whole=False))
    assert (len(done.kept), done.dropped, done.text) == (1, (), None)


def test_an_expired_entry_is_never_extended(tmp_path: Path) -> None:
    late = HEAD + KNOWN.replace("2026-12-31", "2026-11-20")
    done = brought(tmp_path, late, seen(FAILS))
    assert [each.key for each in done.expired] == ["known"]
    assert [each.key for each in done.added] == ["new"]
    assert "2026-11-20" in done.file.read_text()
    assert not passes(done, seen(FAILS))


def test_an_expired_entry_that_no_longer_occurs_goes(tmp_path: Path) -> None:
    done = brought(tmp_path, HEAD + KNOWN.replace("2026-12-31", "2026-11-20"), seen([case("pass")]))
    assert [each.key for each in done.dropped] == ["known"]


def test_beside_an_entry_for_one_scenario_others_get_their_own(tmp_path: Path) -> None:
    narrow = OTHER.replace("key: other", "key: boom, scenario: quote")
    both = seen([case("fail", "boom"), case("fail", "boom", scenario="news")])
    done = brought(tmp_path, HEAD + narrow, both)
    assert [(each.scenario, each.path) for each in done.added] == [("news", "native")]
    assert passes(done, both)


def test_failures_that_say_nothing_are_not_accepted_all_at_once(tmp_path: Path) -> None:
    done = brought(tmp_path, None, seen([case("fail"), case("fail", scenario="news")]))
    assert [(each.rule, each.scenario) for each in done.added] == [
        ("gate/failure", "quote"),
        ("gate/failure", "news"),
    ]


WIRE = WireChange(what="order", place="a / b", effect="breaking", why="They come in another order.")
SLOWER = judged([(each, 3 * each) for each in range(1, 12)])
NEWS = case("pass", scenario="news")
PASSES = seen([case("pass"), NEWS])
KINDS = {
    "finding": seen(FAILS),
    "another-finding": seen([case("fail", "new"), NEWS], [case("fail", "old"), NEWS]),
    "failure": seen([case("fail"), NEWS]),
    "wire": replace(PASSES, wire=(WireChanges(change=WIRE, cases=(QUOTE,)),)),
    "latency": replace(PASSES, latency=SLOWER),
    "all": replace(seen([*FAILS, case("fail", scenario="silent")]), latency=SLOWER),
}


@pytest.mark.parametrize("narrow", [None, "quote", "gone"])
@pytest.mark.parametrize("comparison", KINDS.values(), ids=KINDS)
def test_after_an_update_the_same_comparison_passes_and_needs_no_other(
    tmp_path: Path, comparison: Compared, narrow: str | None
) -> None:
    if narrow is not None:
        rules = dict.fromkeys((each.rule, each.key) for each, _ in shown(comparison))
        entries = [
            {"rule": rule, "key": key, "scenario": narrow, "reason": "known", "expires": "2026-12-31"}
            for rule, key in rules
        ]
        (tmp_path / "chatkit-baseline.yaml").write_text(HEAD + as_yaml(entries))
    done = brought(tmp_path, None, comparison)
    assert passes(done, comparison)
    text = done.file.read_text()
    assert brought(tmp_path, None, comparison).text is None
    assert done.file.read_text() == text


def test_what_a_part_of_the_project_does_not_show_is_kept(tmp_path: Path) -> None:
    scope = Scope(
        places=frozenset({("quote", "native"), ("quote", "agent_builder")}),
        known=frozenset({("quote", "native"), ("quote", "agent_builder")}),
    )
    native = replace(seen([case("pass")]), scope=scope)
    assert brought(tmp_path, HEAD + KNOWN, native).text is None
    checked = replace(native, scope=replace(scope, places=frozenset({("quote", "native")}), checks=("text",)))
    assert brought(tmp_path, HEAD + KNOWN, checked).text is None
    whole = replace(checked, scope=replace(scope, places=frozenset({("quote", "native")})))
    assert [each.key for each in brought(tmp_path, HEAD + KNOWN, whole).dropped] == ["known"]


def test_an_entry_for_a_scenario_that_is_not_there_is_left_to_a_person(tmp_path: Path) -> None:
    here = frozenset({("quote", "native"), ("news", "native")})
    comparison = replace(PASSES, scope=Scope(places=here, known=here))
    text = HEAD + OTHER.replace("key: other", "key: other, scenario: qoute")
    done = brought(tmp_path, text, comparison)
    assert (done.text, done.dropped, passes(done, comparison)) == (None, (), False)


def test_nothing_to_do_writes_nothing(tmp_path: Path) -> None:
    assert brought(tmp_path, None, seen([case("pass")])).text is None
    assert list(tmp_path.iterdir()) == []
    same = seen([case("fail", "known")])
    assert brought(tmp_path, HEAD + KNOWN, same).text is None


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"schema_version": 1, "accepted": [ENTRY]}),
        HEAD.replace("accepted:\n", f"accepted: [{json.dumps(ENTRY)}]\n"),
        HEAD + "  -\n    rule: run/raised\n    key: known\n    reason: yes so\n    expires: 2026-12-31\n",
    ],
    ids=["json", "flow", "dash-alone"],
)
def test_a_layout_that_cannot_be_kept_is_kept_beside(tmp_path: Path, text: str) -> None:
    done = brought(tmp_path, text, seen(FAILS))
    assert passes(done, seen(FAILS))
    if done.copy is not None:
        assert done.copy.read_text() == text
        assert update_form(done)["copy"] == str(done.copy)
    else:
        assert text in done.file.read_text()


def test_a_file_that_was_kept_before_is_kept_still(tmp_path: Path) -> None:
    (tmp_path / "chatkit-baseline.yaml.bak").write_text("somebody's own")
    (tmp_path / "chatkit-baseline.yaml.bak.2").symlink_to("nowhere")
    text = json.dumps({"schema_version": 1, "accepted": [ENTRY]})
    done = brought(tmp_path, text, seen(FAILS))
    assert (tmp_path / "chatkit-baseline.yaml.bak").read_text() == "somebody's own"
    assert not (tmp_path / "nowhere").exists()
    assert done.copy == tmp_path / "chatkit-baseline.yaml.bak.3"
    assert done.copy.read_text() == text


def test_line_ends_links_and_rights_stay(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_bytes((HEAD + KNOWN).replace("\n", "\r\n").encode())
    real.chmod(0o640)
    (tmp_path / "chatkit-baseline.yaml").symlink_to(real)
    brought(tmp_path, None, seen(FAILS))
    assert (tmp_path / "chatkit-baseline.yaml").is_symlink()
    assert real.read_bytes().count(b"\n") == real.read_bytes().count(b"\r\n") > 9
    assert real.stat().st_mode & 0o777 == 0o640


def test_hostile_keys_are_written_so_that_they_are_read_again(tmp_path: Path) -> None:
    keys = ["- x: [", "'\"\\", "a\nb", "\u202e\x1b ü", "#", "null", "2026-01-01", "k" * 500, "!!x", "\u2028"]
    evil = seen([case("fail", *keys)])
    done = brought(tmp_path, HEAD + KNOWN.replace("known", "- x: ["), evil)
    assert [each.key for each in read_baseline(done.file).accepted] == keys
    assert passes(done, evil)


@pytest.mark.parametrize("key", ["\ud800", ""])
def test_what_no_file_can_name_is_not_accepted(tmp_path: Path, key: str) -> None:
    evil = seen([case("fail", key, "new")])
    done = brought(tmp_path, HEAD + KNOWN, evil)
    assert [each.key for each in done.added] == ["new"]
    assert not passes(done, evil)


def test_more_than_a_file_can_hold_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    many = seen([case("fail", *(f"{n}" * 900 for n in range(1500)))])
    with pytest.raises(ConfigurationError, match="could not be read again"):
        brought(tmp_path, HEAD + KNOWN.replace("known", "0" * 900), many)
    assert "1" * 900 not in (tmp_path / "chatkit-baseline.yaml").read_text()


def test_a_thousand_findings_are_written_in_one_go(tmp_path: Path) -> None:
    many = seen([case("fail", *(f"key {n}" for n in range(1000)))])
    done = brought(tmp_path, HEAD + KNOWN.replace("known", "key 7"), many)
    assert len(read_baseline(done.file).accepted) == 1000
    assert passes(done, many)


def test_a_file_that_cannot_be_written_is_told_before_anything_is_driven(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        require_writable(tmp_path / "no-folder/chatkit-baseline.yaml")
    with pytest.raises(OutputError, match="cannot be written"):
        require_writable(tmp_path)
    require_writable(tmp_path / "chatkit-baseline.yaml")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_a_reason_has_to_say_something(reason: str) -> None:
    with pytest.raises(ConfigurationError, match="says nothing"):
        require_reason(reason)


def test_a_file_that_is_not_valid_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"chatkit-baseline\.yaml"):
        brought(tmp_path, HEAD + "  - {rule: run/raised}\n", seen(FAILS))
    assert (tmp_path / "chatkit-baseline.yaml").read_text() == HEAD + "  - {rule: run/raised}\n"
