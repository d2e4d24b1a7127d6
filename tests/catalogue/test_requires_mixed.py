"""A mixture with a hosted tool requires what that tool requires where it is alone."""

from __future__ import annotations

import pytest
from tests.catalogue.liars_mixed import LIARS

from chatkit_harness.core.data import data_folder
from chatkit_harness.scenarios.catalogue import load_folder

SCENARIOS = load_folder(data_folder("scenarios") / "catalogue")


@pytest.mark.parametrize("name", LIARS)
def test_a_mixture_is_skipped_only_where_the_tool_alone_is(name: str) -> None:
    words = name.removeprefix("mixed-")
    tool = words.removeprefix("function-").removeprefix("client-")
    tool = tool.removesuffix("-function").removesuffix("-client")
    alone = SCENARIOS["mcp-call" if tool == "mcp" else f"hosted-{tool}"]
    assert SCENARIOS[name].requires == alone.requires
    assert {*alone.options["tools"][:1]} <= {*SCENARIOS[name].options["tools"]}


def test_each_hosted_tool_is_mixed_with_both_in_both_orders() -> None:
    tools = {
        name.removeprefix("mixed-").removesuffix("-client") for name in LIARS if name.endswith("-client")
    }
    tools |= {"search", "image", "mcp"}
    assert len(tools) == 13
    for tool in tools:
        for other in ("function", "client"):
            assert {f"mixed-{tool}-{other}", f"mixed-{other}-{tool}"} <= SCENARIOS.keys()
