"""Causes that lie around what is installed: 4 to 7, with the real packages."""

from __future__ import annotations

import tempfile
from typing import Any

import pytest
from tests.blocker.shown import BLOCKER, OLDER, require_cured, require_valid

from chatkit_harness.blocker.document import document
from chatkit_harness.blocker.recipes import chosen
from chatkit_harness.blocker.run import Wanted, interpreter_for, show

AHEAD = BLOCKER.replace("unknown location)", "{folder}/")
pytestmark = [pytest.mark.cells, pytest.mark.index, pytest.mark.slow]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A variant of each cause, in one run; its environments are gone afterwards."""
    folder = tmp_path_factory.mktemp("blocker")
    wanted = Wanted(
        interpreter=interpreter_for(None),
        log=folder / "log",
        recipes=chosen(["missing-here/served-elsewhere", "own-module-ahead/file", "6", "7"]),
        options=(),
        cache=folder / "cache",
    )
    (folder / "temporary").mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tempfile, "tempdir", str(folder / "temporary"))
        found = show(wanted, lambda _line: None)
    assert list((folder / "temporary").iterdir()) == []
    return document(found)


def cause(told: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in told["causes"] if each["id"] == name)
    return found


def test_all_is_as_wished(told: dict[str, Any]) -> None:
    assert (told["status"], told["kept"]) == (0, None)
    assert told["summary"] == {"cured": 5}
    require_valid(told)


@pytest.mark.parametrize(
    ("name", "key", "message"),
    [
        ("missing-here/served-elsewhere", "missing-here", BLOCKER),
        ("own-module-ahead/file", "own-module-ahead", AHEAD + "agents.py)"),
        ("wrong-module-name", "wrong-module-name", "ModuleNotFoundError: No module named 'openai_agents'"),
    ],
)  # fmt: skip
def test_each_is_shown_to_the_letter_named_and_cured(
    told: dict[str, Any], name: str, key: str, message: str
) -> None:
    found = cause(told, name)
    require_cured(found, key, message.replace("{folder}", found["folder"]))


def test_a_release_below_the_range_lacks_another_name(told: dict[str, Any]) -> None:
    found = cause(told, "range-unmet")
    minor = ".".join(told["python"].split(".")[:2])
    packages = f"{found['folder']}/.venv/lib/python{minor}/site-packages"
    require_cured(found, "range-unmet", OLDER.format(place=packages))


def test_the_wrong_third_party_fails_on_the_first_message_only(told: dict[str, Any]) -> None:
    found = cause(told, "wrong-third-party")
    assert found["before"]["on"] == "first message"
    begins = (
        "ValidationError: 1 validation error for InputTokensDetails\ncache_write_tokens\n"
        "  Field required [type=missing, input_value={'cached_tokens': 0}, input_type=dict]"
    )
    assert found["before"]["error"].startswith(begins)
    require_cured(found, "wrong-third-party", found["doctor"]["causes"][0]["message"])


def test_pip_that_serves_another_python_is_part_of_the_evidence(told: dict[str, Any]) -> None:
    (named,) = cause(told, "missing-here/served-elsewhere")["doctor"]["causes"]
    assert any(each.startswith("`pip` is .other/bin/pip") for each in named["evidence"])


def test_what_is_the_users_own_is_cured_by_hand(told: dict[str, Any]) -> None:
    (named,) = cause(told, "own-module-ahead/file")["doctor"]["causes"]
    assert named["cure"]["by"] == "you"
    assert [each["shown"] for each in cause(told, "own-module-ahead/file")["done"]] == [
        "mv agents.py own_agents.py"
    ]
