"""What a question asks of the view: to zoom, to move, to draw candles, to take everything off. Words only."""

from __future__ import annotations

import re

_THE = r"(?:the |my |this |all |everything |whole )*"
_CLEAR = (
    rf"(?:clear|clean|wipe)(?: up)? {_THE}(?:chart|drawings?|lines|levels|all|everything)\b"
    rf"|(?:remove|delete|erase) (?:everything|{_THE}drawings?|all {_THE}(?:lines|levels))\b"
)
_CROSSHAIR = r"(?:the )?cross-?hair"
_VIEWS = (
    ("CLEAR:ALL", _CLEAR, "everything that was drawn is off the chart"),
    ("ZOOM:IN", r"zoom(?:ing)? in", "zoomed in"),
    ("ZOOM:OUT", r"zoom(?:ing)? out", "zoomed out"),
    ("PAN:LEFT", r"(?:pan|scroll|move) (?:to the )?left", "moved to the left"),
    ("PAN:RIGHT", r"(?:pan|scroll|move) (?:to the )?right", "moved to the right"),
    ("RESET:VIEW", rf"reset {_THE}(?:view|zoom)", "the view is reset"),
    ("RESET:SCALE", rf"reset {_THE}scale", "the scale is reset"),
    ("STYLE:CANDLES", r"candle ?sticks?(?: chart)?|candle chart", "candles are shown"),
    ("STYLE:LINE", r"line chart", "a line is shown"),
    ("STYLE:AREA", r"area chart", "an area is shown"),
    ("CROSSHAIR:ON", r"cross-?hair on|(?:show|turn on|enable) (?:the )?cross-?hair", "the crosshair is on"),
    (
        "CROSSHAIR:OFF",
        r"cross-?hair off|(?:hide|turn off|disable) (?:the )?cross-?hair",
        "the crosshair is off",
    ),
)


def read_view(query: str) -> tuple[str, ...]:
    """The commands for the view that a question asks for, what clears the chart first."""
    return tuple(
        command for command, words, _ in _VIEWS if re.search(rf"\b(?:{words})\b", query, re.IGNORECASE)
    )


def view_words(commands: tuple[str, ...]) -> str:
    """What these commands do, as one sentence; empty for none."""
    told = [said for command, _, said in _VIEWS if command in commands]
    sentence = ", ".join(told)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""
