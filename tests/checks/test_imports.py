from __future__ import annotations

import pytest
from tests.checks import build

from chatkit_harness.checks import imports
from chatkit_harness.core.transcript import DiskFacts, ImportResult, Raised

BLOCKER = Raised(
    type="builtins.ImportError",
    message="cannot import name 'InputGuardrailTripwireTriggered' from 'agents' (unknown location)",
)
HOLLOW = DiskFacts(
    module="agents",
    kind="namespace",
    locations=("lib/python3.12/site-packages/agents",),
    distribution="openai-agents",
    version="0.5.1",
    record_missing=("agents/__init__.py",),
)


def failed(module: str, raised: Raised, disk: DiskFacts | None = None) -> ImportResult:
    return ImportResult(module=module, ok=False, ms=1.0, raised=raised, disk=disk)


def test_a_namespace_package_is_told_in_words() -> None:
    transcript = build.transcript(imports=(failed("chatkit.server", BLOCKER, HOLLOW),))
    (finding,) = imports.check(transcript, build.scenario())
    assert finding.rule == "imports/failed"
    assert finding.key == "ImportError(agents.InputGuardrailTripwireTriggered)"
    assert "a folder without __init__.py (a namespace package)" in finding.message
    assert "RECORD of openai-agents 0.5.1 lists files that are gone: agents/__init__.py" in finding.message


def test_modules_that_fail_for_one_reason_are_one_finding() -> None:
    both = (failed("chatkit.server", BLOCKER, HOLLOW), failed("chatkit.agents", BLOCKER, HOLLOW))
    (finding,) = imports.check(build.transcript(imports=both), build.scenario())
    assert finding.evidence["modules"] == ["chatkit.server", "chatkit.agents"]


def test_a_missing_and_a_shadowed_module_say_so() -> None:
    missing = DiskFacts(module="agents", kind="missing", distribution="openai-agents", version="0.5.1")
    own = DiskFacts(module="agents", kind="module", locations=("agents.py",), shadowed_by="agents.py")
    assert "there is no agents on the path; openai-agents 0.5.1 is recorded" in imports.describe(missing)
    assert "agents is a single file at agents.py; agents.py stands before the one" in imports.describe(own)


def test_what_could_be_imported_is_no_finding() -> None:
    fine = ImportResult(module="agents", ok=True, ms=900.0)
    assert not list(imports.check(build.transcript(imports=(fine,)), build.scenario()))


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ("cannot import name 'StrEnum' from 'enum' (/opt/lib/python3.10/enum.py)", "enum.StrEnum"),
        ("cannot import name 'assert_never' from 'typing'", "typing.assert_never"),
        ("No module named 'tomllib'", "module tomllib"),
    ],
)
@pytest.mark.parametrize("disk", [None, DiskFacts(module="enum", kind="module", locations=("lib/enum.py",))])
def test_what_python_itself_lacks_is_no_damaged_disk(said: str, lacks: str, disk: DiskFacts | None) -> None:
    held = build.transcript(
        imports=(failed("chatkit.server", Raised(type="ImportError", message=said), disk),)
    )
    (finding,) = imports.check(held, build.scenario())
    assert finding.message.endswith(f"the library of Python 3.12.1 has no {lacks}: another Python is needed")
    assert finding.evidence["disk"] is None


def test_a_module_of_ones_own_named_like_pythons_is_no_lack_of_python() -> None:
    said = "cannot import name 'StrEnum' from 'enum' (/srv/app/enum.py)"
    own = DiskFacts(module="enum", kind="module", locations=("enum.py",))
    held = build.transcript(
        imports=(failed("chatkit.server", Raised(type="ImportError", message=said), own),)
    )
    (finding,) = imports.check(held, build.scenario())
    assert "enum is a single file at enum.py" in finding.message
