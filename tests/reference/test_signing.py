"""Keys that are kept in files."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatkit_harness.reference.attachments.folder import AttachmentFolder
from chatkit_harness.reference.signing import KeyFileError, decode, encode, kept_key


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "key"
    assert kept_key(path, b"a" * 32) == kept_key(path, b"b" * 32) == b"a" * 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_all_who_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starting:
        for turn in range(20):
            path = tmp_path / str(turn)
            keys = list(starting.map(lambda n, path=path: kept_key(path, bytes([n]) * 32), range(8)))
            assert len(set(keys)) == 1


@pytest.mark.parametrize("found", ["folder", "empty", "short"])
def test_what_is_no_key_is_told_by_the_name_of_its_file(tmp_path: Path, found: str) -> None:
    path = tmp_path / "secret"
    path.mkdir() if found == "folder" else path.write_bytes(b"" if found == "empty" else b"x" * 31)
    with pytest.raises(KeyFileError, match="secret") as told:
        kept_key(path, b"a" * 32)
    assert str(tmp_path) not in str(told.value)
    with pytest.raises(KeyFileError):
        AttachmentFolder(tmp_path)


@pytest.mark.parametrize("data", [b"", b"a", b"ab", b"abc", bytes(range(256))])
def test_what_is_spelled_for_an_address_is_read_again(data: bytes) -> None:
    assert decode(encode(data)) == data
    assert not set(encode(data)) & set("+/=?&#")
