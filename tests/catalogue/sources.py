"""What releases have that scenarios ask for: by chatkit's models, or by the words of packages' sources."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from uv import find_uv_bin

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.strict import Kind
from chatkit_harness.core.scenario import Scenario


def must_be_named_where_required(scenario: Scenario, kind: Kind, name: str) -> None:
    """The releases of chatkit that a scenario requires are those whose models have this name."""
    wanted = SpecifierSet(scenario.requires["chatkit"])
    has = {
        version: f'"{name}"' in json.dumps(catalogue.schema(kind, version))
        for version in catalogue.releases()
    }
    assert has == {version: wanted.contains(version) for version in catalogue.releases()}
    assert set(has.values()) == {True, False}


def sources_of(
    project: str,
    versions: Iterable[str],
    making: pytest.TempPathFactory,
    files: Iterable[str] = ("*.py",),
) -> Mapping[str, str]:
    """The text of these files of a package's own folder, in each of the releases."""
    package = project.removeprefix("openai-")
    found = {}
    for version in sorted(set(versions)):
        folder = making.mktemp(package)
        wanted = f"{project}=={version}"
        command = [find_uv_bin(), "pip", "install", "--no-deps", "--quiet", "--target", str(folder), wanted]
        subprocess.run(command, check=True)
        read = (each for pattern in files for each in sorted(Path(folder, package).glob(pattern)))
        found[version] = "".join(each.read_text(encoding="utf-8") for each in read)
    return found
