"""The description of the API is what the API does: every route, and answers of schemathesis's devising."""

from __future__ import annotations

import asyncio
import warnings
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.routing import Route
from tests.reference.loopback import LoopbackModel, Talkative
from tests.reference.web.conftest import Page, strict

from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.server import create_server
from chatkit_harness.reference.web import create_app
from chatkit_harness.reference.web.limits import UNLIMITED

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own affair, while it is imported
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from schemathesis import GenerationMode
    from schemathesis.core.result import Ok
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )


@pytest.fixture(params=["without chatkit", "without attachments", "with all"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A server as it may be run."""
    if request.param == "without chatkit":
        return None
    return create_server({"attachments": f"disk:{tmp_path}"} if request.param == "with all" else {})


async def test_every_route_is_described_and_nothing_else(server: Any) -> None:
    page = strict(server)
    said = (await page.get("/openapi.json")).body
    described = {(path, method.upper()) for path, methods in said["paths"].items() for method in methods}
    routes = [each for each in page.app.routes if isinstance(each, Route) and each.include_in_schema]
    served = {(each.path, method) for each in routes for method in each.methods or () if method != "HEAD"}
    assert described == served
    assert said["openapi"] == "3.1.0"


async def test_every_schema_is_one_and_every_reference_leads_somewhere(server: Any) -> None:
    said = (await strict(server).get("/openapi.json")).body
    for schema in said["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for reference in references(said):
        assert reference.removeprefix("#/components/schemas/") in said["components"]["schemas"]


def references(document: Any) -> list[str]:
    if isinstance(document, dict):
        own = [document["$ref"]] if isinstance(document.get("$ref"), str) else []
        return own + [each for value in document.values() for each in references(value)]
    return [each for value in document for each in references(value)] if isinstance(document, list) else []


@pytest.fixture
def talkative(model: LoopbackModel) -> None:
    """The model of this test always answers."""
    model.__class__ = Talkative


def no_fault_of_ours(ctx: Any, response: Any, case: Any) -> None:
    """Whatever is asked, the server and what it asks itself do not fail."""
    del ctx, case
    assert response.status_code in (501, *range(200, 500)), response.text


CHECKS = [no_fault_of_ours, status_code_conformance, content_type_conformance, response_schema_conformance]


async def tried(folder: Path, examples: int) -> set[str]:
    """Try every operation with that many requests; their paths. Raises what schemathesis finds."""
    app = create_app(
        create_server({"attachments": f"disk:{folder}"}), market=FixtureMarketData(), limits=UNLIMITED
    )
    token = (await Page(app).session("TSLA"))["client_secret"]
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    operations: list[Any] = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    for operation in operations:
        await asyncio.to_thread(_tried, operation, {"authorization": f"Bearer {token}"}, examples)
    return {operation.path for operation in operations}


def _tried(operation: Any, headers: dict[str, str], examples: int) -> None:
    @settings(max_examples=examples, derandomize=True, database=None, deadline=None,
              phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(
        case=st.one_of(
            operation.as_strategy(), operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        )
    )
    def holds(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    holds()


@pytest.mark.usefixtures("talkative")
async def test_it_does_what_it_says(tmp_path: Path) -> None:
    assert {"/chatkit/sdk", "/attachments"} <= await tried(tmp_path, examples=8)


@pytest.mark.slow
@pytest.mark.usefixtures("talkative")
async def test_it_does_what_it_says_whatever_is_asked(tmp_path: Path) -> None:
    assert {"/chatkit/sdk", "/attachments"} <= await tried(tmp_path, examples=300)
