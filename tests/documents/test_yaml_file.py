from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.documents import load_yaml, read_yaml


def load(text: str, **more: Any) -> Any:
    return load_yaml(text, name="a.yaml", error=ScenarioError, **more)


def refused(text: str, **more: Any) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load(text, **more)
    return caught.value


def test_plain_data_comes_back_as_json_types() -> None:
    text = "a: 1\nb: [x, 2.5, true, null]\nc: 2026-01-02\n1: .nan\non: yes\nd: '7'\n"
    assert load(text).data == {
        "a": 1,
        "b": ["x", 2.5, True, None],
        "c": "2026-01-02",
        "1": ".nan",
        "on": True,
        "d": "7",
    }


def test_each_place_knows_its_line() -> None:
    located = load("id: a\nturns:\n  - user: hello\n  - user: more\n    context: {a: 1}\n")
    assert located.line(("turns", 1, "user")) == 4
    assert located.line(("turns", 1, "context", "a", "deeper")) == 5
    assert located.line(("turns",)) == 2
    assert located.line(("nowhere", 3)) == 1
    assert located.where(("turns", 0)) == "a.yaml:3"


def test_aliases_and_merges_are_followed() -> None:
    data = load("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\nsame: *b\n").data
    assert data["own"] == {"x": 1, "y": 3}
    assert data["same"] == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system [echo]",
        "!!python/name:os.system ''",
        "!mine x",
        "!!set {a, b}",
        "!x {}",
    ],
)
def test_a_tag_that_stands_for_an_object_is_refused(tag: str) -> None:
    error = refused(f"a: 1\nb: {tag}\n")
    assert error.culprit == "a.yaml:2"
    assert "tag" in error.cause


def test_a_duplicate_key_is_refused_with_both_lines() -> None:
    error = refused("a: 1\nb: 2\na: 3\n")
    assert error.culprit == "a.yaml:3"
    assert "line 1" in error.cause


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_a_bomb_of_aliases_is_refused_before_it_is_expanded() -> None:
    error = refused(bomb(12))
    assert "aliases expanded" in error.cause
    assert error.culprit == "a.yaml:6"


def test_aliases_of_one_long_text_add_up() -> None:
    text = f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 3000)}]\n"
    assert "aliases expanded" in refused(text).cause


def test_few_aliases_are_allowed() -> None:
    assert len(load(bomb(3)).data["a2"]) == 9


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: *b", "a: &a {b: *a}"])
def test_an_alias_of_itself_or_of_nothing_is_refused(text: str) -> None:
    assert refused(text).culprit == "a.yaml:1"


@pytest.mark.parametrize("text", ["[" * 5000, "a: " + "{a: " * 5000, "- " * 5000 + "x"])
def test_deep_nesting_is_refused(text: str) -> None:
    assert "nested" in refused(text).cause


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [1\nb: 2\n", 2), ("a: 'x\n", 2), ("a: b: c\n", 1), ("\tx: 1\n", 1), ("a: 1\n- b\n", 2)],
)
def test_broken_yaml_is_told_with_its_line(text: str, line: int) -> None:
    error = refused(text)
    assert error.culprit == f"a.yaml:{line}"
    assert "not valid YAML" in error.cause


@pytest.mark.parametrize("text", ["a: \x00", "a: \x07", "a: \ud800"])
def test_text_that_yaml_cannot_hold_is_refused(text: str) -> None:
    assert "not valid YAML" in refused(text).cause


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "[a]: 1\n", "? {a: 1}\n: 2\n", "a: !!int x\n"])
def test_other_misuse_is_refused(text: str) -> None:
    assert refused(text).culprit.startswith("a.yaml:")


def test_binary_is_bytes_only_where_asked_for() -> None:
    assert load("a: !!binary aGk=\n", binary=True).data == {"a": b"hi"}
    assert "binary" in refused("a: !!binary aGk=\n").cause


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "at most 10" in refused("a: 12345678\n", max_bytes=10).cause


def test_a_missing_file_offers_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "quote-aapl.yaml").write_text("a: 1\n")
    with pytest.raises(ScenarioError) as caught:
        read_yaml(tmp_path / "qoute-aapl.yaml", error=ScenarioError)
    assert "quote-aapl.yaml" in caught.value.next_step


def test_a_missing_folder_a_folder_and_bytes_are_told(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    for name, words in (("no/a.yaml", "no such file"), (".", "folder"), ("latin.yaml", "UTF-8")):
        with pytest.raises(ScenarioError, match=words) as caught:
            read_yaml(tmp_path / name, error=ScenarioError)
        assert not name.startswith("latin") or caught.value.culprit.endswith("latin.yaml:2")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(tmp_path / "a.yaml", error=ScenarioError).data == {"a": 1}
