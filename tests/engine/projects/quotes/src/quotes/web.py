"""Not a server for ChatKit but the web application around one, and what else people name by mistake."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette

app = Starlette()


def wrong_kind() -> str:
    return "a server"


def needs_a_request(request: Any, user: Any) -> dict[str, Any]:
    return {}
