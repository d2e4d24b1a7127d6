from __future__ import annotations

import pytest
from tests.checks.build import frame, raised

from chatkit_harness.causes.keys import exception_key
from chatkit_harness.checks import exceptions
from chatkit_harness.core.transcript import Raised

MISSING = "  Field required [type=missing, input_value={}, input_type=dict]"
WRONG = "  Input should be 'a' [type=literal_error, input_value='b', input_type=str]"


def key(kind: str, message: str, *, file: str = "a/one.py", function: str = "work") -> str:
    """The key of an exception that package `a` raised in this place."""
    error = raised(kind, message, frame(file, function, "a", "1.0"))
    return exception_key(error, exceptions.place(error))


def attribute(message: str, **place: str) -> str:
    return key("builtins.AttributeError", message, **place)


def refused(field: str, line: str, **place: str) -> str:
    message = f"1 validation error for Usage\n{field}\n{line}"
    return key("pydantic_core._pydantic_core.ValidationError", message, **place)


def test_a_named_fault_is_one_root_wherever_the_code_has_moved() -> None:
    here = attribute("'Item' object has no attribute 'call_id'")
    moved = attribute("'Item' object has no attribute 'call_id'", file="a/inner/two.py", function="renamed")
    assert here == moved == "AttributeError(Item.call_id)@a"


def test_two_attributes_in_one_function_are_two_roots() -> None:
    one = attribute("'Item' object has no attribute 'call_id'")
    assert one != attribute("'Item' object has no attribute 'name'")


def test_fields_of_a_model_are_told_apart_and_so_are_their_faults() -> None:
    keys = {refused("cached", MISSING), refused("written", MISSING), refused("cached", WRONG)}
    assert len(keys) == 3
    assert "pydantic.ValidationError(Usage.cached missing)@a" in keys
    assert refused("cached", MISSING, file="b.py", function="f") in keys


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("AttributeError", "'NoneType' object has no attribute 'id'"),
        ("KeyError", "'id'"),
        ("TypeError", "'NoneType' object is not subscriptable"),
        ("ValueError", ""),
    ],
)
def test_what_any_code_may_raise_is_told_apart_by_the_function(kind: str, message: str) -> None:
    one = key(f"builtins.{kind}", message)
    assert one != key(f"builtins.{kind}", message, function="other")
    assert one == key(f"builtins.{kind}", message, file="a/split.py")


def test_what_is_in_a_comprehension_belongs_to_the_function_around_it() -> None:
    around = frame("a/one.py", "work", "a", "1.0")
    error = raised("builtins.ValueError", "bad", around, frame("a/one.py", "<listcomp>", "a", "1.0"))
    assert exception_key(error, exceptions.place(error)) == key("builtins.ValueError", "bad")


def test_an_id_that_was_looked_up_is_no_name() -> None:
    assert key("builtins.KeyError", "'thr_8f3a21bc'") == key("builtins.KeyError", "'thr_99aa00ff'")
    assert exceptions.missing_name(raised("builtins.KeyError", "'thr_8f3a21bc'")) == "ID"


def test_a_function_without_a_name_of_its_own_has_its_module() -> None:
    one = key("builtins.ValueError", "bad", function="<lambda>")
    assert one != key("builtins.ValueError", "bad", function="<lambda>", file="a/two.py")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("no thread thr_8f3a21bc", "no thread thr_99aa00ff"),
        ("no price for AAPL", "no price for TSLA"),
        ("cannot get http://127.0.0.1:8000/v1/x?a=1", "cannot get https://example.test/y"),
        ("needs 1.2.0", "needs 0.14.2"),
        ("in /tmp/x/y.py, line 3", "in /srv/z/w.py, line 77"),
    ],
)
def test_what_differs_between_runs_and_scenarios_is_not_in_the_key(one: str, other: str) -> None:
    assert key("builtins.ValueError", one) == key("builtins.ValueError", other)


def test_two_messages_of_one_function_are_two_roots() -> None:
    assert key("a.UserError", "no tool of that name") != key("a.UserError", "the model refused")


def test_of_a_union_the_members_of_a_release_are_not_in_the_key() -> None:
    def of(*members: str) -> str:
        lines = [f"{len(members)} validation errors for union[{','.join(members)}]"]
        for each in members:
            lines += [each, "  Input should be a dictionary [type=model_type, input_value=1, input_type=int]"]
        return key("pydantic_core._pydantic_core.ValidationError", "\n".join(lines))

    assert of("A", "B") == of("A", "B", "C")


def test_the_servers_own_code_is_told_by_its_place() -> None:
    error = Raised(type="builtins.ValueError", message="no", frames=(frame("shop/server.py", "respond"),))
    assert exception_key(error, exceptions.place(error)) == "ValueError(no)@server:shop.server:respond"
    assert exception_key(error, None).endswith("@unknown")
