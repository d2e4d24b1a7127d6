"""Causes that lie in what is installed: 1 and 3, with the real packages; test_every_variant has all."""

from __future__ import annotations

import pytest
from tests.blocker.shown import BLOCKER, Shown, blocker, require_cured, require_valid

pytestmark = [pytest.mark.cells, pytest.mark.index]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    return blocker(
        tmp_path_factory.mktemp("blocker"),
        "1,agents-on-top",
        "--keep",
    )


def test_all_is_as_wished(shown: Shown) -> None:
    assert (shown.said.status, shown.document["status"]) == (0, 0)
    assert shown.document["summary"] == {"cured": 2}
    assert "[2/2] " in shown.said.err
    require_valid(shown.document)


def test_the_pair_itself_imports_and_answers(shown: Shown) -> None:
    control = shown.document["control"]
    assert (control["works"], control["error"], control["doctor"]) == (True, None, "healthy")
    assert shown.document["pins"]["openai-agents"] == "0.5.1"


@pytest.mark.parametrize(
    ("name", "key", "message"),
    [
        ("agents-uninstalled", "agents-uninstalled", BLOCKER),
        ("agents-on-top", "agents-on-top", "ModuleNotFoundError: No module named 'tensorflow'"),
    ],
)
def test_each_is_shown_to_the_letter_named_and_cured(shown: Shown, name: str, key: str, message: str) -> None:
    require_cured(shown.cause(name), key, message)


def test_what_is_told_of_an_environment_reads_from_within_it(shown: Shown) -> None:
    (done,) = shown.cause("agents-uninstalled")["done"]
    expected = "uv pip install --python .venv/bin/python --reinstall --no-deps openai-agents==0.5.1"
    assert done["shown"] == expected


def test_the_environments_that_are_to_be_kept_are(shown: Shown) -> None:
    (left,) = shown.left()
    assert shown.document["kept"] == str(left)
    assert (left / "agents-uninstalled/.venv/bin/python").exists()


def test_the_page_tells_each_cause(shown: Shown) -> None:
    page = (shown.out / "blocker.md").read_text()
    assert page.count("\n## ") == 2
    assert BLOCKER in page
    assert "Afterwards a message gets its widget: AAPL | Apple Inc." in page
