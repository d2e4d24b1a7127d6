from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import chatkit_harness.reference

ROOT = Path(chatkit_harness.reference.__path__[0])
FILES = sorted(ROOT.rglob("*.py"))
IN_EVERY_CELL = {"agents", "chatkit", "openai", "pydantic", "starlette", "uvicorn"}

# What is started by its path has no package to be relative to.
OF_A_SCRIPT = {"chatkit_harness", "uvicorn"}

OF_AN_EXTRA = {"attachments": {"PIL", "puremagic"}, "stores": {"psycopg", "psycopg_pool"}}
"""Packages that a cell has only where they are asked for, by the folder that needs them."""


def absolute_imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_cell_can_read_and_import_it(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 10))
    allowed = IN_EVERY_CELL | (OF_A_SCRIPT if file == ROOT / "web/run.py" else set())
    extra = OF_AN_EXTRA.get(file.parent.name, set())
    assert set(absolute_imports(tree)) <= allowed | extra | sys.stdlib_module_names


def test_what_only_some_cells_have_is_imported_where_it_is_used() -> None:
    code = "import sys, chatkit_harness.reference.attachments.routes, chatkit_harness.reference.stores; "
    code += f"print(sorted({set().union(*OF_AN_EXTRA.values())!r} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_only_the_shim_asks_what_a_release_has() -> None:
    asking = [
        file.name for file in FILES if "hasattr(" in file.read_text() or "ImportError" in file.read_text()
    ]
    assert asking == ["postgres.py"]  # which tells who lacks its driver, no part of any release
