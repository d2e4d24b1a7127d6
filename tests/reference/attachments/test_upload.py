"""Files on their way in: directly and in two phases, whole and broken off, honest and not."""

from __future__ import annotations

import pytest
from tests.reference.attachments import files
from tests.reference.attachments.conftest import FORM, LIMITS, Site, form

PNG, JPEG = files.image(), files.image("JPEG")
WHOLE = ["ID.file", "ID.json", "ID.preview"]


async def test_a_direct_upload_gives_an_image_with_a_preview(site: Site) -> None:
    attachment = await site.uploaded(PNG, "chart.png", "image/png")
    assert attachment.keys() == {"id", "name", "mime_type", "type", "preview_url"}
    assert (attachment["type"], attachment["name"]) == ("image", "chart.png")
    shown = await site.send("GET", attachment["preview_url"], user="nobody")
    assert (shown.status, shown.headers["content-type"]) == (200, "image/jpeg")
    assert site.on_disk() == WHOLE


async def test_two_phases_give_a_place_and_then_a_file(site: Site) -> None:
    announced = (await site.announce("report.pdf", len(files.PDF), "application/pdf")).document
    assert announced["type"] == "file"
    assert announced["upload_descriptor"]["method"] == "PUT"
    done = await site.put(announced, files.PDF, "application/pdf")
    assert done.status == 200
    assert "upload_descriptor" not in done.document
    got = await site.send("GET", f"/attachments/{announced['id']}/content")
    assert got.content == files.PDF


async def test_the_second_phase_takes_a_form_as_well(site: Site) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    address = announced["upload_descriptor"]["url"]
    done = await site.send("POST", address, [form(PNG, "other", "image/png")], content_type=FORM)
    assert (done.status, done.document["name"]) == (200, "chart.png")


async def test_an_upload_link_is_good_once(site: Site) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    assert (await site.put(announced, PNG)).status == 200
    assert (await site.put(announced, PNG)).code == "already_uploaded"


@pytest.mark.parametrize(
    ("content", "name", "declared", "code"),
    [
        (files.EXE, "chart.png", "image/png", "type_not_allowed"),
        (files.EXE, "chart.png", "application/octet-stream", "type_not_allowed"),
        (JPEG, "chart.png", "image/png", "type_mismatch"),
        (files.HTML, "page.html", "text/html", "type_not_allowed"),
        (files.png_and_pdf(), "chart.png", "image/png", "file_not_usable"),
        (files.bomb(), "chart.png", "image/png", "file_not_usable"),
        (files.text_bomb(), "chart.png", "image/png", "file_not_usable"),
        (PNG[:-20], "chart.png", "image/png", "file_not_usable"),
        (b"", "chart.png", "image/png", "type_not_allowed"),
    ],
)
async def test_a_liar_leaves_nothing_behind(
    site: Site, content: bytes, name: str, declared: str, code: str
) -> None:
    answer = await site.post(content, name, declared)
    assert answer.code == code
    assert site.on_disk() == []


async def test_a_liar_of_the_second_phase_can_send_the_right_file(site: Site) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    wrong = files.EXE.ljust(len(PNG), b"\0")[: len(PNG)]
    assert (await site.put(announced, wrong)).code == "type_not_allowed"
    assert (await site.put(announced, PNG, "image/jpeg")).code == "type_mismatch"
    assert (await site.put(announced, PNG)).status == 200


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "", "image/gif"])
async def test_what_is_not_taken_is_refused_when_it_is_announced(site: Site, kind: str) -> None:
    assert (await site.announce("chart.png", 10, kind)).code == "type_not_allowed"
    assert site.on_disk() == []


@pytest.mark.parametrize("size", [LIMITS.file_bytes + 1, 0, -5, 10**30])
async def test_a_size_that_cannot_be_is_refused_when_it_is_announced(site: Site, size: int) -> None:
    assert (await site.announce("chart.png", size, "image/png")).status in (413, 422)
    assert site.on_disk() == []


async def test_reading_stops_where_a_form_is_too_large(site: Site) -> None:
    pieces = [form(PNG, "a.png", "image/png")[:-10], *[bytes(50_000)] * 1000]
    answer = await site.send("POST", "/attachments", pieces, content_type=FORM)
    assert (answer.status, answer.code) == (413, "file_too_large")
    assert answer.pieces < 10
    assert site.on_disk() == []


