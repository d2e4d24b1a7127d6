"""The rules of how a conversation ran: what was loaded, driven, asked of the model, timed and stored."""

from __future__ import annotations

from collections.abc import Mapping

IMPORTS: Mapping[str, str] = {
    "failed": "a module of chatkit, of agents, or of the server cannot be imported",
}

RUN: Mapping[str, str] = {
    "action-not-offered": "the scenario clicks on an action that no widget shown so far offers the server",
    "asked-after-leaving": "a request to the model begins after the client has gone away",
    "asked-too-soon": "the model is asked again before the time that its Retry-After gave",
    "died": "the cell's process exits, or a signal ends it, before the case is over",
    "error-event": "the user gets an error event",
    "fault-not-met": "a fault that the scenario asks of the model does not come about",
    "hang": "a turn, or the case, does not come to its end within the time limit",
    "http-envelope": "an HTTP error has no whole {error: {code, message, details, correlation_id}}",
    "http-error": "an HTTP call is answered with a status from 400 on that the scenario does not expect",
    "http-error-in-200": "an HTTP call fails, as its answer says, under a status below 400",
    "invalid-answer": "a JSON answer, or what is read back, breaks the chatkit release's schema",
    "invalid-event": "an event breaks the chatkit release's schema, or its item is of another thread",
    "invalid-request": "a request of the scenario breaks the chatkit release's schema",
    "leak": "the cell tries to reach, or to look up, an address that is not on this machine",
    "logged-exception": "an exception is logged, in a turn or before the first one",
    "model-left-open": "an answer of the model is still waited for after the client has gone away",
    "no-answer": "what run_workflow returns holds nothing that a user would see",
    "not-driven": "turns of the scenario are not driven, and nothing that was seen says why",
    "not-read-back": "reading back what is stored raises an exception",
    "raised": "an answer breaks off: its stream, the application, the connection or run_workflow raises",
    "rejected": "a request is refused: process() raises before any event, or the status is 300 or more",
    "silent-end": "a turn ends with neither an answer nor an error",
    "stayed": "the answer is over before the moment at which the client is to go away",
    "task-left": "a task of agents waits on when its turn is over, or for a user who has gone",
    "tool-after-leaving": "a tool begins, or goes on to its end, after the client has gone away",
    "tool-error": "a tool fails, and the model is told so",
    "torn-answer": "half of an answer that the model broke off is shown as if it were whole",
    "unfinished": "an item is begun in a turn, and neither finished nor removed by its end",
    "unreadable-event": "an event is not a JSON object",
    "widget-lost": "a widget that a tool streams never reaches the client",
}

UPSTREAM: Mapping[str, str] = {
    "expired": "the recording that is played is old: the model may answer otherwise today",
    "history": "the model is not told of what the user or the assistant said in an earlier turn",
    "unmatched": "the recording, or the script, has no answer to a request to the model",
    "unsupported": "the model is asked by a method and path that the model on loopback does not know",
    "unused": "nobody asks for an answer that the recording, or the script, has",
}

LATENCY: Mapping[str, str] = {
    "first-event": "a turn's first event takes longer than its budget, the model's time left out",
    "model-calls": "a turn asks the model more often than its budget allows",
    "total": "a turn takes longer to its end than its budget, the model's time left out",
    "widget": "a turn's first widget takes longer than its budget, the model's time left out",
}

STORE: Mapping[str, str] = {
    "differs": "what is stored of an item is not what was shown of it, or what the user sent",
    "does-not-keep": "no other process finds the thread, so that nobody knows who can read it",
    "duplicate-id": "several stored items have the same id",
    "foreign-thread": "a stored item is of another thread than it was when it was shown",
    "lost": "an item that was streamed as done is not stored",
    "never-shown": "the thread holds an item that no event and no answer told of",
    "not-read": "another release cannot be asked what it makes of the thread, or answers nowhere",
    "not-read-after-restart": "a new process of the same release reads otherwise, nothing, or cannot go on",
    "order": "the thread reads back in another order than its items came in",
    "reused-id": "an item comes under the id of an earlier one",
    "rollback-differs": "another release reads an item otherwise than it was written",
    "rollback-stuck": "another release reads the thread, and its next message fails or loses an item",
    "rollback-unreadable": "another release cannot read the thread, or an item is not there for it",
    "twice": "an item is stored a second time, under another id",
}
