"""What the routes answer, as models: for the description of the API. The routes write plain JSON."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """An object with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class SessionOpened(Answer):
    """A session: `client_secret` is the bearer token, `user` who its holder is to this server."""

    client_secret: str
    session_id: str
    user: str


class ContextUpdated(Answer):
    """The chart's context is kept. `updated_at` is an ISO 8601 time in UTC."""

    success: Literal[True]
    session_id: str
    updated_at: str


class ChartContextShown(Answer):
    """What the chart shows once the commands are carried out."""

    model_config = ConfigDict(extra="allow")

    symbol: str | None = None
    timeframe: str | None = None


class ChartActionData(Answer):
    """How an answer to a chart action came about."""

    tools_used: list[str]
    chart_context: ChartContextShown
    timestamp: str


class ChartActionAnswered(Answer):
    """What to say and what the chart is to do. `error` is always null: a failure has a status of its own."""

    success: Literal[True]
    text: str
    chart_commands: list[str]
    data: ChartActionData
    error: None


class AssistantMessage(Answer):
    """The assistant's words."""

    role: Literal["assistant"]
    content: str


class ConversationMetadata(Answer):
    """What happened besides the words."""

    chart_commands: list[str]
    tools_used: list[str]
    timestamp: str


class ConversationAnswered(Answer):
    """One answer of the assistant."""

    messages: list[AssistantMessage]
    metadata: ConversationMetadata


class StoreHealth(Answer):
    """Where threads are kept, and whether that answers."""

    name: str
    answers: Literal[True]


class Health(Answer):
    """The server lives. `versions` maps chatkit, agents, openai and python to what runs (null: nothing)."""

    status: Literal["ok"]
    versions: dict[str, str | None]
    store: StoreHealth | None


class ErrorInside(Answer):
    """`code` is for programs, `message` for people, `details` depends on the code."""

    code: str
    message: str
    details: dict[str, Any]
    correlation_id: str


class ErrorEnvelope(Answer):
    """What every failure is told in."""

    error: ErrorInside