async def test_reading_stops_where_more_comes_than_was_announced(site: Site) -> None:
    announced = (await site.announce("chart.png", 100, "image/png")).document
    address = announced["upload_descriptor"]["url"]
    answer = await site.send("PUT", address, [bytes(60)] * 1000)
    assert (answer.status, answer.pieces) == (413, 2)
    assert site.on_disk() == ["ID.json"]


@pytest.mark.parametrize("length", ["9999999", "9" * 5000])
@pytest.mark.parametrize("path", ["/attachments", "second phase"])
async def test_a_length_that_is_too_large_is_refused_before_anything_is_read(
    site: Site, path: str, length: str
) -> None:
    if path != "/attachments":
        path = (await site.announce("chart.png", 100, "image/png")).document["upload_descriptor"]["url"]
    answer = await site.send("POST", path, [bytes(10)], content_type=FORM, content_length=length)
    assert (answer.status, answer.pieces) == (413, 0)


@pytest.mark.parametrize("content", [PNG[:-1], PNG[: len(PNG) // 2], b""])
async def test_less_than_was_announced_is_no_upload(site: Site, content: bytes) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    answer = await site.put(announced, content)
    assert (answer.status, answer.code) == (422, "upload_incomplete")
    assert site.on_disk() == ["ID.json"]


@pytest.mark.parametrize("phase", ["direct", "second"])
async def test_who_goes_away_in_the_middle_leaves_nothing_half_written(site: Site, phase: str) -> None:
    announced = (await site.announce("chart.png", len(PNG), "image/png")).document
    address = announced["upload_descriptor"]["url"] if phase == "second" else "/attachments"
    kind, sent = ("image/png", PNG) if phase == "second" else (FORM, form(PNG, "a.png", "image/png"))
    answer = await site.send("POST", address, [sent[:100]], whole=False, content_type=kind)
    assert answer.code == "invalid_upload"
    assert site.on_disk() == ["ID.json"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("image/png", PNG),
        ("multipart/form-data", PNG),
        (FORM, b"no form at all"),
        (FORM, b'--edge\r\ncontent-disposition: form-data; name="a"\r\n\r\nwords\r\n--edge--\r\n'),
        (FORM, form(PNG, "a.png", "image/png")[:-10] + b"\r\n" + form(PNG, "b.png", "image/png")),
        (FORM, b""),
    ],
)
async def test_what_is_no_form_with_one_file_is_refused(site: Site, kind: str, body: bytes) -> None:
    answer = await site.send("POST", "/attachments", [body], content_type=kind)
    assert (answer.status, answer.code) == (422, "invalid_upload")


async def test_all_files_of_a_user_have_a_bound_and_announced_ones_count(site: Site) -> None:
    assert (await site.announce("a.png", 200_000, "image/png")).status == 200
    assert (await site.announce("b.png", 200_000, "image/png")).status == 200
    assert (await site.announce("c.png", 200_000, "image/png")).code == "no_room_left"
    assert (await site.announce("c.png", 200_000, "image/png", user="bob")).status == 200
    assert site.on_disk() == ["ID.json"] * 3


async def test_the_number_of_files_has_a_bound(site: Site) -> None:
    kept = [await site.uploaded(PNG, "a.png", "image/png") for _ in range(LIMITS.user_files)]
    assert (await site.post(PNG, "a.png", "image/png")).code == "no_room_left"
    assert (await site.sdk("attachments.delete", attachment_id=kept[0]["id"])).status == 200
    assert (await site.post(PNG, "a.png", "image/png")).status == 200


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\Users\\\\ada\\\\chart.png", "chart.png"),
        ("Ümläut 图表 📈.png", "Ümläut 图表 📈.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("..", "file"),
        ("x" * 500 + ".png", "x" * 141 + ".png"),
    ],
)
async def test_a_name_is_shown_and_is_never_a_path(site: Site, name: str, shown: str) -> None:
    announced = (await site.announce(name, len(PNG), "image/png")).document
    assert announced["name"] == shown
    assert (await site.put(announced, PNG)).status == 200
    assert site.on_disk() == WHOLE
    direct = await site.uploaded(PNG, name, "image/png")
    assert direct["name"] == shown
