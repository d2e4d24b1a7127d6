"""Cures are worded for the tool that the environment belongs to."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from chatkit_harness.doctor.cures import install, reinstall
from chatkit_harness.doctor.nouns import Distribution, Environment

VENV = Environment(
    executable="/v/bin/python",
    version="3.12.1",
    prefix="/v",
    base_prefix="/usr",
    kind="virtual environment",
    site_packages="/v/lib/python3.12/site-packages",
    has_pip=True,
)
FOUND = Distribution("openai-agents", "0.5.1", VENV.site_packages, "site-packages", "x", installer="pip")


def commands(distribution: Distribution = FOUND, **changes: Any) -> list[str]:
    environment = dataclasses.replace(VENV, **changes)
    return [" ".join(each) for each in reinstall(environment, distribution).commands]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["/v/bin/python -m pip install --force-reinstall --no-deps openai-agents==0.5.1"]),
        (
            {"made_by": "uv", "uv": "uv"},
            ["uv pip install --python /v/bin/python --reinstall --no-deps openai-agents==0.5.1"],
        ),
        (
            {"has_pip": False, "uv": "uv"},
            ["uv pip install --python /v/bin/python --reinstall --no-deps openai-agents==0.5.1"],
        ),
        (
            {"has_pip": False},
            [
                "/v/bin/python -m ensurepip --upgrade",
                "/v/bin/python -m pip install --force-reinstall --no-deps openai-agents==0.5.1",
            ],
        ),
    ],
)
def test_by_what_the_environment_has(changes: dict[str, Any], expected: list[str]) -> None:
    assert commands(**changes) == expected


def test_by_where_the_distribution_lies() -> None:
    user = dataclasses.replace(FOUND, place="user site-packages", home="/home/me/site-packages")
    assert "install --user --force-reinstall" in commands(user)[0]
    target = dataclasses.replace(FOUND, place="PYTHONPATH", home="/opt/packages")
    assert "--upgrade --no-deps --target /opt/packages" in commands(target)[0]
    assert "--target /opt/packages" in commands(target, has_pip=False, uv="uv")[0]
    base = dataclasses.replace(FOUND, place="base site-packages", home="/usr/lib/site-packages")
    assert "--ignore-installed" in commands(base)[0]


def test_what_conda_installed_conda_installs_again() -> None:
    found = dataclasses.replace(FOUND, installer="conda")
    expected = "conda install --yes --force-reinstall --prefix /v openai-agents=0.5.1"
    assert commands(found, kind="conda") == [expected]
    assert "-m pip install" in commands(FOUND, kind="conda")[0]


def test_a_uv_tool_is_told_how_to_remember_it() -> None:
    tool = dataclasses.replace(VENV, kind="uv tool", made_by="uv", uv="uv", wanted=("shop", "openai-chatkit"))
    cure = install(tool, ["openai<2.45"], [])
    assert cure.commands == (("uv", "pip", "install", "--python", "/v/bin/python", "openai<2.45"),)
    assert cure.advice.endswith("uv tool install shop --with openai-chatkit --with 'openai<2.45'")


def test_what_is_not_the_users_to_change_is_left_to_its_owner() -> None:
    system = reinstall(dataclasses.replace(VENV, kind="system"), FOUND)
    assert (system.by, "--break-system-packages" in system.commands[0]) == ("you", True)
    beside = install(dataclasses.replace(VENV, kind="system"), ["openai-agents"], [])
    assert (beside.by, beside.commands[0][1:]) == ("you", ("-m", "venv", ".venv"))
    locked = reinstall(dataclasses.replace(VENV, writable=False), FOUND)
    assert locked.by == "you"
    assert VENV.site_packages in locked.advice
