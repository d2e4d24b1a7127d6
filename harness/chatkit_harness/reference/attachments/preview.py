"""Small pictures of images: drawn anew, so that nothing of the file but its pixels is in them."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

from . import refusals
from .content import require_fitting

if TYPE_CHECKING:
    from PIL import Image

_DAMAGED = (OSError, ValueError, TypeError, LookupError, ArithmeticError, SyntaxError, EOFError, struct.error)
"""What Pillow raises for images that are none, all of which somebody has sent on purpose."""

COARSE = 4
"""How many times larger than its preview an image may be that is drawn with care."""


def preview(data: bytes, max_pixels: int, side: int) -> tuple[str, bytes]:
    """A PNG or JPEG of at most `side` by `side` pixels, upright, with its type; the whole image is decoded.

    Neither EXIF data (which may say where a photo was taken) nor any other metadata goes along. Raises
    AttachmentRefusedError for what cannot be decoded, and for too many pixels, or more than the header says,
    before they are.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > max_pixels:
                raise refusals.unsafe("The image has too many pixels.")
            if image.format == "PNG":
                require_fitting(data)
            image.draft("RGB", (side, side))  # a JPEG can be decoded at a fraction of its size
            bare = _bare(image, side)
    except refusals.AttachmentRefusedError:
        raise
    except (*_DAMAGED, Image.DecompressionBombError):
        raise refusals.unsafe("The image is damaged, or not complete.") from None
    form = "PNG" if bare.mode == "RGBA" else "JPEG"
    drawn = io.BytesIO()
    bare.save(drawn, form)
    return f"image/{form.lower()}", drawn.getvalue()


def _bare(image: Image.Image, side: int) -> Image.Image:
    """The image small, upright, in RGB or RGBA, with nothing else on it."""
    from PIL import Image, ImageOps

    shown: Image.Image = image
    large = COARSE * side / max(image.size)
    if large < 1:  # a good filter would copy the whole image before it makes it smaller
        size = max(round(image.width * large), 1), max(round(image.height * large), 1)
        shown = image.resize(size, Image.Resampling.NEAREST)
        shown.info = image.info
    if image.mode.startswith("I"):  # 16 bits a pixel
        shown = shown.convert("I").point(lambda value: value / 256).convert("L")
    shown.thumbnail((side, side))
    upright = ImageOps.exif_transpose(shown)
    clear = "A" in upright.getbands() or "transparency" in upright.info
    pixels = upright.convert("RGBA" if clear else "RGB")
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    return bare
