"""GET /openapi.json: this server's routes as OpenAPI 3.1, from the models that read and write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from starlette.requests import Request
from starlette.responses import JSONResponse

from . import answers, bodies
from .history import HistoryAnswered

REF = "#/components/schemas/{model}"

ALWAYS = {
    403: "Somebody else's, or a page of a site that may not call.",
    421: "Asked for under a name that is not this server's.",
    500: "The server's own fault; its log says why, under the correlation id.",
}
OF_BODIES = {
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    422: "The body, or something in it, is not what this route takes.",
    429: "Too many requests, or conversations at once: wait for the seconds in Retry-After.",
    499: "The client went away (in the log only).",
}
KNOWN = {401: "No bearer token, or one that is forged or has expired."}
SYMBOLS = {404: "No such session, or no such symbol.", 502: "The market data does not answer."}


@dataclass(frozen=True)
class Operation:
    """One route: what it takes and answers.

    `answer` and `body` are types, `answers_with` and `takes` media types in their place. `failures` maps a
    status to when it is given. `open`: no bearer token is asked for.
    """

    path: str
    summary: str
    answer: Any = None
    body: Any = None
    failures: Mapping[int, str] = field(default_factory=dict)
    method: str = "post"
    query: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    answers_with: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    open: bool = False


class Schemas(GenerateJsonSchema):
    """Leaves out the defaults that no JSON can say: that of an action's type is a type variable."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - as its parent has it


PAGE = (
    Operation(
        "/api/chatkit/session",
        "Open a session, or renew one; its client secret is the bearer token of the other routes.",
        answers.SessionOpened,
        bodies.OpenSession,
        {**OF_BODIES, 401: "Not the key of the issuer."},
        open=True,
    ),
    Operation(
        "/api/chatkit/update-context",
        "Say what the chart of a session shows.",
        answers.ContextUpdated,
        bodies.UpdateContext,
        {**OF_BODIES, **KNOWN, **SYMBOLS},
    ),
    Operation(
        "/api/chatkit/chart-action",
        "Work out what the chart is to do, without a model.",
        answers.ChartActionAnswered,
        bodies.ChartAction,
        {**OF_BODIES, **KNOWN, **SYMBOLS},
    ),
)
WATCHED = (
    Operation(
        "/api/chatkit/history",
        "The bars that a chart draws.",
        HistoryAnswered,
        failures={**KNOWN, **SYMBOLS, 422: "No symbol, or no timeframe.", 429: OF_BODIES[429]},
        method="get",
        query={
            "symbol": {"required": True, "schema": {"type": "string"}},
            "timeframe": {"required": False, "schema": {"type": "string", "default": "1D"}},
        },
    ),
    Operation(
        "/health",
        "Whether the server lives, and whether its store answers.",
        answers.Health,
        failures={503: "The store does not answer."},
        method="get",
        open=True,
    ),
    Operation("/openapi.json", "This description.", dict[str, Any], method="get", open=True),
)
TURNS = {
    **OF_BODIES,
    **KNOWN,
    404: "No such thread, item, attachment, session or symbol.",
    409: "The item is not what the operation is about, or not in a state for it.",
    415: "An attachment of a type that is not taken.",
    501: "This server, or its chatkit, does not offer that.",
    502: "The model or the market data does not answer.",
    503: "The store does not answer.",
    504: "The answer took too long.",
}


def conversations(request: Any) -> tuple[Operation, ...]:
    """The routes that hold a conversation; `request` is the type of a ChatKit request."""
    return (
        Operation(
            "/chatkit/sdk",
            "The ChatKit protocol: a stream of events, or JSON, as the request's type has it.",
            dict[str, Any],
            request,
            TURNS,
            answers_with=(EVENTS,),
        ),
        Operation(
            "/api/chatkit/proxy",
            "One answer of the assistant, for a page that speaks no ChatKit.",
            answers.ConversationAnswered,
            bodies.Conversation,
            TURNS,
        ),
    )


