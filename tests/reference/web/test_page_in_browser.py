"""The page at `/` in a real browser, in front of the reference server and a scripted model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.browser.window import launched
from tests.reference.loopback import LoopbackModel
from tests.reference.web import widget_corpus as corpus

from chatkit_harness import chart
from chatkit_harness.upstream.loopback import Loopback

pytestmark = pytest.mark.browser

ASKED = {"resultTypes": ["violations"]}
RENDER = """async (text) => {
    const widgets = JSON.parse(text);
    const { renderWidget } = await import("/static/widgets.js");
    const room = document.createElement("main");
    document.body.replaceChildren(room);
    room.append(...widgets.map((widget) => renderWidget(widget)));
    return room.innerText;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The machine's Chromium, headless."""
    with launched() as browser:
        yield browser


@dataclass
class Tab:
    """The page in a tab, with what went wrong in it."""

    page: Any
    url: str
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self) -> Any:
        """Open the page and wait until it is ready."""
        self.page.goto(self.url)
        self.page.wait_for_selector("html[data-ready]")
        return self.page

    def ask(self, question: str) -> None:
        """Ask the assistant and wait for the end of its answer."""
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")
        self.settled()

    def settled(self) -> None:
        """Wait until nothing is under way."""
        self.page.wait_for_selector("#transcript[aria-busy=false]")

    def drawn(self) -> tuple[str, int]:
        """The chart's symbol, and how many lines are drawn across it."""
        chart = self.page.locator("#chart")
        return chart.get_attribute("data-symbol"), int(chart.get_attribute("data-lines"))


Opened = Callable[..., Tab]


@pytest.fixture
def tab(chromium: Any, model: LoopbackModel) -> Iterator[Opened]:
    """Opens tabs of a server of the test's own; at the end none of them may hold an error."""
    from chatkit_harness.reference.market import FixtureMarketData
    from chatkit_harness.reference.server import create_server
    from chatkit_harness.reference.web import create_app

    del model
    app = create_app(create_server({}), market=FixtureMarketData(), anonymous=True)
    tabs: list[Tab] = []
    with Loopback(app) as served:

        def start(**looks: Any) -> Tab:
            context = chromium.new_context(**looks)
            context.set_default_timeout(15_000)
            opened = Tab(context.new_page(), f"http://127.0.0.1:{served.port}/")
            listen(opened, context)
            tabs.append(opened)
            return opened

        yield start
        for each in tabs:
            each.page.context.close()
    assert [error for each in tabs for error in each.errors] == []


@pytest.fixture(scope="module")
def opened_room(chromium: Any) -> Iterator[Tab]:
    """A tab for tests that only draw in it, one after the other."""
    from chatkit_harness.reference.market import FixtureMarketData
    from chatkit_harness.reference.server import create_server
    from chatkit_harness.reference.web import create_app

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OPENAI_API_KEY", "not-a-key")
        app = create_app(create_server({}), market=FixtureMarketData(), anonymous=True)
    with Loopback(app) as served:
        context = chromium.new_context()
        context.set_default_timeout(15_000)
        opened = Tab(context.new_page(), f"http://127.0.0.1:{served.port}/")
        listen(opened, context)
        opened.open()
        yield opened
        context.close()


@pytest.fixture
def room(opened_room: Tab) -> Iterator[Any]:
    """Its page; at the end it may hold no error."""
    yield opened_room.page
    assert opened_room.errors == []


def listen(tab: Tab, context: Any) -> None:
    """Note errors of the tab; nothing but the server itself is let through."""

    def route(asked: Any) -> None:
        own = asked.request.url.startswith(tab.url)
        tab.asked.append(asked.request.url)
        asked.continue_() if own else asked.fulfill(status=200, body=b"", content_type="image/png")

    context.route(re.compile("^https?:"), route)
    tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.page.on("console", lambda said: tab.errors.extend([said.text] if said.type == "error" else []))


def test_a_question_is_answered_with_a_widget_and_words(tab: Opened, model: LoopbackModel) -> None:
    page = (opened := tab()).open()
    model.calls(("show_stock_quote", {"symbol": "AAPL"}))
    model.says("Apple is **up** today.")
    opened.ask("What's AAPL trading at?")
    assert page.locator(".ck-card .ck-title").inner_text() == "AAPL"
    assert page.locator(".item.assistant strong").inner_text() == "up"
    assert "Apple is" in page.locator("#announcer").text_content()


