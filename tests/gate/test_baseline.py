"""The file of accepted findings: what it may say, and what is told of one that may not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.core.nouns import Finding
from chatkit_harness.gate.baseline import accepted_until, read_baseline, written

ENTRY = "{rule: run/raised, key: boom, reason: being mended, expires: 2026-12-31}"


def baseline(folder: Path, *entries: str) -> Path:
    """A file with these entries, one a line from the third on."""
    path = folder / "chatkit-baseline.yaml"
    path.write_text("schema_version: 1\naccepted:\n" + "".join(f"  - {each}\n" for each in entries))
    return path


def test_an_entry_has_rule_key_reason_and_day(tmp_path: Path) -> None:
    (entry,) = read_baseline(baseline(tmp_path, ENTRY)).accepted
    assert (entry.rule, entry.key, entry.reason) == ("run/raised", "boom", "being mended")
    assert entry.expires == dt.date(2026, 12, 31)
    assert entry.where.endswith("chatkit-baseline.yaml:3")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (ENTRY.replace("run/raised", "wrie/event-gone"), "Did you mean 'wire/event-gone'"),
        (ENTRY.replace("run/raised", "run/rased"), "Did you mean 'run/raised'"),
        (
            ENTRY.replace("run/raised", "run/nosuchrule"),
            "No check has a rule 'run/nosuchrule'. Valid: run/",
        ),
        (ENTRY.replace("run/raised", "event-gone"), "Did you mean 'wire/event-gone'"),
        (ENTRY.replace("run/raised", "run"), "No check has a rule 'run'"),
        (ENTRY.replace("2026-12-31", "2026-12-41"), "is not a day"),
        (ENTRY.replace("reason: being mended, ", ""), "reason"),
        (ENTRY.replace("expires: 2026-12-31", "expires: never"), "expires"),
        (ENTRY.replace("key: boom", "keys: boom"), "key"),
    ],
)
def test_what_an_entry_may_not_say_is_told_with_its_line(tmp_path: Path, entry: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as caught:
        read_baseline(baseline(tmp_path, entry))
    assert "chatkit-baseline.yaml:3" in caught.value.culprit


def test_the_same_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="accepted twice"):
        read_baseline(baseline(tmp_path, ENTRY, ENTRY))


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    finding = Finding(rule="run/raised", severity="error", key="böse: 'x'", message="")
    entry = accepted_until(finding, dt.date(2026, 11, 21))
    path = tmp_path / "chatkit-baseline.yaml"
    path.write_text(written([entry]), encoding="utf-8")
    (found,) = read_baseline(path).accepted
    assert (found.key, found.expires) == ("böse: 'x'", dt.date(2027, 2, 19))
