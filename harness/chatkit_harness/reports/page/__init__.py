"""The page that people look at: data of a run, compressed, and the scripts that draw it, in one file."""

from chatkit_harness.reports.page.assemble import Block, page_pieces

__all__ = ["Block", "page_pieces"]
