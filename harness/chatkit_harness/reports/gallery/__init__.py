"""The gallery: every component that a widget may have, drawn with each prop and value that is declared."""

from chatkit_harness.reports.gallery.document import gallery_document
from chatkit_harness.reports.gallery.page import gallery_pieces, is_gallery

__all__ = ["gallery_document", "gallery_pieces", "is_gallery"]
