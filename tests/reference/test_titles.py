from __future__ import annotations

import pytest

from chatkit_harness.reference.titles import LONGEST, title_of


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What's AAPL trading at?", "What's AAPL trading at?"),
        ("draw  support\tfor TSLA", "Draw support for TSLA"),
        ("\n??\n how is NVDA?\nand why?", "How is NVDA?"),
        ("", None),
        (" \n?!", None),
        ("株価は", "株価は"),
        (
            "Compare Apple and Microsoft, and tell me which one is better",
            "Compare Apple and Microsoft, and tell me which…",
        ),
        ("X" * 60, "X" * 47 + "…"),
    ],
)
def test_a_title_is_the_first_line_cut_at_a_word(question: str, title: str | None) -> None:
    assert title_of(question) == title


def test_no_title_is_too_long() -> None:
    titles = [title_of("word " * count + "y" * count) for count in range(1, 60)]
    assert all(title is not None and 0 < len(title) <= LONGEST for title in titles)