FORM = "multipart/form-data"
EVENTS = "text/event-stream"
BINARY = {"type": "string", "format": "binary"}
# OpenAPI 3.1 has no words for the type of an event.
_SAID = {
    EVENTS: {"description": "Server-sent events: the data of each is an event of the protocol, as JSON."}
}
FILES = {
    **OF_BODIES,
    401: KNOWN[401],
    403: "A link that is forged or has expired, or a page of a site that may not call.",
    404: "No such attachment, or none of this user's.",
    409: "The file has been uploaded already, or not yet.",
    415: "Not of a type that is taken.",
    503: "The store does not answer, or too many previews are being made.",
}


def attachments(attachment: Any) -> tuple[Operation, ...]:
    """The routes of files; `attachment` is the type of an attachment."""
    content = "/attachments/{id}/content"
    link = {"token": {"required": False, "schema": {"type": "string"}}}
    whole = ("image/png", "image/jpeg", "application/pdf")
    second = {"answer": attachment, "failures": FILES, "query": link, "open": True}
    return (
        Operation("/attachments", "Attach a file.", attachment, failures=FILES, takes=(FORM,)),
        Operation(content, "The file of an attachment.", **second, takes=(FORM,)),
        Operation(content, "The same.", **second, method="put", takes=(FORM, "application/octet-stream")),
        Operation(content, "The file.", failures=FILES, method="get", answers_with=whole),
        Operation(
            "/attachments/{id}/preview",
            "A small picture.",
            failures=FILES,
            method="get",
            query=link,
            answers_with=("image/png", "image/jpeg"),
            open=True,
        ),
    )


class Description:
    """The route of the description, which is made when it is first asked for."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._made: dict[str, Any] | None = None

    async def answer(self, request: Request) -> JSONResponse:
        """The description."""
        del request
        if self._made is None:
            self._made = describe(self._operations())
        return JSONResponse(self._made)

    def _operations(self) -> Iterable[Operation]:
        if self._server is None:
            return (*conversations(dict[str, Any]), *PAGE, *WATCHED)
        from chatkit.types import Attachment, ChatKitReq  # only where there is chatkit

        files = () if self._server.attachment_store is None else attachments(Attachment)
        return (*conversations(ChatKitReq), *PAGE, *WATCHED, *files)


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """The OpenAPI document of these operations."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Reference ChatKit server", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(each: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    envelope = {"application/json": {"schema": _schema(answers.ErrorEnvelope, schemas)}}
    failures = {
        str(status): {"description": when, "content": envelope}
        for status, when in sorted({**ALWAYS, **each.failures}.items())
    }
    good = {"description": "What was asked for.", "content": _good(each, schemas)}
    described: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{each.method} {each.path}").strip("_"),
        "summary": each.summary,
        "responses": {"200": good, **failures},
    }
    if each.body is not None or each.takes:
        described["requestBody"] = {"required": True, "content": _taken(each, schemas)}
    parameters = _parameters(each)
    if parameters:
        described["parameters"] = parameters
    if not each.open:
        described["security"] = [{"session": []}]
    return described


def _good(each: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    json = {} if each.answer is None else {"application/json": {"schema": _schema(each.answer, schemas)}}
    return {**json, **{kind: {"schema": _SAID.get(kind, BINARY)} for kind in each.answers_with}}


def _taken(each: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    if each.body is not None:
        return {"application/json": {"schema": _schema(each.body, schemas)}}
    form = {"type": "object", "properties": {"file": BINARY}, "required": ["file"]}
    return {kind: {"schema": form if kind == FORM else BINARY} for kind in each.takes}


def _parameters(each: Operation) -> list[dict[str, Any]]:
    named = re.findall(r"{(\w+)}", each.path)
    path = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in named]
    return [*path, *({"name": name, "in": "query", **rest} for name, rest in each.query.items())]


def _schema(model: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """A reference to the schema of a model, which is put with the others; a plain type as it is."""
    found = TypeAdapter(model).json_schema(ref_template=REF, schema_generator=Schemas)
    schemas.update(found.pop("$defs", {}))
    if isinstance(model, type) and issubclass(model, BaseModel):
        schemas[model.__name__] = found
        return {"$ref": REF.format(model=model.__name__)}
    return dict(found)
