"""Widgets judged by other chatkit releases besides the cell's own."""

from __future__ import annotations

import dataclasses
from typing import Any

from tests.checks import build

from chatkit_harness.checks import run_checks
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Transcript

STREAMING: dict[str, Any] = {
    "type": "Card",
    "children": [{"type": "Button", "label": "x", "onClickAction": {"type": "a", "streaming": False}}],
}
"""An action has `streaming` from chatkit 1.4.0 on."""


def sent(widget: dict[str, Any], chatkit: str = "1.6.5") -> Transcript:
    whole = build.transcript(build.turn(build.user(), build.widget(widget)))
    return dataclasses.replace(
        whole, cell=dataclasses.replace(whole.cell, pins={"openai-chatkit": chatkit} if chatkit else {})
    )


def found(transcript: Transcript, *releases: str) -> list[Finding]:
    return list(run_checks(transcript, build.scenario(), ["widgets"], widgets_by=releases))


def test_what_only_others_lack_is_told_once_with_all_of_them() -> None:
    assert found(sent(STREAMING)) == []
    (finding,) = found(sent(STREAMING), "0.0.2", "1.2.0", "1.6.4")
    assert (finding.rule, finding.severity) == ("widgets/unknown-prop", "error")
    assert finding.evidence["judged_by"] == ["0.0.2", "1.2.0"]
    assert "(judged by chatkit 0.0.2, 1.2.0, which was asked besides)" in finding.message


def test_a_release_is_named_once_though_a_widget_is_sent_twice() -> None:
    held = sent(STREAMING)
    (first,) = held.turns
    again = dataclasses.replace(held, turns=(dataclasses.replace(first, events=first.events * 2),))
    (finding,) = (each for each in found(again, "1.2.0") if each.rule == "widgets/unknown-prop")
    assert finding.evidence["judged_by"] == ["1.2.0"]


def test_what_the_cell_s_own_release_lacks_is_told_once() -> None:
    (finding,) = found(sent(STREAMING, "1.2.0"), "0.0.2", "1.2.0")
    assert "judged_by" not in finding.evidence


def test_what_no_schema_is_needed_for_is_told_once() -> None:
    assert [each.rule for each in found(sent({}), "1.2.0")] == ["widgets/empty"]


def test_where_the_cell_has_no_release_that_is_known_the_others_still_judge() -> None:
    findings = found(sent(STREAMING, "0.0.0"), "1.2.0")
    assert [each.rule for each in findings] == ["widgets/unknown-release", "widgets/unknown-prop"]
