"""Ctrl-C ends every cell, however often it is pressed."""

from __future__ import annotations

import threading

from chatkit_harness.engine.run import interrupt_all


class Slow:
    """What takes so long to end that somebody presses Ctrl-C again, once."""

    def __init__(self) -> None:
        self.asked = 0

    def interrupt(self) -> None:
        self.asked += 1
        if self.asked == 1:
            raise KeyboardInterrupt


def test_a_second_ctrl_c_keeps_no_cell_alive() -> None:
    ending, runs = threading.Event(), [Slow(), Slow(), Slow()]
    interrupt_all(ending, runs)
    assert ending.is_set()
    assert [each.asked for each in runs] == [2, 2, 2]
