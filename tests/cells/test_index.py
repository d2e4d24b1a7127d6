"""The index: both forms, upload times, yanked releases, and what happens when it is out of reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.made_index import MadeRelease, made_index

from chatkit_harness.cells.cache import Cache
from chatkit_harness.cells.index import Index, configured_index
from chatkit_harness.core.errors import IndexUnreachableError, SelectionError

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
    for meta in tmp_path.rglob("openai-chatkit.json"):
        cache.write_json(meta, {"fetched": 0, "type": "application/vnd.pypi.simple.v1+json"})
    page = index.project("openai-chatkit")
    assert page.stale is not None
    assert "out of reach" in page.stale
    assert len(page.releases) == 4


def test_an_index_that_never_answered_is_an_error(tmp_path: Path) -> None:
    with made_index(RELEASES) as served:
        served.status = 500
        with pytest.raises(IndexUnreachableError, match="it answers 500"):
            Index(Cache(tmp_path), served.url).project("openai-chatkit")


def test_an_unknown_project_is_no_network_trouble(tmp_path: Path) -> None:
    with made_index(RELEASES) as served, pytest.raises(SelectionError, match="no such project"):
        Index(Cache(tmp_path), served.url).project("openai-chatkid")


def test_uv_settings_come_before_pip_settings(tmp_path: Path) -> None:
    uv_file = tmp_path / "uv.toml"
    uv_file.write_text('[[index]]\nurl = "http://127.0.0.1:9/uv"\ndefault = true\n')
    pip_file = tmp_path / "pip.conf"
    pip_file.write_text("[global]\nindex-url = http://127.0.0.1:9/pip/\n")
    both = {"UV_CONFIG_FILE": str(uv_file), "PIP_CONFIG_FILE": str(pip_file)}
    assert configured_index(both) == "http://127.0.0.1:9/uv/"
    assert configured_index({**both, "UV_NO_CONFIG": "1", "UV_CONFIG_FILE": ""}) == "http://127.0.0.1:9/pip/"
    assert configured_index({**both, "UV_DEFAULT_INDEX": "http://127.0.0.1:9/env/"}).endswith("/env/")


@pytest.mark.index
def test_the_configured_index_has_both_packages_with_upload_times(tmp_path: Path) -> None:
    index = Index(Cache(tmp_path))
    chatkit = index.project("openai-chatkit").releases
    assert {"1.2.0", "1.6.5"} <= {release.version for release in chatkit}
    assert all(release.uploaded is not None for release in chatkit)
