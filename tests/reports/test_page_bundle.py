"""The page's scripts as one: each module with a scope of its own; what is not understood is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from chatkit_harness.reports.page.assets import OWN, SHARED, asset
from chatkit_harness.reports.page.bundle import bundle

NODE = shutil.which("node")


def joined(**modules: str) -> str:
    return bundle("main", lambda name: modules[name.removesuffix(".js")])


def test_what_is_imported_stands_before_what_imports_it_and_once() -> None:
    script = joined(
        main='import { a } from "./one.js";\nimport { b as c } from "./two.js";\na(c);\n',
        one='import { b } from "./two.js";\nexport function a(x) { return b(x); }\n',
        two="export const b = 1;\n",
    )
    assert [script.index(f"const module_{name} = (") for name in ("two", "one", "main")] == sorted(
        script.index(f"const module_{name} = (") for name in ("two", "one", "main")
    )
    assert script.count("const module_two") == 1
    assert "const { b: c } = module_two;" in script
    assert "return { a };" in script
    assert not re.search(r"^(import|export)\b", script, re.MULTILINE)


def test_exports_of_every_declaration_are_kept() -> None:
    script = joined(
        main="export function f() {}\nexport async function g() {}\nexport const h = 1;\nexport class K {}\n"
    )
    assert "return { f, g, h, K };" in script


def test_a_circle_of_imports_is_named() -> None:
    one, two = 'import { b } from "./two.js";\n', 'import { a } from "./main.js";\n'
    with pytest.raises(ValueError, match="in a circle: main -> two -> main"):
        joined(main=one, two=two)


@pytest.mark.parametrize(
    "line",
    [
        'import x from "./one.js";',
        'import * as x from "./one.js";',
        'import { x } from "https://example.test/one.js";',
        "export default x;",
        'export { x } from "./one.js";',
        "export { x };",
    ],
)
def test_a_form_that_is_not_understood_is_refused(line: str) -> None:
    with pytest.raises(
        ValueError, match=re.escape(f"main.js: cannot be joined with the others: {line[:40]}")
    ):
        joined(main=f"{line}\n", one="export const x = 1;\n")


@pytest.mark.skipif(NODE is None, reason="no node on this machine, which reads scripts as a browser does")
def test_the_page_s_own_scripts_are_one_that_a_browser_reads(tmp_path: Path) -> None:
    path = tmp_path / "page.js"
    path.write_text(bundle("main", asset))
    done = subprocess.run([NODE or "", "--check", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_module_is_named_like_one_of_the_reference_server() -> None:
    # The page's own come first: a module of the same name would hide a shared one unseen.
    assert {path.name for path in OWN.glob("*.js")} & {path.name for path in SHARED.glob("*.js")} == set()


def test_no_script_writes_markup() -> None:
    for path in OWN.glob("*.js"):
        found = re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", path.read_text()
        )
        assert found is None, f"{path.name}: {found}"


def test_a_script_that_is_not_there_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.js"):
        asset("nothing.js")
