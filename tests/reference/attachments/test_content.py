"""What a file is, whatever is said of it."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.reference.attachments import files

from chatkit_harness.reference.attachments.content import examined, plain_type, require_fitting
from chatkit_harness.reference.attachments.preview import preview
from chatkit_harness.reference.attachments.refusals import AttachmentRefusedError

PIXELS = 40_000_000
HONEST = {
    "image/png": files.image("PNG"),
    "image/jpeg": files.image("JPEG"),
    "application/pdf": files.PDF,
}
LIARS = {
    "exe": (files.EXE, "type_not_allowed"),
    "html": (files.HTML, "type_not_allowed"),
    "svg": (files.SVG, "type_not_allowed"),
    "gif": (files.image("GIF"), "type_not_allowed"),
    "webp": (files.image("WEBP"), "type_not_allowed"),
    "archive": (files.archive(), "type_not_allowed"),
    "text": (b"just words", "type_not_allowed"),
    "one byte": (b"x", "type_not_allowed"),
    "png and archive": (files.png_and_archive(), "file_not_usable"),
    "pdf and archive": (files.PDF + files.archive() + b"%%EOF", "file_not_usable"),
    "png and pdf": (files.png_and_pdf(), "file_not_usable"),
    "png bomb": (files.bomb(), "file_not_usable"),
    "jpeg bomb": (files.jpeg_bomb(), "file_not_usable"),
    "jpeg of too many scans": (files.scan_bomb(200), "file_not_usable"),
    "jpeg of scans that hide": (files.scan_bomb(200, hidden=True), "file_not_usable"),
    "no pixels": (files.bomb(0, 10), "file_not_usable"),
    "half a png": (files.image(size=(400, 400))[:-40], "file_not_usable"),
    "half a jpeg": (files.image("JPEG", (400, 400))[:-40], "file_not_usable"),
    "half a pdf": (files.PDF[:60], "file_not_usable"),
    "signature alone": (b"\x89PNG\r\n\x1a\n", "file_not_usable"),
    "start marker alone": (b"\xff\xd8\xff\xe0", "file_not_usable"),
    "a chunk longer than the file": (files.image()[:33] + b"\xff\xff\xff\xf0IDAT", "file_not_usable"),
}


@pytest.mark.parametrize("kind", HONEST)
def test_an_honest_file_is_kept_as_it_came(kind: str) -> None:
    assert examined(HONEST[kind], None, PIXELS) == (kind, HONEST[kind])
    assert examined(HONEST[kind], kind, PIXELS) == (kind, HONEST[kind])


@pytest.mark.parametrize("lie", LIARS)
def test_a_liar_is_refused(lie: str) -> None:
    data, code = LIARS[lie]
    with pytest.raises(AttachmentRefusedError) as refused:
        examined(data, None, PIXELS)
    assert refused.value.code == code


@pytest.mark.parametrize("declared", HONEST)
def test_another_type_than_was_declared_is_refused(declared: str) -> None:
    for kind, data in HONEST.items():
        if kind != declared:
            with pytest.raises(AttachmentRefusedError, match=f"announced as {declared}"):
                examined(data, declared, PIXELS)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_what_hangs_on_an_image_is_left_off(form: str) -> None:
    data = files.image(form)
    assert examined(data + files.HTML, None, PIXELS)[1] == data
    assert examined(data + files.archive(), None, PIXELS)[1] == data


@pytest.mark.parametrize(
    "options", [{"progressive": True}, {"quality": 95, "subsampling": 0}, {"restart_marker_rows": 1}]
)
def test_every_kind_of_jpeg_is_walked_to_its_end(options: dict[str, Any]) -> None:
    data = files.image("JPEG", (300, 200), **options)
    assert examined(data, None, PIXELS)[1] == data


def test_a_jpeg_may_have_some_scans() -> None:
    room = 100 - files.scan_bomb(0).count(b"\xff\xda")
    data = files.scan_bomb(room)
    assert examined(data, None, PIXELS)[1] == data
    with pytest.raises(AttachmentRefusedError, match="too many scans"):
        examined(files.scan_bomb(room + 1), None, PIXELS)


def test_the_limit_of_pixels_is_the_product_of_both_sides() -> None:
    assert examined(files.image(size=(50, 20)), None, 1000)[0] == "image/png"
    with pytest.raises(AttachmentRefusedError, match="too many pixels"):
        examined(files.image(size=(50, 21)), None, 1000)


@pytest.mark.parametrize(
    ("declared", "plain"),
    [
        ("IMAGE/JPG; charset=x", "image/jpeg"),
        ("application/octet-stream", None),
        (None, None),
        ("text/html", "text/html"),
    ],
)
def test_declared_types_have_one_spelling(declared: str | None, plain: str | None) -> None:
    assert plain_type(declared) == plain


def test_a_preview_is_small_upright_and_tells_nothing() -> None:
    kind, drawn = preview(files.photo(), PIXELS, 32)
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.size == (16, 32)
        assert not image.getexif()
    assert kind == "image/jpeg"
    assert b"home" in files.photo()
    assert b"home" not in drawn


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_a_preview_of_every_mode(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    kind, drawn = preview(files.image(form, (900, 300), mode), PIXELS, 100)
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.size == (100, 33)
    assert kind == ("image/png" if "A" in mode else "image/jpeg")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "I;16", "RGB"])
@pytest.mark.parametrize("side", [10, 100])
def test_a_preview_looks_like_its_image(mode: str, side: int) -> None:
    _kind, drawn = preview(files.gradient((300, 900), mode), PIXELS, side)
    with Image.open(io.BytesIO(drawn)) as image:
        grey = image.convert("L").tobytes()
    assert grey[0] < 40
    assert grey[-1] > 215


def test_a_large_photo_is_upright_too() -> None:
    _kind, drawn = preview(files.photo(), PIXELS, 8)
    with Image.open(io.BytesIO(drawn)) as image:
        assert image.size == (4, 8)


@pytest.mark.parametrize("interlaced", [False, True])
def test_no_preview_of_what_holds_more_than_its_header_says(interlaced: bool) -> None:
    with pytest.raises(AttachmentRefusedError, match="more than its header says"):
        preview(files.overfull(interlaced), PIXELS, 100)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (9, 5), (64, 48)])
@pytest.mark.parametrize("colours", [0, 2, 6])
def test_an_interlaced_image_holds_what_its_header_says(size: tuple[int, int], colours: int) -> None:
    require_fitting(files.interlaced(size, colours))
    with pytest.raises(AttachmentRefusedError):
        require_fitting(files.interlaced(size, colours, more=70_000))


def test_a_preview_of_several_frames_is_the_first() -> None:
    more = [Image.new("RGB", (64, 48), "blue")]
    data = files.image(save_all=True, append_images=more)
    assert preview(data, PIXELS, 32)[0] == "image/jpeg"


@pytest.mark.parametrize(
    "data", [files.bomb(), files.bomb(6000, 6000), files.text_bomb(), files.image("GIF"), files.EXE]
)
def test_no_preview_of_what_is_none(data: bytes) -> None:
    with pytest.raises(AttachmentRefusedError):
        preview(data, PIXELS, 32)


@given(
    data=st.sampled_from([*HONEST.values(), files.photo(), files.image("PNG", (40, 30), "P")]),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=6)), min_size=1, max_size=4),
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_whatever_is_damaged_is_refused_or_kept_and_nothing_breaks(
    data: bytes, changes: list[tuple[int, bytes]]
) -> None:
    for at, put in changes:
        place = at % len(data)
        data = data[:place] + put + data[place + len(put) // 2 :]
    with contextlib.suppress(AttachmentRefusedError):
        kind, kept = examined(data, None, 1_000_000)
        assert kind in HONEST
        assert data.startswith(kept)
        if kind != "application/pdf":
            assert preview(kept, 1_000_000, 32)[0].startswith("image/")
