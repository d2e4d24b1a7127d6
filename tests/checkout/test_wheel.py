"""A wheel in the place of a checkout: found, unpacked once, and never trusted."""

from __future__ import annotations

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatkit_harness.checkout.checkout import project_requirements, server_reference
from chatkit_harness.checkout.wheel import find_wheel, split_wheel, unpacked
from chatkit_harness.core.errors import ConfigurationError, SelectionError

NAME = "shop-1.0-py3-none-any.whl"
INFO = "shop-1.0.dist-info/METADATA"
METADATA = "Metadata-Version: 2.4\nName: shop\nVersion: 1.0\nRequires-Dist: openai-chatkit>=1.2\n"


def wheel(folder: Path, files: dict[str, str], name: str = NAME) -> Path:
    """A wheel of these files; none of them is looked at by whoever makes it."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return folder / name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shop.server:make", (None, "shop.server:make")),
        (f"dist/{NAME}:shop.server:make", (f"dist/{NAME}", "shop.server:make")),
        ("dist/*.whl:shop.server:make", ("dist/*.whl", "shop.server:make")),
        (f"C:\\dist\\{NAME}:shop.server:make", (f"C:\\dist\\{NAME}", "shop.server:make")),
        ("SHOP.WHL:shop:make", ("SHOP.WHL", "shop:make")),
    ],
)
def test_the_wheel_is_told_from_the_name_in_it(text: str, expected: tuple[str | None, str]) -> None:
    assert split_wheel(text) == expected


def test_a_wheel_is_found_by_its_path_or_by_a_pattern(tmp_path: Path) -> None:
    made = wheel(tmp_path / "dist", {})
    for text in (
        f"dist/{NAME}",
        "dist/*.whl",
        "dist/shop-?.0-*.whl",
        str(made),
        str(tmp_path / "*" / "*.whl"),
    ):
        assert find_wheel(text, tmp_path) == made


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    made = wheel(tmp_path / "dist[1]", {})
    assert find_wheel(f"dist[1]/{NAME}", tmp_path) == made


def test_none_and_several_are_refused(tmp_path: Path) -> None:
    for text in (f"dist/{NAME}", "dist/*.whl", str(tmp_path / "none" / "*.whl")):
        with pytest.raises(SelectionError, match="no such wheel"):
            find_wheel(text, tmp_path)
    wheel(tmp_path / "dist", {})
    wheel(tmp_path / "dist", {}, "shop-1.1-py3-none-any.whl")
    with pytest.raises(SelectionError, match=r"shop-1\.0.*shop-1\.1"):
        find_wheel("dist/*.whl", tmp_path)


def test_a_file_that_was_renamed_is_no_wheel(tmp_path: Path) -> None:
    wheel(tmp_path, {}, "shop.whl")
    with pytest.raises(SelectionError, match="not that of a wheel"):
        find_wheel("shop.whl", tmp_path)


def test_a_server_in_it_is_found_and_its_requirements_without_extras(tmp_path: Path) -> None:
    extra = 'Requires-Dist: uvicorn; extra == "serve"\nRequires-Dist: tzdata; sys_platform == "win32"\n'
    made = wheel(tmp_path, {"shop/server.py": "def make(): ...\n", INFO: METADATA + extra})
    found = server_reference("shop.server:make", unpacked(made, tmp_path / "cache"))
    required = project_requirements(found.project).requirements
    assert found.file.read_text() == "def make(): ...\n"
    assert "uvicorn" not in str(required)
    assert "tzdata" in str(required)


def test_it_is_unpacked_once_and_anew_when_it_is_another_one(tmp_path: Path) -> None:
    made = wheel(tmp_path, {"shop.py": "ONE = 1\n", INFO: METADATA})
    first = unpacked(made, tmp_path / "cache")
    (first / "shop.py").touch()
    assert unpacked(made, tmp_path / "cache") == first
    assert unpacked(wheel(tmp_path, {"shop.py": "TWO = 2\n", INFO: METADATA}), tmp_path / "cache") != first


def test_platform_data_goes_where_an_installation_puts_it(tmp_path: Path) -> None:
    data = "shop-1.0.data"
    files = {
        f"{data}/purelib/shop/server.py": "pure",
        f"{data}/platlib/shop/fast.py": "plat",
        f"{data}/scripts/shop": "#!python",
        f"{data}/headers/shop.h": "",
        INFO: METADATA,
    }
    folder = unpacked(wheel(tmp_path, files), tmp_path / "cache")
    there = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert there == ["requirements.txt", INFO, "shop/fast.py", "shop/server.py"]


@pytest.mark.parametrize(
    "entry",
    ["../outside.py", "shop/../../outside.py", "/outside.py", "shop-1.0.data/purelib/../../outside.py"],
)
def test_an_entry_that_leads_out_of_it_is_refused_and_nothing_is_left(tmp_path: Path, entry: str) -> None:
    made = wheel(tmp_path / "dist", {"shop.py": "", entry: "stolen", INFO: METADATA})
    with pytest.raises(ConfigurationError, match="leads out of the wheel"):
        unpacked(made, tmp_path / "cache")
    assert not list(tmp_path.rglob("outside.py"))
    assert not list((tmp_path / "cache").iterdir())


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"shop.py": ""}, "no METADATA"),
        ({INFO: METADATA + "Requires-Dist: what is this\n"}, "nobody can read"),
        ({"shop": "a file", "shop/server.py": "", INFO: METADATA}, "cannot be unpacked"),
    ],
)
def test_a_wheel_that_is_not_whole_is_refused(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        unpacked(wheel(tmp_path, files), tmp_path / "cache")


def test_a_file_that_is_no_archive_and_one_that_is_cut_off_are_refused(tmp_path: Path) -> None:
    made = wheel(tmp_path, {"shop.py": "x" * 5000, INFO: METADATA})
    for content in (b"no archive", made.read_bytes()[:200], b""):
        made.write_bytes(content)
        with pytest.raises(ConfigurationError, match="Build it again"):
            unpacked(made, tmp_path / "cache")


def test_content_that_was_changed_after_it_was_packed_is_refused(tmp_path: Path) -> None:
    made = wheel(tmp_path, {"shop.py": "PRICE = 1000\n", INFO: METADATA})
    made.write_bytes(made.read_bytes().replace(b"PRICE = 1000", b"PRICE = 9999"))
    with pytest.raises(ConfigurationError, match="CRC"):
        unpacked(made, tmp_path / "cache")


def test_two_at_once_come_to_the_same(tmp_path: Path) -> None:
    made = wheel(tmp_path, {**{f"shop/m{number}.py": "" for number in range(50)}, INFO: METADATA})
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: unpacked(made, tmp_path / "cache"), range(4)))
    assert len(set(found)) == 1
    assert [each.name for each in (tmp_path / "cache").iterdir()] == [found[0].name]
