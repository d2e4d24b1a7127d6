from __future__ import annotations

import pytest

from chatkit_harness.core.errors import did_you_mean, nearest


@pytest.mark.parametrize(
    ("wrong", "valid"),
    [
        ("titel", "title"),
        ("widget", "widgets"),
        ("pahts", "paths"),
        ("total", "total_ms"),
        ("Lisview", "ListView"),
    ],
)
def test_a_misspelt_name_is_offered_the_one_that_was_meant(wrong: str, valid: str) -> None:
    assert nearest(wrong, [valid, "something-else"], limit=1) == [valid]


@pytest.mark.parametrize(("wrong", "valid"), [("newspaper", "lifesaver"), ("prices", "titles")])
def test_a_name_that_only_shares_some_letters_is_not_offered(wrong: str, valid: str) -> None:
    assert nearest(wrong, [valid]) == []
    assert did_you_mean(wrong, [valid]) == f"Valid: {valid}."
