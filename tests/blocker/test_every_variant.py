"""Every way in which a cause comes about, and every option: `nox -s slow`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.blocker.shown import BLOCKER, OLDER, Shown, blocker, require_cured, require_valid

NO_RUN = "ModuleNotFoundError: No module named 'agents.run'"
AHEAD = BLOCKER.replace("unknown location)", "{folder}/")
pytestmark = [pytest.mark.cells, pytest.mark.index, pytest.mark.slow]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return blocker(tmp_path_factory.mktemp("blocker"), "1,2,3,4,5,6,7,8", "--keep")


def test_all_are_cured(shown: Shown) -> None:
    assert (shown.said.status, shown.document["summary"]) == (0, {"cured": 15})
    require_valid(shown.document)


@pytest.mark.parametrize(
    ("name", "key", "message"),
    [
        ("half-installed/removal", "half-installed", BLOCKER),
        ("half-installed/upgrade", "half-installed", BLOCKER),
        ("half-installed/upgrade-later", "half-installed", NO_RUN),
        ("missing-here/python-path", "missing-here", BLOCKER),
        ("own-module-ahead/package", "own-module-ahead", AHEAD + "lib/agents/__init__.py)"),
    ],
)
def test_the_other_variants_too(shown: Shown, name: str, key: str, message: str) -> None:
    found = shown.cause(name)
    require_cured(found, key, message.replace("{folder}", found["folder"]))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("installed-twice/records", ".venv/lib/python3.*/site-packages"),
        ("installed-twice/user-site", ".user/lib/python3.*/site-packages"),
        ("installed-twice/python-path", "lib"),
    ],
)
def test_a_second_release_elsewhere_is_the_one_that_is_found(shown: Shown, name: str, place: str) -> None:
    cause = shown.cause(name)
    (folder,) = Path(cause["folder"]).glob(place)
    require_cured(cause, "installed-twice", OLDER.format(place=folder))


def test_the_options_are_tried_where_it_is_blocked_and_afresh(shown: Shown) -> None:
    tried = {each["id"]: each for each in shown.document["options"]}
    changed, downgraded = tried["change-the-import"], tried["downgrade-chatkit"]
    assert changed["fresh"]["tried"]["error"] == "ModuleNotFoundError: No module named 'openai_agents'"
    assert changed["evidence"][0] == "openai-agents 0.0.2 brings: agents"
    assert downgraded["blocked"]["tried"]["error"] == BLOCKER
    assert downgraded["fresh"]["tried"]["works"]
    assert downgraded["fresh"]["versions"]["openai-chatkit"] == "1.1.2"
    assert downgraded["conclusion"].startswith("No cure")
