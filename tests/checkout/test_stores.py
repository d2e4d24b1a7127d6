"""Which names of a module are offered where `--store` names one that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatkit_harness.checkout.checkout import server_reference
from chatkit_harness.core.errors import SelectionError

OWN = """
import logging
from chatkit.store import NotFoundError, Store

log = logging.getLogger(__name__)
ATTACHMENT = 1

class Absent(NotFoundError): ...
class Base(Store[dict]): ...
class Kept(Base): ...
class Odd(Odd): ...

def create_kept(): ...
def checked(row): ...
def ours() -> "Store[dict]": ...

usual_store = Kept
"""
PASSED_ON = "from .files import FileStore, log\n"
NONE = "SIZE = 3\n"


def refused(folder: Path, source: str, name: str, option: str = "--store") -> str:
    (folder / "shop.py").write_text(source)
    with pytest.raises(SelectionError) as error:
        server_reference(name, folder, option=option)
    return error.value.next_step


@pytest.mark.parametrize(
    ("source", "offered"),
    [
        (OWN, "Valid: Base, Kept, create_kept, ours, usual_store."),
        (PASSED_ON, "Valid: FileStore."),
        (NONE, "Valid: SIZE."),
    ],
)
def test_what_can_be_a_store_is_offered(tmp_path: Path, source: str, offered: str) -> None:
    assert refused(tmp_path, source, "shop:Xyzzy") == offered


def test_a_module_alone_is_answered_with_a_store_in_it(tmp_path: Path) -> None:
    assert refused(tmp_path, OWN, "shop") == "Write shop:Base."


def test_a_server_may_have_any_name(tmp_path: Path) -> None:
    assert "ATTACHMENT" in refused(tmp_path, OWN, "shop:Xyzzy", "--server")
