"""The files of the page: those on the list, and no others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from chatkit_harness.incell.asgi import call
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.web import create_app, static_files

STATIC = Path(static_files.__file__).parent / "static"
LISTED = (*static_files.SCRIPTS, *static_files.STYLES, *static_files.VENDOR, "icon.svg")


async def get(path: str, **headers: str) -> Any:
    app = create_app(None, market=FixtureMarketData(), anonymous=True)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await call(app, "GET", path, body=None, headers=named, on_event=lambda _: None)


def words(body: Any) -> str:
    return body if isinstance(body, str) else body.decode()


async def test_the_page_allows_no_script_but_its_own() -> None:
    said = await get("/")
    assert said.status == 200
    assert said.headers["content-type"] == "text/html; charset=utf-8"
    policy = said.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_the_page_holds_no_script_and_no_style_of_its_own() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize("name", LISTED)
async def test_a_listed_file_is_served_with_its_type(name: str) -> None:
    said = await get(f"/static/{name}")
    assert said.status == 200
    assert said.headers["x-content-type-options"] == "nosniff"
    assert said.headers["content-type"] == static_files.TYPES[Path(name).suffix]


def test_every_file_of_the_folder_is_on_the_list() -> None:
    there = {path.name for path in STATIC.rglob("*") if path.is_file()}
    assert there == {*LISTED, static_files.PAGE}


async def test_what_the_browser_has_already_is_not_sent_again() -> None:
    first = await get("/static/app.js")
    again = await get("/static/app.js", if_none_match=first.headers["etag"])
    assert (again.status, words(again.body)) == (304, "")
    assert first.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    ["/static/index.html", "/static/../app.py", "/static/..%2fapp.py", "/static/", "/static/vendor/x", "/x"],
)
async def test_nothing_else_is_served(path: str) -> None:
    said = await get(path)
    assert said.status == 404
    assert "correlation_id" in words(said.body)


async def test_the_page_knows_whether_there_is_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert 'data-model="no"' in words((await get("/")).body)
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    assert 'data-model="unknown"' in words((await get("/")).body)


def test_the_chart_library_comes_with_its_licence_and_the_page_with_the_notice() -> None:
    library = (STATIC / "vendor" / static_files.VENDOR[0]).read_text(encoding="utf-8")
    version = re.search(r"Lightweight Charts™ v([\d.]+)", library)
    assert version is not None
    assert version[1] in (STATIC / "vendor" / "lightweight-charts.NOTICE").read_text(encoding="utf-8")
    assert "Apache License" in (STATIC / "vendor" / "lightweight-charts.LICENSE").read_text(encoding="utf-8")
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert "https://www.tradingview.com/" in page
    assert "TradingView, Inc." in page
