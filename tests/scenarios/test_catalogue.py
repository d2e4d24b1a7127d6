from __future__ import annotations

from pathlib import Path

import pytest

from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import CassetteError, ScenarioError, SelectionError
from chatkit_harness.scenarios.catalogue import cassette_path, load_all, select

TEXT = "id: {id}\ntitle: {title}\nturns: [{{user: hello}}]\n{model}\n"
SCRIPT = "script: [{say: hello}]"


def write(folder: Path, name: str, title: str = "One", model: str = SCRIPT, id_: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(TEXT.format(id=id_ or name, title=title, model=model), encoding="utf-8")
    return path


def test_a_project_s_own_scenario_replaces_a_built_in_one(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    write(own, "b", "Mine")
    write(shipped, "a")
    write(shipped, "b", "Theirs")
    catalogue = load_all([own, shipped])
    assert {name: each.title for name, each in catalogue.items()} == {"b": "Mine", "a": "One"}


def test_what_is_replaced_is_known(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("own", "shipped", "third")]
    for folder in folders:
        write(folder, "b")
    write(folders[1], "a")
    catalogue = load_all(folders)
    assert catalogue["b"].source == str(folders[0] / "b.yaml")
    assert catalogue["b"].replaces == str(folders[1] / "b.yaml")
    assert catalogue["a"].replaces == ""


def test_a_named_folder_without_scenarios_is_an_error(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    write(shipped, "a")
    own.mkdir()
    (own / "notes.txt").write_text("id: b\n")
    assert list(load_all([own, shipped])) == ["a"]
    with pytest.raises(ScenarioError, match="holds no scenario"):
        load_all([own, shipped], named=own)


def test_a_project_named_for_its_scenarios_is_led_to_them(tmp_path: Path) -> None:
    write(tmp_path / "scenarios", "a")
    with pytest.raises(ScenarioError) as caught:
        load_all([tmp_path], named=tmp_path)
    assert caught.value.next_step == f"Did you mean {str(tmp_path / 'scenarios')!r}?"
    assert list(load_all([tmp_path / "scenarios"], named=tmp_path / "scenarios")) == ["a"]


def test_the_same_id_twice_in_a_folder_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "a")
    write(tmp_path, "b", id_="a")
    with pytest.raises(ScenarioError, match=r"the id 'a' is already that of a\.yaml"):
        load_all([tmp_path])


def test_what_replaces_a_built_in_scenario_is_in_its_group(tmp_path: Path) -> None:
    write(tmp_path, "quote-aapl", "Mine")
    write(tmp_path, "first", "Mine")
    chosen = select(load_all([tmp_path, data_folder("scenarios")]), ["everyday"])
    assert [each.id for each in chosen if each.title == "Mine"] == ["quote-aapl"]


def test_names_patterns_groups_and_files_select(tmp_path: Path) -> None:
    for name in ("quote-aapl", "quote-msft", "news"):
        write(tmp_path / "all", name)
    write(tmp_path / "all", "stream", id_="recorded/stream")
    other = write(tmp_path / "else", "other")
    catalogue = load_all([tmp_path / "all"])
    chosen = select(catalogue, ["news", "quote-*", "recorded", str(other), "news"])
    assert [each.id for each in chosen] == ["news", "quote-aapl", "quote-msft", "recorded/stream", "other"]


def test_built_in_folders_are_groups_and_a_project_s_own_are_none(tmp_path: Path) -> None:
    write(tmp_path / "catalogue", "mine")
    built_in = data_folder("scenarios")
    known = load_all([tmp_path / "catalogue", built_in, built_in / "catalogue"])
    catalogue = [each.id for each in select(known, ["catalogue"])]
    everyday = [each.id for each in select(known, ["everyday"])]
    assert "text-plain" in catalogue
    assert "quote-aapl" in everyday
    assert not {"mine", *everyday} & set(catalogue)
    with pytest.raises(SelectionError, match="Did you mean 'everyday'"):
        select(known, ["evryday"])


@pytest.mark.parametrize(("name", "hint"), [("qoute", "Did you mean 'quote'"), ("zzzz*", "Valid: quote")])
def test_a_name_that_selects_nothing_is_answered(tmp_path: Path, name: str, hint: str) -> None:
    write(tmp_path, "quote")
    with pytest.raises(SelectionError, match=hint):
        select(load_all([tmp_path]), [name])


def test_a_cassette_lies_beside_the_scenarios_folder(tmp_path: Path) -> None:
    write(tmp_path / "scenarios", "quote", model="model: cassettes/quote.yaml")
    cassette = write(tmp_path / "cassettes", "quote")
    assert cassette_path(load_all([tmp_path / "scenarios"])["quote"]) == cassette


def test_a_missing_cassette_says_how_to_record_it(tmp_path: Path) -> None:
    write(tmp_path / "scenarios", "quote", model="model: cassettes/qoute.yaml")
    write(tmp_path / "cassettes", "quote")
    scenario = load_all([tmp_path / "scenarios"])["quote"]
    with pytest.raises(CassetteError) as caught:
        cassette_path(scenario)
    assert caught.value.next_step == "Record it with: chatkit-harness record --live --scenario quote"
    assert "the nearest there is quote.yaml" in caught.value.cause


def test_a_scenario_with_a_script_names_no_cassette(tmp_path: Path) -> None:
    write(tmp_path, "quote")
    with pytest.raises(CassetteError, match="names no cassette"):
        cassette_path(load_all([tmp_path])["quote"])


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_all([tmp_path / "none"])
