"""What the assistant does not do: it takes no orders, and gives no personal advice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.reference.loopback import Chat, LoopbackModel, done, words

from chatkit_harness.reference.rules import ADVICE_ANSWER, ORDER_ANSWER, gives_advice, refuses_order

Start = Callable[..., Chat]


@pytest.mark.parametrize(
    "question",
    [
        "Buy 100 shares of AAPL",
        "buy AAPL",
        "Sell my TSLA",
        "please sell all my NVDA now",
        "Can you buy me 10 shares of MSFT?",
        "Place a limit order for NVDA at 180",
        "Short 50 TSLA",
        "I want to buy 20 AAPL",
        "I\u2019d like to sell 5 AAPL",
        "Put $5,000 into NVDA",
        "Put half of my savings into NVDA",
        "Invest 10% in TSLA",
        "Close my position in AMD",
        "Get me 10 shares of AAPL",
        "OK, buy it.",
        "AAPL looks good. Buy 10.",
        "Cancel my order",
        "buy aapl",
        "buy tsla now",
        "Buy Apple stock",
        "Order 10 shares of AAPL",
        "Trade 100 shares of MSFT",
        "Sell everything",
        "BUY!!! 100 AAPL",
        "Acquire 100 shares of AAPL",
        "Go long NVDA with $5000",
        "buy palantir",
        "Sell the Berkshire shares now",
        "Short TSLA",
        "short nvda now",
        "Cover my TSLA short",
        "Get me out of TSLA",
        "Help me buy 5 MSFT",
        "Thanks. Sell: 20 AMD",
    ],
)
def test_an_order_is_known(question: str) -> None:
    assert refuses_order(question)


@pytest.mark.parametrize(
    "question",
    [
        "Should I buy AAPL?",
        "What do insiders buy?",
        "Is NVDA a buy?",
        "Show me sell ratings",
        "give me a trade setup for AMD",
        "Sell ratings for TSLA?",
        "Buy AAPL or MSFT?",
        "Get me the news on AAPL",
        "Short answer: how is TSLA?",
        "Short interest in GME",
        "Buy signals on NVDA",
        "Who sold TSLA?",
        "How do I buy a share?",
        "draw support and resistance for TSLA",
        "Change the timeframe to 1W",
        "Put my chart on 1W",
        "Open the chart for TSLA",
        "Tell me when AAPL is above 280",
        "Short NVDA chart summary",
        "Cover all my symbols in the comparison",
        "Short 3 line summary of TSLA",
        "Cover the news on AAPL",
        "Order the news by date",
        "Trade setup for AMD",
        "Buy and sell ratings for NVDA",
        "Buy or sell?",
        "Sell-side targets for AAPL",
        "Buy side research on TSLA",
        "Add 20 SMA to the chart",
        "Sell pressure in GME",
        "buy points",
        "What did analysts say: buy or sell?",
        "Get into the details of TSLA's earnings",
        "",
    ],
)
def test_a_question_is_no_order(question: str) -> None:
    assert not refuses_order(question)


@pytest.mark.parametrize(
    "answer",
    [
        "You should sell your TSLA now.",
        "You should\ndefinitely buy AAPL.",
        "I recommend buying NVDA.",
        "I\u2019d recommend you buy it.",
        "If I were you, I'd sell.",
        "Put 20% of your savings into it.",
        "You shouldn't buy it.",
        "My advice is to hold.",
        "You must go all in.",
        "Sell your Tesla shares.",
        "Tesla is falling:\n\n- **Sell** half of your shares",
        "My advice: sell.",
        "I would sell TSLA if I were you.",
        "In your place I would hold.",
        "It would be wise to sell your shares now.",
        "TSLA is falling. Time to sell.",
        "Tesla is falling. Sell it now.",
        "Consider trimming your position.",
        "You may want to sell.",
    ],
)
def test_advice_is_known(answer: str) -> None:
    assert gives_advice(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Analysts recommend buying NVDA.",
        "I cannot say whether you should buy.",
        "You should check the calendar.",
        "I can't recommend buying or selling.",
        "Northgate rates it Buy, and insiders sold.",
        "Buy: 12. Hold: 3. Sell: 2.",
        "Sell ratings are rare. Buy ratings dominate.",
        "Northgate says it is time to buy.",
        "Two insiders sell. Hold is the most frequent rating.",
        "Whether it would be wise to sell is not for me to say.",
        "The CEO would sell shares under a plan of his own.",
        "Analysts: buy, with a target of 300.",
        "I would look at earnings first.",
        "You asked for insiders who sell their shares.",
        ADVICE_ANSWER,
        ORDER_ANSWER,
    ],
)
def test_what_others_say_is_no_advice_of_ours(answer: str) -> None:
    assert not gives_advice(answer)


async def kept(talk: Chat) -> list[str]:
    page = (await talk.send("items.list", thread_id=talk.thread_id, order="asc"))[0]
    return [item["type"] for item in page["data"]]


async def test_an_order_is_answered_in_words_without_asking_the_model(
    chat: Start, model: LoopbackModel
) -> None:
    talk = chat()
    events = await talk.says("Buy 100 shares of AAPL")
    assert words(events) == [ORDER_ANSWER]
    assert model.requests == []
    assert await kept(talk) == ["user_message", "assistant_message"]


async def test_advice_is_taken_back_with_the_widget_that_came_along(
    chat: Start, model: LoopbackModel, caplog: pytest.LogCaptureFixture
) -> None:
    model.calls(("show_stock_quote", {"symbol": "TSLA"}))
    model.says("You should sell your TSLA now.")
    talk = chat()
    events = await talk.says("What about my TSLA?")
    assert [event for event in events if event["type"] == "error"] == []
    removed = {event["item_id"] for event in events if event["type"] == "thread.item.removed"}
    assert {item["id"] for item in done(events, "widget")} <= removed
    assert words(events)[-1] == ADVICE_ANSWER
    assert await kept(talk) == ["user_message", "assistant_message"]
    assert [record for record in caplog.records if record.exc_info] == []


async def test_the_next_turn_knows_the_refusal_and_not_what_was_refused(
    chat: Start, model: LoopbackModel
) -> None:
    model.says("You should sell your TSLA now.")
    model.says("It is a car maker.")
    talk = chat()
    await talk.says("What about my TSLA?")
    await talk.says("What is Tesla?")
    told = json.dumps(model.requests[-1]["input"])
    assert ("judge for yourself" in told, "You should sell" in told) == (True, False)


async def test_asking_again_asks_the_guardrail_again(chat: Start, model: LoopbackModel) -> None:
    talk = chat()
    first = await talk.says("Buy 100 shares of AAPL")
    (question,) = done(first, "user_message")
    events = await talk.send("threads.retry_after_item", thread_id=talk.thread_id, item_id=question["id"])
    assert words(events) == [ORDER_ANSWER]
    assert await kept(talk) == ["user_message", "assistant_message"]


def title(events: list[dict[str, Any]]) -> list[Any]:
    return [event["thread"].get("title") for event in events if event["type"] == "thread.updated"]


async def test_a_thread_is_named_after_its_first_question(chat: Start, model: LoopbackModel) -> None:
    model.says("Up.")
    model.says("Gladly.")
    talk = chat()
    assert title(await talk.says("what's AAPL\n trading at?")) == ["What's AAPL"]
    assert title(await talk.says("Thanks!")) == []
    assert (await talk.send("threads.get_by_id", thread_id=talk.thread_id))[0]["title"] == "What's AAPL"


async def test_a_name_that_somebody_gave_stays(chat: Start, model: LoopbackModel) -> None:
    model.says("Up.")
    model.says("Gladly.")
    talk = chat()
    await talk.says("hello")
    await talk.send("threads.update", thread_id=talk.thread_id, title="My thread")
    await talk.says("And now?")
    assert (await talk.send("threads.get_by_id", thread_id=talk.thread_id))[0]["title"] == "My thread"
