"""What the shipped scenarios ask of widgets, each on a server with one lie."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.checks import build
from tests.contracts.widgets import NEWS_AS_DOCUMENTED

from chatkit_harness.checks import expect, run_checks
from chatkit_harness.checks.judge import Judgement, judge
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.scenario import Expectation, Scenario
from chatkit_harness.core.transcript import Authored, CellFacts
from chatkit_harness.reference import widgets
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.scenarios.load import load_scenario


def shipped(name: str) -> Scenario:
    return load_scenario(data_folder("scenarios") / f"{name}.yaml")


def documented(icon: str, *, refused: bool = True) -> Judgement:
    """The verdict of 1.2.0, which refuses a list in a card, on news whose card has this icon."""
    said = "An error occurred while running the tool. Error: 1 validation error for Card\nchildren.0"
    written = {**NEWS_AS_DOCUMENTED, "status": {"text": "News", "icon": icon}}
    sent = () if refused else (build.widget(written),)
    asked = build.asked("show_market_news", '{"symbol": "TSLA"}', said if refused else "{}")
    held = build.transcript(
        build.turn(build.user(), *sent, build.message("A recall weighs on Tesla.")),
        cell=CellFacts(python="3.12.1", platform="Linux", pins={"openai-chatkit": "1.2.0"}),
        exchanges=(build.exchange(asked),),
        authored=(Authored(at_ms=12.0, turn=0, widget=written, refused=refused),),
    )
    scenario = shipped("news-as-documented")
    return judge(held, scenario, run_checks(held, scenario))


def test_the_defects_of_the_older_documents_are_found_in_what_an_old_release_refused() -> None:
    assert documented("newspaper").outcome == "pass"
    assert documented("newspaper", refused=False).outcome == "pass"


def test_a_valid_icon_in_its_place_fails_the_scenario() -> None:
    verdict = documented("document")
    assert verdict.outcome == "fail"
    assert build.rules(verdict.findings) == ["expect/finding-missing"]
    assert "status.icon" in str(verdict.reason)


async def drawn(name: str) -> dict[str, Any]:
    """The widget that the reference server draws for a scenario."""
    data = FixtureMarketData()
    if name == "quote-aapl":
        quote = await data.quote("AAPL")
        assert quote is not None
        return widgets.quote_card(quote)
    if name == "news-tsla":
        return widgets.news_list("TSLA", await data.news("TSLA"))
    return widgets.calendar_list("Month", await data.calendar("month", "high"))


@pytest.mark.parametrize(
    ("name", "truth", "lie"),
    [
        ("quote-aapl", '"success"', '"danger"'),
        ("news-tsla", "https://news.example.com/tsla/4", ""),
        ("news-tsla", '"open_url"', '"nothing"'),
        ("calendar-nfp", '"danger"', '"info"'),
    ],
)
async def test_a_lie_in_a_widget_fails_what_its_scenario_expects(name: str, truth: str, lie: str) -> None:
    scenario, honest = shipped(name), await drawn(name)
    wanted = replace(scenario, expect=Expectation(widgets=scenario.expect.widgets))
    lying = json.loads(json.dumps(honest).replace(truth, lie))
    for widget, rules in ((honest, set()), (lying, {"expect/widget-content"})):
        held = build.transcript(build.turn(build.widget(widget)))
        assert set(build.rules(expect.check(held, wanted))) == rules