def test_a_widgets_button_is_carried_out_by_the_server(tab: Opened, model: LoopbackModel) -> None:
    page = (opened := tab()).open()
    model.calls(("show_stock_quote", {"symbol": "AAPL"}))
    model.says("Here it is.")
    opened.ask("What's AAPL trading at?")
    with page.expect_request(lambda request: "custom_action" in (request.post_data or "")) as sent:
        page.click("text=Refresh")
    opened.settled()
    assert sent.value.post_data_json["params"]["action"]["payload"] == {"symbol": "AAPL"}
    assert page.locator(".ck-card").count() == 1


def test_what_the_assistant_draws_stands_on_the_chart(tab: Opened, model: LoopbackModel) -> None:
    page = (opened := tab()).open()
    assert opened.drawn() == ("AAPL", 0)
    model.calls(("chart_control", {"query": "draw support and resistance for TSLA"}))
    model.says("Drawn.")
    opened.ask("draw support and resistance for TSLA")
    symbol, lines = opened.drawn()
    assert symbol == "TSLA"
    assert lines == page.locator("#drawn-list li").count() > 1
    assert page.input_value("#symbol") == "TSLA"


def test_the_assistant_learns_what_is_selected(tab: Opened, model: LoopbackModel) -> None:
    page = (opened := tab()).open()
    page.focus("#chart")
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    selected = re.findall(r"\d{4}-\d\d-\d\d", page.inner_text("#selection"))
    model.calls(("get_chart_selection", {}))
    model.says("Two days.")
    opened.ask("What did I select?")
    page.wait_for_selector("text=Two days.")
    assert all(day in model.outputs[-1] for day in selected) and len(selected) == 2  # noqa: PT018 - one thought


def test_a_failure_is_told_and_can_be_tried_again(tab: Opened, model: LoopbackModel) -> None:
    page = (opened := tab()).open()
    opened.ask("Hello?")  # the model has no answer
    assert re.search(r"could not answer.*Correlation id: [0-9a-f]{8}", page.inner_text(".problem"), re.DOTALL)
    model.answers = [b""] * len(model.requests)
    model.says("Hello.")
    page.click("text=Try again")
    page.wait_for_selector("text=Hello. >> nth=0")
    opened.settled()
    assert page.locator(".item.user").count() == 1
    assert page.locator(".item.assistant").inner_text() == "Hello."


def test_an_earlier_conversation_opens_again_after_a_reload(tab: Opened, model: LoopbackModel) -> None:
    page = (opened := tab()).open()
    model.calls(("show_stock_quote", {"symbol": "AAPL"}))
    model.says("Apple is up.")
    opened.ask("What's AAPL trading at?")
    opened.open()
    assert page.locator(".item").count() == 0
    page.click("#threads summary")
    page.click("#thread-list button >> nth=0")
    page.wait_for_selector("text=Apple is up.")
    assert page.locator(".ck-card .ck-title").inner_text() == "AAPL"


