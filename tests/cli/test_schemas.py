"""`schemas`: what is stored is what the packages say, and differences read like sentences."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.cli.command import call

from chatkit_harness.core.data import data_folder


def test_a_difference_names_component_and_prop() -> None:
    said = call("schemas", "diff", "1.3.1", "1.4.0")
    assert said.status == 0
    assert "StreamOptionsEvent (stream_options) is new" in said.out


def test_differences_come_as_a_document() -> None:
    document = json.loads(call("schemas", "diff", "1.0.0", "1.6.5", "--format", "json").out)
    assert (document["from"], document["to"]) == ("1.0.0", "1.6.5")
    assert {"kind", "schema", "where", "text", "breaking"} == set(document["changes"][0])


def test_a_release_does_not_differ_from_itself() -> None:
    assert "Nothing changed" in call("schemas", "diff", "1.4.0", "1.4.0").out


@pytest.mark.cells
def test_a_sync_writes_what_is_stored(tmp_path: Path) -> None:
    cache = os.environ.get("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    said = call("schemas", "sync", "--chatkit", "1.2.0,1.6.5", "--out", tmp_path / "out", "--cache", cache)
    assert said.status == 0
    stored = data_folder("schemas") / "chatkit"
    written = {path.name for path in (tmp_path / "out").iterdir()} - {"index.json"}
    assert len(written) == 6
    for name in written:
        assert (tmp_path / "out" / name).read_text() == (stored / name).read_text()


def test_a_gallery_is_written_and_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    out = tmp_path / "gallery.html"
    said = call("schemas", "gallery", "--chatkit", "v1.4.0", "--out", out)
    assert said.status == 0
    assert said.out == f"The gallery of chatkit's widgets is in {out}.\n"
    assert call("schemas", "gallery", "--out", out).status == 0
    assert "<title>Gallery of ChatKit widgets" in out.read_text()[:2000]
    out.write_text("mine")
    refused = call("schemas", "gallery", "--out", out)
    assert (refused.status, out.read_text()) == (2, "mine")
    assert "no gallery" in refused.err


def test_a_gallery_of_a_release_that_is_not_stored_is_none(tmp_path: Path) -> None:
    said = call("schemas", "gallery", "--chatkit", "1.3", "--out", tmp_path / "gallery.html")
    assert said.status == 2
    assert "Stored of 1.3: 1.3.0, 1.3.1" in said.err
    assert not (tmp_path / "gallery.html").exists()


def test_a_gallery_cannot_be_written_where_there_is_no_folder(tmp_path: Path) -> None:
    said = call("schemas", "gallery", "--out", tmp_path / "nowhere" / "gallery.html")
    assert said.status == 3
    assert "cannot be written" in said.err
