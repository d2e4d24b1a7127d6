from __future__ import annotations

import pytest
from tests.checks.build import frame, raised

from chatkit_harness.checks import exceptions
from chatkit_harness.core.transcript import Frame, Raised

USAGE = (
    "1 validation error for InputTokensDetails\ncache_write_tokens\n"
    "  Field required [type=missing, input_value={'cached_tokens': 0}, input_type=dict]\n"
    "    For further information visit https://errors.pydantic.dev/2.12/v/missing"
)


def usage_error(agents: str, pydantic: str) -> Raised:
    return raised(
        "pydantic_core._pydantic_core.ValidationError",
        USAGE.replace("2.12", pydantic),
        frame("chatkit/agents.py", "stream_agent_response", "openai-chatkit", "1.2.0"),
        frame("agents/usage.py", "<lambda>", "openai-agents", agents),
        frame("pydantic/main.py", "__init__", "pydantic", pydantic),
    )


def test_the_caller_of_a_validator_is_named() -> None:
    error = usage_error("0.5.1", "2.12")
    assert exceptions.title(error) == (
        "ValidationError: InputTokensDetails.cache_write_tokens missing, "
        "raised in openai-agents 0.5.1, agents.usage:<lambda>"
    )


def test_one_fault_in_two_releases_has_one_key() -> None:
    assert exceptions.key(usage_error("0.5.1", "2.12")) == exceptions.key(usage_error("0.4.0", "2.14"))


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        ("AttributeError", "'Usage' object has no attribute 'details'", "Usage.details"),
        ("AttributeError", "module 'agents' has no attribute 'Agent'", "agents.Agent"),
        ("TypeError", "Card.__init__() got an unexpected keyword argument 'icon'", "Card.__init__(icon)"),
        ("TypeError", "f() missing 2 required positional arguments: 'a' and 'b'", "f(a)"),
        ("ImportError", "cannot import name 'X' from 'agents' (/x/agents/__init__.py)", "agents.X"),
        ("ModuleNotFoundError", "No module named 'openai_agents'", "openai_agents"),
        ("KeyError", "'symbol'", "symbol"),
        (
            "ValidationError",
            "2 validation errors for Card\nchildren.0.Text\n  x\nstatus\n  y",
            "Card.children,status",
        ),
        (
            "ValidationError",
            "1 validation error for tagged-union[Card,ListView]\nCard.children.0\n  x",
            "Card.children",
        ),
        ("ValidationError", "2 validation errors for list[Foo]\n0.a\n  x\n12.b.c\n  y", "list[Foo].a,b"),
        ("ValidationError", "1 validation error for nullable[Foo]\na\n  x", "nullable[Foo].a"),
        ("ValidationError", "2 validation errors for union[A,B]\nA\n  x\nB\n  y", "one of A, …"),
        ("ValueError", "something else", None),
    ],
)
def test_the_missing_thing_is_read_from_the_message(kind: str, text: str, name: str | None) -> None:
    assert exceptions.missing_name(raised(f"builtins.{kind}", text)) == name


def test_what_differs_between_runs_is_normalised() -> None:
    one = "thread thr_8f3a21bc at 0x7f01 of 1.2.0 in /srv/a/b.py took 31 ms"
    two = "thread thr_99aa00ff at 0x7fff of 1.6.5 in /var/c/d/e.py took 4 ms"
    assert exceptions.normalised(one) == exceptions.normalised(two)


def test_the_deepest_cause_is_the_root() -> None:
    deep = raised("builtins.ValueError", "bad price", frame("market.py", "quote"))
    outer = raised("agents.exceptions.UserError", "tool failed", cause=deep)
    assert exceptions.root(outer) is deep
    assert exceptions.key(outer) == "ValueError(bad price)@server:market:quote"


def test_a_failed_lookup_on_the_way_is_not_the_root() -> None:
    outer = raised("builtins.RuntimeError", "no such tool", cause=raised("builtins.KeyError", "'x'"))
    assert exceptions.root(outer) is outer


def test_the_standard_library_is_not_blamed() -> None:
    error = raised(
        "builtins.TimeoutError",
        "",
        frame("agents/run.py", "run", "openai-agents", "0.5.1"),
        frame("asyncio/tasks.py", "wait"),
    )
    place = exceptions.place(error)
    assert place is not None
    assert str(place) == "openai-agents 0.5.1, agents.run:run"


ASKS = frame("chatkit/agents.py", "stream_agent_response", "openai-chatkit", "1.6.4")


@pytest.mark.parametrize(
    "lookup",
    [
        (frame("agents/items.py", "RunItemBase.__getattribute__", "openai-agents", "0.14.2"),),
        (
            frame("pydantic/main.py", "__getattr__", "pydantic", "2.12"),
            frame("pydantic/main.py", "BaseModel.__getattr__", "pydantic", "2.12"),
        ),
    ],
)
def test_of_a_missing_attribute_the_one_that_asks_is_named(lookup: tuple[Frame, ...]) -> None:
    said = "'ToolCallItem' object has no attribute 'call_id'"
    error = raised("builtins.AttributeError", said, ASKS, *lookup)
    where = "openai-chatkit:chatkit.agents:stream_agent_response"
    assert exceptions.key(error) == f"AttributeError(ToolCallItem.call_id)@{where}"
    assert "over ToolCallItem.call_id, raised in openai-chatkit 1.6.4" in exceptions.title(error)


def test_another_error_inside_a_lookup_keeps_its_place() -> None:
    own = frame("agents/items.py", "__getattr__", "openai-agents", "0.14.2")
    assert exceptions.key(raised("builtins.ValueError", "bad", ASKS, own)).endswith(":__getattr__")
