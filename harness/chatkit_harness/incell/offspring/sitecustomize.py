"""Puts the fence up in a Python program that a cell has started, and then is as if it had not been there."""

import os
import sys


def _put_up() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [each for each in sys.path if os.path.abspath(each) != here]
    file = os.path.join(os.path.dirname(here), "fence.py")
    place = {"__name__": "chatkit_harness_fence", "__file__": file}
    try:
        with open(file, encoding="utf-8") as source:
            exec(compile(source.read(), file, "exec"), place)  # noqa: S102  # the package is not on its path
        place["raise_up_for_a_cell"]()  # type: ignore[operator]  # what the file defines
    except (OSError, SyntaxError):  # a cache that was cleared, or a Python that is too old
        pass


def _make_way() -> None:
    """Whatever module of this name would have been imported is imported now."""
    mine = sys.modules.pop("sitecustomize")
    try:
        __import__("sitecustomize")
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        sys.modules.setdefault("sitecustomize", mine)


_put_up()
_make_way()
