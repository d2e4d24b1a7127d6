"""The small reader of versions, ranges and markers says what the package `packaging` says."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.markers import Marker, default_environment
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from chatkit_harness.doctor.requirements import Requirement, holds, requirement
from chatkit_harness.doctor.versions import version, within

RELEASES = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda ns: ".".join(map(str, ns)))
ENDS = st.sampled_from(["", "a1", "b2", "rc1", ".post1", ".dev3", "a1.dev2", "rc1.post2"])
VERSIONS = st.builds("{}{}{}".format, st.sampled_from(["", "", "1!"]), RELEASES, ENDS)
OPERATORS = st.sampled_from(["==", "!=", "<=", ">=", "<", ">", "~="])
CLAUSES = st.one_of(
    st.builds("{}{}".format, OPERATORS, VERSIONS),
    st.builds("{}{}.*".format, st.sampled_from(["==", "!="]), RELEASES),
)
ENVIRONMENT = {key: str(value) for key, value in default_environment().items()}


@given(VERSIONS, VERSIONS)
def test_versions_are_ordered_alike(first: str, second: str) -> None:
    mine, other = version(first), version(second)
    assert mine is not None
    assert other is not None
    assert (mine.key < other.key) == (Version(first) < Version(second))
    assert (mine.key == other.key) == (Version(first) == Version(second))


@given(VERSIONS, st.lists(CLAUSES, min_size=1, max_size=3).map(",".join))
@example("0rc1.post2", ">0a1")
@example("0a1", "<0.post1")
@example("0.post1.dev3", "<0.post1")
@example("0a1.post1", ">0a1.dev2")
def test_ranges_hold_alike(found: str, ranges: str) -> None:
    try:
        wanted = SpecifierSet(ranges).contains(found, prereleases=True)
    except InvalidSpecifier:
        assert within(found, ranges) is not True
    else:
        assert within(found, ranges) is wanted


@pytest.mark.parametrize(
    "text",
    [
        "python_version >= '3.10'",
        "python_version < '3.9' or python_version >= '3.10' and os_name == 'posix'",
        "(python_version >= '3.10') and extra == 'voice'",
        "sys_platform in 'linux darwin win32'",
        "platform_system != 'Windows' and implementation_name == 'cpython'",
        "python_full_version ~= '3.11'",
        "'linux' in sys_platform",
        "platform_python_implementation not in 'PyPy Jython'",
        "python_version == '3.*'",
    ],
)
def test_markers_hold_alike(text: str) -> None:
    assert holds(text, ENVIRONMENT) is Marker(text).evaluate({**ENVIRONMENT, "extra": ""})


@pytest.mark.parametrize(
    "text", ["python_version >", "weather == 'fine'", "'a' == 'b'", "(os_name == 'x'", "?"]
)
def test_what_it_cannot_judge_it_says(text: str) -> None:
    assert holds(text, ENVIRONMENT) is None


@pytest.mark.parametrize("ranges", ["=>1", "==1.*.*", "1.0", "<1 >2", "~=1", "==weird"])
def test_a_range_that_is_none_cannot_be_judged(ranges: str) -> None:
    assert within("1.0", ranges) is None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Openai_Agents>=0.3.2", ("openai-agents", ">=0.3.2", "")),
        ("mcp (<2,>=1.11) ; python_version >= '3.10'", ("mcp", "<2,>=1.11", "python_version >= '3.10'")),
        ("pydantic[email]", ("pydantic", "", "")),
    ],
)
def test_a_requirement_in_its_parts(text: str, parts: tuple[str, str, str]) -> None:
    assert requirement(text) == Requirement(*parts)
    assert requirement("kit @ https://example.org/kit.whl") is None
