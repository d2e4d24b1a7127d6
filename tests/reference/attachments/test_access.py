"""Who gets to see a file, by which link, and what a browser may do with it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from chatkit.store import NotFoundError
from tests.reference.attachments import files
from tests.reference.attachments.conftest import Site, as_user

from chatkit_harness.reference.attachments.folder import home_of
from chatkit_harness.reference.attachments.limits import AttachmentLimits
from chatkit_harness.reference.attachments.links import Link, sign
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.web import create_app

PNG = files.image()
IDS = ["..", "../secret", "atc_" + "0" * 32, "atc_" + "A" * 32, "%2e%2e%2fsecret", "atc_0\x00", "secret"]


def token_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["token"][0]


async def test_a_file_is_its_owners_alone(site: Site) -> None:
    mine = await site.uploaded(PNG, "chart.png", "image/png")
    path = f"/attachments/{mine['id']}/content"
    assert (await site.send("GET", path)).content == PNG
    for theirs in (path, path.replace("content", "preview")):
        refused = await site.send("GET", theirs, user="bob")
        assert (refused.status, refused.code) == (403, "not_yours")
    assert (await site.sdk("attachments.delete", user="bob", attachment_id=mine["id"])).status == 403
    assert (await site.send("GET", path)).status == 200


async def test_nobody_in_particular_gets_nothing(site: Site) -> None:
    mine = await site.uploaded(PNG, "chart.png", "image/png")
    site.app = create_app(site.server, market=FixtureMarketData())
    assert (await site.send("GET", f"/attachments/{mine['id']}/content")).status == 401
    assert (await site.post(PNG, "a.png", "image/png")).status == 401
    assert (await site.send("GET", mine["preview_url"])).status == 200


async def test_a_browser_neither_guesses_nor_runs_anything(site: Site) -> None:
    mine = (await site.announce('a"\r\nb 图.exe', len(files.PDF), "application/pdf")).document
    assert (await site.put(mine, files.PDF)).status == 200
    got = await site.send("GET", f"/attachments/{mine['id']}/content")
    assert got.headers["content-type"] == "application/pdf"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    named = "attachment; filename=\"a_b _.exe.pdf\"; filename*=UTF-8''a%22b%20%E5%9B%BE.exe.pdf"
    assert got.headers["content-disposition"] == named


@pytest.mark.parametrize(
    "change",
    [
        {"attachment_id": "atc_" + "1" * 32},
        {"home": home_of("bob")},
        {"size": 5},
        {"size": None},
        {"what": "preview"},
        {"expires": 1.0},
    ],
)
async def test_a_link_is_bound_to_what_it_says(site: Site, change: dict[str, object]) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    address = announced["upload_descriptor"]["url"]
    claimed = json.loads(base64.urlsafe_b64decode(token_of(address).split(".")[0] + "=="))
    right = Link(**claimed)
    secret = (site.folder / "secret").read_bytes()
    assert sign(secret, right) == token_of(address)
    for key, changed in ((secret, replace(right, **change)), (b"x" * 32, right)):  # type: ignore[arg-type]  # any field
        forged = address.replace(token_of(address), sign(key, changed))
        answer = await site.send("PUT", forged, [PNG])
        assert answer.status == 403
        assert answer.pieces == 0
    assert (await site.send("PUT", address, [PNG])).status == 200


@pytest.mark.parametrize("token", ["", ".", "a.b", "é.ü", "x" * 5000, "e30.e30", "bnVsbA." + "A" * 43])
async def test_what_is_no_token_opens_nothing(site: Site, token: str) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    for method, place in (("PUT", "content"), ("GET", "preview")):
        answer = await site.send(method, f"/attachments/{announced['id']}/{place}?token={token}", [PNG])
        assert answer.code == "link_invalid"


async def test_an_upload_link_expires(site: Site) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    site.now += site.limits.upload_s
    assert (await site.put(announced, PNG)).code == "link_expired"


async def test_links_outlive_the_process_and_not_the_file(site: Site) -> None:
    mine = await site.uploaded(PNG, "chart.png", "image/png")
    again = Site(site.folder, store=site.store)
    assert (await again.send("GET", mine["preview_url"])).status == 200
    await again.sdk("attachments.delete", attachment_id=mine["id"])
    assert (await again.send("GET", mine["preview_url"])).status == 404
    assert again.on_disk() == []


@pytest.mark.parametrize("attachment_id", IDS)
async def test_no_id_leaves_the_folder(site: Site, attachment_id: str) -> None:
    await site.uploaded(PNG, "chart.png", "image/png")
    for path in (f"/attachments/{attachment_id}/content", f"/attachments/{attachment_id}/preview"):
        answer = await site.send("GET", path)
        assert answer.status == 404
    with pytest.raises(NotFoundError):
        await site.attachments.delete_attachment(attachment_id, as_user("ada"))
    with pytest.raises(NotFoundError):
        site.attachments.require_ready([attachment_id], as_user("ada"))
    assert site.on_disk() == ["ID.file", "ID.json", "ID.preview"]


@pytest.mark.parametrize("user", ["../ada", "ada/..", "", "\ud800", "x" * 10_000, ".", "secret"])
async def test_no_user_leaves_the_folder(site: Site, user: str) -> None:
    home = site.folder / home_of(user)
    assert home.parent == site.folder
    with pytest.raises(NotFoundError):
        await site.attachments.delete_attachment("atc_" + "0" * 32, as_user(user))


async def test_links_in_the_folder_are_not_followed(site: Site, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"not yours")
    mine = await site.uploaded(PNG, "chart.png", "image/png")
    file = site.folder / home_of("ada") / f"{mine['id']}.file"
    file.unlink()
    file.symlink_to(outside)
    assert (await site.send("GET", f"/attachments/{mine['id']}/content")).status == 404
    await site.sdk("attachments.delete", attachment_id=mine["id"])
    assert outside.read_bytes() == b"not yours"


async def test_a_users_folder_that_is_a_link_is_no_folder(site: Site, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (site.folder / home_of("ada")).symlink_to(tmp_path / "elsewhere")
    assert (await site.post(PNG, "chart.png", "image/png")).status == 500
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_folder_is_for_its_owner_only(site: Site) -> None:
    assert site.folder.stat().st_mode & 0o077 == 0
    assert (site.folder / "secret").stat().st_mode & 0o077 == 0


async def test_an_upload_that_takes_too_long_is_cut_off(tmp_path: Path) -> None:
    site = Site(tmp_path / "slow", limits=AttachmentLimits(receive_s=0.0))
    assert (await site.post(PNG, "chart.png", "image/png")).code == "upload_timeout"
    assert site.on_disk() == []