def test_without_a_key_the_page_says_what_works(tab: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    from chatkit_harness.reference.market import FixtureMarketData
    from chatkit_harness.reference.web import create_app

    opened = tab()
    with Loopback(create_app(None, market=FixtureMarketData(), anonymous=True)) as bare:
        opened.url = f"http://127.0.0.1:{bare.port}/"
        page = opened.open()
        assert "OPENAI_API_KEY" in page.inner_text("#no-model")
        assert "chatkit-harness upstream --port 9000" in page.inner_text("#no-model")
        page.fill("#tell", "fibonacci for NVDA")
        page.press("#tell", "Enter")
        page.wait_for_selector("#chart[data-symbol=NVDA]")
        assert opened.drawn() == ("NVDA", 7)
    opened.errors = [error for error in opened.errors if "501" not in error]  # it holds no conversations


def test_every_component_of_every_release_is_drawn(room: Any) -> None:
    for schema in corpus.schemas():
        every = corpus.components(schema)
        room.evaluate(RENDER, json.dumps(every))
        assert room.locator(".ck-widget").count() == len(every) > 20
        assert room.locator(".ck-unknown").all_inner_texts() == []
    assert "a child" in room.inner_text("main")


def test_the_clients_tables_are_drawn(room: Any) -> None:
    cells = [{"type": "Table.Cell", "children": [corpus.CHILD], "colSpan": 2, "vAlign": "center"}]
    rows = [
        {"type": "Table.Row", "header": True, "children": cells},
        {"type": "Table.Row", "children": cells},
    ]
    room.evaluate(RENDER, json.dumps([corpus.card({"type": "Table", "children": rows})]))
    assert room.locator("table th[scope=col][colspan='2']").inner_text() == "a child"
    assert room.locator("table td").count() == 1


@pytest.mark.slow
def test_a_long_list_of_conversations_is_shown_a_page_at_a_time(tab: Opened, model: LoopbackModel) -> None:
    page = (opened := tab()).open()
    for number in range(21):
        model.says("Yes.")
        opened.ask(f"Question {number}?")
        page.click("#new-thread")
    page.click("#threads summary")
    assert page.locator("#thread-list li").count() == 20
    page.click("#more-threads")
    page.wait_for_selector("#thread-list li >> nth=20")
    page.click("#thread-list li >> nth=20 >> text=Delete")
    page.wait_for_selector("text=Question 0? >> visible=true", state="detached")


def test_every_value_of_every_prop_is_drawn(room: Any) -> None:
    every = list(corpus.variants(corpus.newest()))
    room.evaluate(RENDER, json.dumps(every))
    assert room.locator(".ck-widget").count() == len(every)


def test_nothing_in_a_widget_runs_or_breaks_the_page(tab: Opened) -> None:
    page = (opened := tab(viewport={"width": 360, "height": 700})).open()
    large = [corpus.nested(200), corpus.card(*[corpus.CHILD] * 6000)]
    text = page.evaluate(RENDER, json.dumps([*corpus.CORPUS, *large]))
    page.wait_for_load_state("networkidle")
    assert page.title() != "ran"
    assert not any("x.invalid" in address or "plain.invalid" in address for address in opened.asked)
    assert "Unknown component: <img" in text
    assert text.count("it is too large") >= 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("({}).polluted === undefined")


def test_a_form_gives_its_values_with_its_action(room: Any) -> None:
    fields = [
        {"type": "Label", "value": "Price", "fieldName": "alert.price"},
        {"type": "Input", "name": "alert.price", "inputType": "number", "required": True},
        {"type": "Checkbox", "name": "once", "label": "Once"},
        {
            "type": "RadioGroup",
            "name": "side",
            "options": [{"label": "Up", "value": "up"}],
            "defaultValue": "up",
        },
        {"type": "Button", "label": "Send", "submit": True},
    ]
    form = {"type": "Form", "onSubmitAction": {"type": "set", "payload": {"symbol": "A"}}, "children": fields}
    room.evaluate(
        """async (widget) => {
            const { renderWidget } = await import("/static/widgets.js");
            window.acted = [];
            const onAction = (action) => window.acted.push(action);
            document.body.replaceChildren(renderWidget(widget, { onAction }));
        }""",
        corpus.card(form),
    )
    room.click("text=Send")
    assert room.evaluate("acted") == []  # the price is required
    room.get_by_label("Price").fill("12.5")
    room.get_by_label("Once").check()
    room.click("text=Send")
    (action,) = room.evaluate("acted")
    assert action["payload"] == {"symbol": "A", "alert": {"price": "12.5"}, "once": True, "side": "up"}


def test_an_article_opens_in_a_tab_that_knows_nothing_of_this_one(tab: Opened, model: LoopbackModel) -> None:
    page = (opened := tab()).open()
    model.calls(("show_market_news", {"symbol": "TSLA"}))
    model.says("News.")
    opened.ask("Latest news on TSLA?")
    with page.context.expect_page() as popped:
        page.click(".ck-clickable >> nth=0")
    assert popped.value.evaluate("window.opener") is None


def test_nothing_in_a_message_runs(tab: Opened, model: LoopbackModel) -> None:
    page = (opened := tab()).open()
    model.says(f"{corpus.SCRIPT} [x]({corpus.ADDRESS}) ```{corpus.SCRIPT}``` | {corpus.SCRIPT} |\n|---|")
    opened.ask(corpus.SCRIPT)
    page.click("#threads summary")
    assert page.title() != "ran"
    assert "<img src=x" in page.inner_text(".item.assistant")
    assert "<img src=x" in page.inner_text(".item.user")
    assert page.locator("#transcript :is(img, script, a[href^=javascript])").count() == 0


def test_command_lines_of_older_releases_are_carried_out_and_not_shown(
    tab: Opened, model: LoopbackModel
) -> None:
    page = (opened := tab()).open()
    model.says(
        'Here it is.\n\nLOAD:NVDA\nSUPPORT:165.94 "swing low"\nRESISTANCE:200.02\n\n- SUPPORT: 1.00 is none'
    )
    opened.ask("Draw.")
    assert opened.drawn() == ("NVDA", 2)
    assert page.locator("#drawn-list li").all_text_contents()[0] == "Support at 165.94 (swing low)"
    assert "LOAD" not in page.inner_text(".item.assistant")
    assert "SUPPORT: 1.00" in page.inner_text(".item.assistant")


COMMANDS = """\
LOAD:TSLA
CHART:BRK.B
TIMEFRAME:1D
TIMEFRAME:1m
TIMEFRAME:1M
TIMEFRAME:h4
TIMEFRAME:ALL
SUPPORT:450.00 "key level"
ENTRY:445 STOP:435 TARGET:465
RESISTANCE:$1,234.50
SUPPORT:0
SUPPORT:high
TRENDLINE:440:1700000000:450:1710000000
TRENDLINE:440.5,2026-01-05:450,2026-02-05 "up"
TRENDLINE:440:450
FIBONACCI:430:470
FIBONACCI:430:430
INDICATOR:RSI
INDICATOR:SMA:ON:20
INDICATOR:EMA:period=20
INDICATOR:MACD:12:26:9
HIDE:RSI
ADD:BOLLINGER
PATTERN:TRIANGLE
PATTERN:FLAG:1700000000:1710000000
DRAW:LEVEL:p1_s:SUPPORT:430.1
DRAW:TARGET:t:500
DRAW:TRENDLINE:t1:1700000000:1.5:1710000000:2:dashed
ANNOTATE:PATTERN:p1:confirmed:some words
CLEAR:PATTERN:p1
CLEAR:ALL
ZOOM:IN
ZOOM:UP
PAN:LEFT
SCROLL:2024-01-15
STYLE:CANDLES
STYLE:PIE
RESET:VIEW
CROSSHAIR:TOGGLE
ANALYZE:TECHNICAL
""".splitlines()


def test_the_page_reads_commands_as_the_harness_does(room: Any) -> None:
    read = """async (texts) => {
        const { readCommands } = await import("/static/commands.js");
        const first = (each) => each.price ?? each.symbol ?? each.high ?? each.first?.price ?? null;
        const read = texts.map((text) => readCommands([text]).commands);
        return read.map((commands) => [commands.length, commands.map(first)]);
    }"""
    ours = []
    for text in COMMANDS:
        found = chart.parse_line(text).commands
        names = ("price", "symbol", "high", "first_price")
        firsts = [
            next((getattr(each, name) for name in names if hasattr(each, name)), None) for each in found
        ]
        ours.append([len(found), firsts])
    assert room.evaluate(read, COMMANDS) == ours


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (360, "light"),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
        pytest.param(360, "dark", marks=pytest.mark.slow),
        pytest.param(1280, "light", marks=pytest.mark.slow),
    ],
)
def test_the_page_is_accessible(tab: Opened, model: LoopbackModel, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = (opened := tab(color_scheme=scheme, viewport={"width": width, "height": 800})).open()
    model.calls(("show_technical_analysis", {"symbol": "NVDA", "timeframe": "1D"}))
    model.says("See `above`.\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    opened.ask("How does NVDA look technically?")
    found = axe.Axe().run(page, options=ASKED).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_widgets_are_accessible(tab: Opened, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    page = tab(color_scheme=scheme, reduced_motion="reduce").open()
    every = [each for each in corpus.components(corpus.newest()) if each["type"] not in ("Input", "Image")]
    plain = [{key: value for key, value in each.items() if key != "color"} for each in every]
    page.evaluate(RENDER, json.dumps(plain))
    found = axe.Axe().run(page, options={**ASKED, "runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
