"""The rules of what a scenario expects, of the chart's commands, and of the assistant's words."""

from __future__ import annotations

from collections.abc import Mapping

EXPECT: Mapping[str, str] = {
    "client-tool-arguments": "the client is asked to run the expected tool with other arguments",
    "client-tool-missing": "the client is not asked to run the expected tool",
    "client-tool-not-pending": "the expected call of a client tool does not wait for the client",
    "error-missing": "no error with the expected words is told to the user",
    "event-missing": "an expected event does not come, or comes otherwise",
    "finding-missing": "a finding that the scenario expects does not occur",
    "items": "the stored items are not of the expected types, in their order",
    "model-not-asked": "the model is not asked, and the scenario says what it is told",
    "model-not-told": "the last request to the model lacks expected words",
    "model-request": "a property of the last request to the model is not the expected one",
    "model-told": "the last request to the model holds words that it must not hold",
    "not-hidden": "an event, an answer or a stored item holds words that no client must get",
    "not-passed-on": "nothing of an expected kind comes through",
    "order": "things of the expected kinds do not come in the expected order in one turn",
    "progress-missing": "no progress update holds the expected words",
    "response-content": "a request is answered with a document that lacks what is expected",
    "response-missing": "no request is answered with a document, and one is expected",
    "response-status": "an HTTP call is answered with another status than the expected one",
    "shown-missing": "an expected item is not among those that the client holds, or is otherwise",
    "text-content": "the answer lacks expected words",
    "text-missing": "the assistant says nothing, and words are expected",
    "text-unexpected": "the answer holds words that it must not hold",
    "title": "the thread's title is not the expected one",
    "tool-arguments": "an expected tool is called with other arguments",
    "tool-missing": "an expected tool is not called, or not as often as expected",
    "tool-unexpected": "a tool is called that is not expected, or more often than expected",
    "widget-content": "a widget lacks words or components, or has another number of rows, than expected",
    "widget-missing": "an expected widget is not sent",
    "widget-unexpected": "a widget is sent that is not expected",
}

COMMANDS: Mapping[str, str] = {
    "cut-short": "the answer ends in the middle of its chart commands",
    "duplicate": "the chart is told the same thing twice, in one array or in the words",
    "far-from-price": "a level is more than 25% off the known price, or a target more than 50%",
    "intent-without-command": "the question is taken for a chart command, and the answer holds none",
    "levels-missing": "the user asks to see levels or lines on the chart, and it is told of none such",
    "missing": "the chart is not told an expected command, or not as many of a kind as expected",
    "prose-disagrees": "the levels that the words name are not those that the chart is told",
    "rejected": "a chart command cannot be read",
    "shown-as-text": "the user is shown chart commands as text",
    "trade-order": "a trade's entry does not lie between its stop and its target",
    "unexpected": "the chart is told a command that is not expected",
    "wrong-indicators": "other indicators than the expected ones are on in the end",
    "wrong-side": "a support is above the known price, or a resistance below it",
    "wrong-symbol": "the chart shows another symbol than is expected, or than the question was taken for",
    "wrong-timeframe": "the chart shows another timeframe in the end than is expected",
}

TEXT: Mapping[str, str] = {
    "broken-json": "JSON in a workflow's answer does not parse",
    "delta-mismatch": "the words that were streamed are not those of the finished message",
    "doubled": "the answer says the same thing twice, in one message or in two",
    "empty": "a finished message of the assistant is empty",
    "markup": "a tag, an entity, or a mark of a template, a token or a citation is left in the text",
    "raw-json": "the user is left raw JSON to read",
}
