"""The page at `/`: a fixed list of files of this package, read from nowhere else.

app = Starlette(routes=[..., *static_routes()])

No file outside the list can be asked for. The page's Content-Security-Policy allows its own scripts and
styles as files, so that nothing that came from a model or a store can become one.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .failures import ApiError

FOLDER = Path(__file__).resolve().parent / "static"
PAGE = "index.html"
SCRIPTS = (
    "app.js",
    "chart.js",
    "chart_looks.js",
    "chart_panel.js",
    "commands.js",
    "indicators.js",
    "markdown.js",
    "protocol.js",
    "threads.js",
    "transcript.js",
    "widget_actions.js",
    "widget_chart.js",
    "widget_choices.js",
    "widget_controls.js",
    "widget_curves.js",
    "widget_icons.js",
    "widget_lists.js",
    "widget_parts.js",
    "widget_style.js",
    "widget_tables.js",
    "widget_texts.js",
    "widgets.js",
)
STYLES = ("style.css", "widgets.css")
VENDOR = (
    "lightweight-charts.standalone.production.js",
    "lightweight-charts.LICENSE",
    "lightweight-charts.NOTICE",
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".LICENSE": "text/plain; charset=utf-8",
    ".NOTICE": "text/plain; charset=utf-8",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Pictures of any site: a widget may show one, ChatKit's are made for that."""

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    # Kept by the browser, and asked for each time whether it still holds: a new release shows at once.
    "cache-control": "no-cache",
}
NO_KEY = (b'data-model="unknown"', b'data-model="no"')


@dataclass(frozen=True)
class StaticFile:
    """A file as it is served: its bytes, its type, and a tag that changes with its bytes."""

    content: bytes
    media_type: str
    tag: str


def static_routes(*, has_key: bool | None = None) -> list[Route]:
    """The routes `/` and `/static/{name}`. `has_key` says whether the model can be asked, by default whether
    OPENAI_API_KEY is set: without one the page tells what works all the same.
    """
    if has_key is None:
        has_key = bool(os.environ.get("OPENAI_API_KEY"))
    files = Files(has_key=has_key)
    return [
        Route("/", files.page, methods=["GET"], include_in_schema=False),
        Route("/static/{name}", files.named, methods=["GET"], include_in_schema=False),
    ]


class Files:
    """The files, each read when it is first asked for."""

    def __init__(self, *, has_key: bool) -> None:
        self._has_key = has_key
        self._places = {name: FOLDER / name for name in (*SCRIPTS, *STYLES, "icon.svg")}
        self._places.update({name: FOLDER / "vendor" / name for name in VENDOR})
        self._read: dict[str, StaticFile] = {}

    async def page(self, request: Request) -> Response:
        """GET /: the page."""
        return _answer(request, self._file(PAGE, FOLDER / PAGE))

    async def named(self, request: Request) -> Response:
        """GET /static/{name}: one of the page's files. Raises ApiError 404 for any other name."""
        name = request.path_params["name"]
        place = self._places.get(name)
        if place is None:
            raise ApiError(404, "unknown_route", "There is no such route.")
        return _answer(request, self._file(name, place))

    def _file(self, name: str, place: Path) -> StaticFile:
        known = self._read.get(name)
        if known is None:
            content = place.read_bytes()
            if name == PAGE and not self._has_key:
                content = content.replace(*NO_KEY)
            tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
            known = self._read[name] = StaticFile(content, TYPES[place.suffix], tag)
        return known


def _answer(request: Request, file: StaticFile) -> Response:
    headers = {**HEADERS, "etag": file.tag}
    asked = request.headers.get("if-none-match", "")
    if file.tag in (each.strip().removeprefix("W/") for each in asked.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)
