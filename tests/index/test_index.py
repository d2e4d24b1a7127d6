"""The index: both forms, upload times, yanked releases, and what happens when it is out of reach."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
from tests.made_index import MadeRelease, made_index

from chatkit_harness.core.errors import ConfigurationError, IndexUnreachableError, SelectionError
from chatkit_harness.index.configured import configured_index
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache

RELEASES = [
    MadeRelease(project="openai-chatkit", version="1.2.0", uploaded="2025-11-01T00:00:00Z"),
    MadeRelease(project="openai-chatkit", version="1.10.0", uploaded="2025-11-13T12:00:00.5Z"),
    MadeRelease(project="openai-chatkit", version="1.3.0", yanked=True),
    MadeRelease(project="openai-chatkit", version="1.4.0", sdist_only=True),
]


@pytest.mark.parametrize("form", ["json", "html"])
def test_both_forms_say_the_same(tmp_path: Path, form: str) -> None:
    with made_index(RELEASES, form=form) as served:
        page = Index(Cache(tmp_path), served.url).project("openai-chatkit")
    assert [r.version for r in page.releases] == ["1.2.0", "1.3.0", "1.4.0", "1.10.0"]
    assert [r.yanked for r in page.releases] == [False, True, False, False]
    assert [r.has_wheel for r in page.releases] == [True, True, False, True]
    uploaded = page.releases[-1].uploaded
    assert uploaded is not None
    assert uploaded.isoformat() == "2025-11-13T12:00:00.500000+00:00"


def test_a_page_is_kept_for_when_the_index_is_out_of_reach(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with made_index(RELEASES) as served:
        index = Index(cache, served.url)
        index.project("openai-chatkit")
    age(cache)
    page = index.project("openai-chatkit")
    assert page.stale is not None
    assert "out of reach" in page.stale
    assert len(page.releases) == 4


def age(cache: Cache, fetched: float = 0) -> None:
    for meta in cache.root.rglob("openai-chatkit.json"):
        cache.write_json(meta, {**cache.read_json(meta), "fetched": fetched})


@pytest.mark.parametrize(("moved", "seen"), [(-60, 4), (3600, 5), (10**9, 5), (-(10**9), 5)])
def test_a_page_that_a_moved_clock_dates_wrong_is_fetched_again(
    tmp_path: Path, moved: float, seen: int
) -> None:
    cache = Cache(tmp_path)
    with made_index(RELEASES) as served:
        index = Index(cache, served.url)
        assert len(index.project("openai-chatkit").releases) == 4
        served.releases = [*RELEASES, MadeRelease(project="openai-chatkit", version="2.0")]
        age(cache, time.time() + moved)
        assert len(index.project("openai-chatkit").releases) == seen


def test_many_threads_are_answered_by_one_request(tmp_path: Path) -> None:
    with made_index(RELEASES) as served, ThreadPoolExecutor(8) as pool:
        index = Index(Cache(tmp_path), served.url)
        pages = list(pool.map(index.project, ["openai-chatkit"] * 8))
    assert all(page.releases is pages[0].releases for page in pages)


def test_files_are_fetched_by_the_address_that_the_page_names(tmp_path: Path) -> None:
    with made_index(RELEASES) as served:
        index = Index(Cache(tmp_path), served.url)
        wheels = [release.wheel for release in index.project("openai-chatkit").releases]
        assert [bool(address) for address in wheels] == [True, True, False, True]
        assert (index.file(wheels[0]) or b"")[:2] == b"PK"
    with pytest.raises(IndexUnreachableError):
        index.file(wheels[0])


def test_an_index_that_never_answered_is_an_error(tmp_path: Path) -> None:
    with made_index(RELEASES) as served:
        served.status = 500
        with pytest.raises(IndexUnreachableError, match="it answers 500"):
            Index(Cache(tmp_path), served.url).project("openai-chatkit")


def test_an_unknown_project_is_no_network_trouble(tmp_path: Path) -> None:
    with made_index(RELEASES) as served, pytest.raises(SelectionError, match="no such project"):
        Index(Cache(tmp_path), served.url).project("openai-chatkid")


def test_an_address_is_the_same_with_and_without_its_last_slash(tmp_path: Path) -> None:
    with made_index(RELEASES) as served:
        plain = Index(Cache(tmp_path), served.url.rstrip("/"))
        assert len(plain.project("openai-chatkit").releases) == 4
        assert (plain.url, plain.key) == (served.url, Index(Cache(tmp_path), served.url).key)


NO_PAGES = {
    "a login page": (
        "text/html",
        b"<html><form action='/login'>Password</form><a href='/help'>Help</a></html>",
    ),
    "nothing": ("text/html", b""),
    "other JSON": ("application/json", b'{"error": "log in first"}'),
    "no object": ("application/json", b"[]"),
    "no JSON": ("application/vnd.pypi.simple.v1+json", b"<html>"),
    "deep JSON": ("application/json", b"[" * 100_000),
    "a form from the future": (
        "application/json",
        b'{"meta": {"api-version": "9.0"}, "name": "x", "files": []}',
    ),
}


@pytest.mark.parametrize("what", NO_PAGES)
def test_what_is_no_index_page_is_neither_believed_nor_kept(tmp_path: Path, what: str) -> None:
    with made_index(RELEASES) as served:
        served.instead = NO_PAGES[what]
        with pytest.raises(IndexUnreachableError, match="no index page"):
            Index(Cache(tmp_path), served.url).project("openai-chatkit")
    assert not list(tmp_path.rglob("*.page"))


def test_a_login_page_does_not_replace_a_good_page(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with made_index(RELEASES) as served:
        index = Index(cache, served.url)
        index.project("openai-chatkit")
        age(cache)
        served.instead = NO_PAGES["a login page"]
        for _again in range(2):
            page = index.project("openai-chatkit")
            assert "no index page" in (page.stale or "")
            assert len(page.releases) == 4


def test_an_index_that_says_so_may_be_empty(tmp_path: Path) -> None:
    with made_index(RELEASES) as served:
        served.instead = ("text/html", b'<meta name="pypi:repository-version" content="1.0">')
        assert Index(Cache(tmp_path), served.url).project("openai-chatkit").releases == ()


@pytest.mark.parametrize(
    "meta", ["[]", "{}", "null", '"x"', '{"fetched": "now", "type": 1}', "[" * 5000, None]
)
def test_a_cached_page_that_cannot_be_read_is_fetched_again(tmp_path: Path, meta: str | None) -> None:
    with made_index(RELEASES) as served:
        index = Index(Cache(tmp_path), served.url)
        index.project("openai-chatkit")
        for path in tmp_path.rglob("openai-chatkit.json"):
            path.write_text(meta if meta is not None else path.read_text())
        for path in tmp_path.rglob("openai-chatkit.page"):
            path.write_bytes(path.read_bytes() if meta is not None else b"\xff garbage")
        page = index.project("openai-chatkit")
        assert (page.stale, len(page.releases)) == (None, 4)


def test_a_redirect_does_not_lead_past_the_certificates(tmp_path: Path) -> None:
    with made_index(RELEASES) as served, untrusted(RELEASES) as elsewhere:
        served.moved_to = elsewhere
        with pytest.raises(IndexUnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
            Index(Cache(tmp_path), served.url).project("openai-chatkit")


@contextmanager
def untrusted(releases: list[MadeRelease]) -> Iterator[str]:
    """The address of a project page behind a certificate of nobody whom anybody trusts."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    with made_index(releases, tls=tls) as served:
        yield f"{served.url}openai-chatkit/"


