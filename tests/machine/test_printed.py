from __future__ import annotations

import sys

import pytest

from chatkit_harness.machine.printed import printed


def said(program: str, limit_s: float = 30) -> dict[str, object]:
    return printed([sys.executable, "-c", program], limit_s=limit_s)


def test_what_a_program_prints_is_read() -> None:
    assert said("print('{\"kinds\": [1]}')") == {"kinds": [1]}


@pytest.mark.parametrize(
    ("program", "limit_s", "why"),
    [
        ("import time; time.sleep(60)", 0.2, "it was not done in 0.2 s"),
        ("print('no')", 30, "exit status 0"),
        ("raise SystemExit(4)", 30, "exit status 4"),
        ("print([])", 30, "it prints no object"),
        ("raise KeyError('errors')", 30, "KeyError: 'errors'"),
        ("import sys; sys.stderr.buffer.write(b'\\xff error')", 30, "\ufffd error"),
        ("raise SystemExit('notice\\nerror TS2304: no Widget.\\nnotice')", 30, "error TS2304: no Widget"),
    ],
)  # fmt: skip
def test_why_there_is_nothing_to_read_is_told(program: str, limit_s: float, why: str) -> None:
    assert said(program, limit_s) == {"error": why}
