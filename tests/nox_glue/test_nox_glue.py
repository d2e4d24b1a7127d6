"""Sessions of a noxfile that calls the glue, by nox itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.engine.made_matrix import CONCERNED, SCENARIO, UNHARMED, instead, third
from tests.made_index import made_index
from tests.projects.copied import Project, Said, copied, written

BROKEN = third("bad", files={"bad/__init__.py": "raise RuntimeError('bad is broken')\n"})
IMPORT = "import nox\nfrom chatkit_harness.nox_glue import compat\n"


@pytest.fixture
def bakery(tmp_path: Path) -> Project:
    return copied("with_nox", tmp_path, "nox")


def listed(noxfile: str, place: Path, *words: str, settings: str = "") -> Said:
    files = {"noxfile.py": IMPORT + noxfile, "pyproject.toml": settings}
    return written(files, place, "nox").run("--list", *words)


def test_the_pairs_of_the_project_are_listed_without_network(bakery: Project) -> None:
    said = bakery.run("--list")
    assert said.status == 0, said.text
    assert (
        "- chatkit-1.6.5-agents-newest [compat] -> "
        "Drive the scenarios with openai-chatkit 1.6.5 and openai-agents newest.\n"
    ) in said.text
    assert "* about" in said.text
    assert not bakery.cache.exists()


def test_they_are_selected_by_their_tag(bakery: Project) -> None:
    said = bakery.run("--list", "--json", "--tags", "compat")
    assert [each["name"] for each in json.loads(said.text)] == [
        "chatkit-1.6.5-agents-0.24.0",
        "chatkit-1.6.5-agents-newest",
        "chatkit-1.2.0-agents-0.5.1",
    ]


def test_words_stay_words_and_a_pair_is_one_session(tmp_path: Path) -> None:
    pairs = "['>=1.4:newest', 'minor:newest:3', 'none:0.24.0', '==1.6.5:0.24.0, 1.6.5:0.24.0', '3.0:2.7']"
    said = listed(f"print(compat({pairs}, name='shop'))", tmp_path)
    assert said.text.startswith(
        "('shop-chatkit-from-1.4-agents-newest', 'shop-chatkit-minor-agents-newest-3', "
        "'shop-chatkit-none-agents-0.24.0', 'shop-chatkit-1.6.5-agents-0.24.0', "
        "'shop-chatkit-v3.0-agents-v2.7')\n"
    )


@pytest.mark.parametrize(
    ("noxfile", "told"),
    [
        ("compat()", "pyproject.toml: tool.chatkit-harness.pairs\n  No pair is named.\n"),
        ("compat([])", "compat(pairs=...)\n  No pair is named.\n"),
        ("compat('1.6.5;newest')", "'1.6.5;newest'\n  A pair is CHATKIT:AGENTS.\n"),
        (
            "compat('1.6.5:newst')",
            "'newst' is neither a version nor a word for some.\n  Did you mean 'newest'?",
        ),
        ("compat('1.6.5:none')", "Only openai-chatkit can be left out."),
        ("compat(1.6)", "compat(pairs=...)\n  1.6 cannot stand here."),
        ("compat('1.6.5:newest', python=3.12)", "compat(python=...)\n  3.12 cannot stand here."),
        ("compat('1.6.5:newest', options='--with \"')", "cannot be read: No closing quotation."),
        ("compat('1.6.5:newest')\n" * 2, "The noxfile has a session of that name already."),
        (
            "@nox.session(name='chatkit-1.6.5-agents-newest')\ndef own(session): ...\ncompat('1.6.5:newest')",
            'Give these a name of their own: compat(name="other").',
        ),
    ],
)
def test_what_cannot_be_is_told_in_three_sentences(noxfile: str, told: str, tmp_path: Path) -> None:
    said = listed(noxfile, tmp_path)
    assert said.status == 2
    assert told in said.text
    assert "Traceback" not in said.text


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("[tool.chatkit-harness]\npears = ['1.6.5:newest']", "Did you mean 'pairs'?"),
        ("[tool.chatkit-harness]\npairs = 5", 'Write pairs in quotes: ["1.6.5:newest"].'),
        (
            "[tool.chatkit-harness]\npairs = ['1.6.5:nine']",
            "'nine' is neither a version nor a word for some.",
        ),
        ("[tool.chatkit-harness", "It cannot be read"),
    ],
)
def test_a_wrong_setting_of_the_project_is_told(settings: str, told: str, tmp_path: Path) -> None:
    said = listed("compat()", tmp_path, settings=settings)
    assert said.status == 2
    assert told in said.text
    assert "pyproject.toml" in said.text
    assert "Traceback" not in said.text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--scenaro", "opening-hours"], "No such option '--scenaro'"),
        pytest.param(["--scenario", "opening-hours"], "failed with exit code 3", marks=pytest.mark.slow),
    ],
    ids=["wrong use", "no index"],
)
def test_a_session_fails_where_the_harness_cannot_tell(bakery: Project, words: list[str], told: str) -> None:
    said = bakery.run("--session", "chatkit-1.6.5-agents-0.24.0", "--", *words)
    assert said.status == 1
    assert told in said.text
    assert "Session chatkit-1.6.5-agents-0.24.0 failed" in said.text


@pytest.mark.slow
def test_a_red_pair_is_a_red_session_and_its_results_are_in_a_folder_of_its_name(tmp_path: Path) -> None:
    noxfile = (
        f"compat('1.0.0:{UNHARMED},1.0.0:{CONCERNED}', resolution='today', options='--scenario hello')\n"
    )
    shadow = {"yaml.py": "raise RuntimeError('the project has something of that name')\n"}
    files = {"noxfile.py": IMPORT + noxfile, "scenarios/hello.yaml": SCENARIO, **shadow}
    project = written(files, tmp_path, "nox")
    with made_index(instead(BROKEN)) as index:
        said = project.run("-t", "compat", "--", "-j", "1", index=index.url)
    assert said.status == 1
    assert f"* chatkit-1.0.0-agents-{UNHARMED}: success" in said.text
    assert f"* chatkit-1.0.0-agents-{CONCERNED}: failed" in said.text
    names = sorted(path.name.partition("-chatkit")[2] for path in (project.folder / "reports").iterdir())
    assert names == [f"-1.0.0-agents-{UNHARMED}", f"-1.0.0-agents-{CONCERNED}"]


@pytest.mark.slow
@pytest.mark.cells
def test_the_bakery_works_with_a_pair(bakery: Project) -> None:
    said = bakery.run("-s", "chatkit-1.6.5-agents-0.24.0", "--", "--scenario", "opening-hours", index="")
    assert said.status == 0, said.text
    assert "1 case: 1 pass" in said.text