def test_uv_settings_come_before_pip_settings(tmp_path: Path) -> None:
    uv_file = tmp_path / "uv.toml"
    uv_file.write_text('[[index]]\nurl = "http://127.0.0.1:9/uv"\ndefault = true\n')
    pip_file = tmp_path / "pip.conf"
    pip_file.write_text("[global]\nindex-url = http://127.0.0.1:9/pip/\n")
    both = {"UV_CONFIG_FILE": str(uv_file), "PIP_CONFIG_FILE": str(pip_file)}
    assert configured_index(both) == "http://127.0.0.1:9/uv/"
    assert configured_index({**both, "UV_NO_CONFIG": "1", "UV_CONFIG_FILE": ""}) == "http://127.0.0.1:9/pip/"
    assert configured_index({**both, "UV_DEFAULT_INDEX": "http://127.0.0.1:9/env/"}).endswith("/env/")


def test_a_name_that_uv_gives_an_index_is_no_part_of_its_address() -> None:
    assert configured_index({"UV_DEFAULT_INDEX": "own=http://127.0.0.1:9/own"}) == "http://127.0.0.1:9/own/"


@pytest.mark.parametrize(
    "address", ["index.example/simple", "https://", "file:///simple", "https:///simple", "x"]
)
def test_what_is_no_address_is_told_by_where_it_stands(address: str) -> None:
    with pytest.raises(ConfigurationError, match="no address of a package index") as told:
        configured_index({"PIP_INDEX_URL": address, "UV_NO_CONFIG": "1"})
    assert told.value.culprit == "PIP_INDEX_URL"


@pytest.mark.parametrize("settings", ['index = "x"', "pip = 1", "index = [1]"])
def test_odd_settings_of_uv_are_passed_over(tmp_path: Path, settings: str) -> None:
    uv_file = tmp_path / "uv.toml"
    uv_file.write_text(settings)
    both = {"UV_CONFIG_FILE": str(uv_file), "PIP_INDEX_URL": "http://127.0.0.1:9/pip"}
    assert configured_index(both) == "http://127.0.0.1:9/pip/"


@pytest.mark.index
def test_the_configured_index_has_both_packages_with_upload_times(tmp_path: Path) -> None:
    index = Index(Cache(tmp_path))
    chatkit = index.project("openai-chatkit").releases
    assert {"1.2.0", "1.6.5"} <= {release.version for release in chatkit}
    assert all(release.uploaded is not None for release in chatkit)
