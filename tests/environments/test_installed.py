"""What a cell sees of an environment that stands: what the project needs, not what its tests brought."""

from __future__ import annotations

import sys
from pathlib import Path

from chatkit_harness.environments.installed import Share, Standing, read_standing, seen
from chatkit_harness.machine.interpreters import own_environment

PYTHON = own_environment()


def standing(plugins: tuple[str, ...] = (), **requires: tuple[str, ...]) -> Standing:
    """An environment with these distributions; underscores stand for hyphens."""
    named = {name.replace("_", "-"): wanted for name, wanted in requires.items()}
    return Standing(
        folder=Path("/venv"),
        versions=dict.fromkeys(named, "1.0"),
        requires=named,
        plugins=frozenset(plugins),
        marks=dict.fromkeys(named, "as it was made"),
    )


def shared(*wanted: str, **more: tuple[str, ...]) -> Share:
    """What is seen of a project's environment with the harness in it."""
    brought = {"chatkit_harness": ("rich", "httpx", "click"), "rich": ("pygments",), "pygments": ()}
    own = {"shop": ("httpx", "ui[fancy]"), "ui": ("click ; extra == 'fancy'",), "httpx": (), "click": ()}
    return seen(standing(**{**brought, **own, **more}), wanted, PYTHON)


def test_what_only_the_harness_needs_is_hidden() -> None:
    assert shared().hidden == ("chatkit-harness", "pygments", "rich")
    assert set(shared().pins) == {"shop", "httpx", "ui", "click"}


def test_what_the_project_asks_for_is_seen_with_all_that_it_needs() -> None:
    assert shared("rich>=13").hidden == ("chatkit-harness",)


def test_pytest_and_its_plugins_are_hidden_unless_something_else_needs_them() -> None:
    tests = {"pytest": ("pluggy",), "pluggy": (), "anyio": (), "cov": ("pytest",)}
    plain = standing(plugins=("anyio", "cov"), shop=("anyio",), **tests)
    assert seen(plain, (), PYTHON).hidden == ("cov", "pluggy", "pytest")
    assert seen(plain, ("pytest",), PYTHON).hidden == ("cov",)


def test_a_requirement_of_the_harness_itself_opens_nothing() -> None:
    assert shared(shop=("chatkit-harness",)).hidden == shared(shop=()).hidden


def test_distributions_that_require_each_other_are_seen() -> None:
    ring = shared(one=("two",), two=("one",))
    assert {"one", "two"} <= set(ring.pins)


def test_a_marker_that_does_not_hold_and_what_is_no_requirement_lead_nowhere() -> None:
    other = "rich ; sys_platform == 'elsewhere'"
    assert "rich" in shared(shop=(other, "not a requirement!")).hidden


def test_another_file_is_another_environment_although_the_versions_stay() -> None:
    before = standing(shop=())
    after = Standing(
        folder=before.folder, versions=before.versions, requires=before.requires,
        plugins=before.plugins, marks={"shop": "somebody changed it"},
    )  # fmt: skip
    assert seen(before, (), PYTHON).pins == seen(after, (), PYTHON).pins
    assert seen(before, (), PYTHON).mark != seen(after, (), PYTHON).mark


def test_an_environment_is_read_without_being_changed() -> None:
    found = read_standing(PYTHON)
    assert found.folder == Path(sys.prefix)
    assert found.versions["pytest"].startswith(".".join(__import__("pytest").__version__.split(".")[:2]))
    assert "pytest-asyncio" in found.plugins
