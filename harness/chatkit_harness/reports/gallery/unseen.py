"""What of a widget cannot be seen in a drawing of it, and why; and which of its values draw alike.

Both tables are exact: a test draws everything, and finds each entry needed and no other one missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Where it shows instead: in what the elements `said`, or in what is `done` when somebody uses them."""

    where: Literal["said", "done"]
    reason: str


_NAMES = Unseen(where="said", reason="It names what is drawn, for updates and for whoever looks for it.")
_FIELD = Unseen(where="said", reason="Under this name the value goes with the form's action.")
_FILLING = Unseen(
    where="said", reason="What may fill the field in is told to the browser and its extensions."
)
_FOCUS = Unseen(where="said", reason="A drawing does not take the keyboard away from where somebody is.")
_SELECT = Unseen(where="done", reason="All of the text is selected once the field has the keyboard.")
_CALENDAR = Unseen(where="said", reason="The browser opens its own calendar where it has room for it.")
_ACTION = Unseen(where="done", reason="It is told when the component is used: try it.")

UNSEEN: Mapping[str, Unseen] = {
    "*.id": _NAMES,
    "*.key": _NAMES,
    "Input.name": _FIELD,
    "Textarea.name": _FIELD,
    "Checkbox.name": _FIELD,
    "Label.fieldName": Unseen(where="said", reason="It says which field the label is of."),
    "Input.allowAutofillExtensions": _FILLING,
    "Textarea.allowAutofillExtensions": _FILLING,
    "Text.editable.allowAutofillExtensions": _FILLING,
    "Text.editable.autoComplete": _FILLING,
    "Input.autoFocus": _FOCUS,
    "Textarea.autoFocus": _FOCUS,
    "Text.editable.autoFocus": _FOCUS,
    "Input.autoSelect": _SELECT,
    "Textarea.autoSelect": _SELECT,
    "Text.editable.autoSelect": _SELECT,
    "Textarea.pattern": Unseen(where="said", reason="What is written is held against it, not what is drawn."),
    "DatePicker.side": _CALENDAR,
    "DatePicker.align": _CALENDAR,
    "*.<action>.handler": _ACTION,
    "*.<action>.loadingBehavior": _ACTION,
    "*.<action>.payload": _ACTION,
    "*.<action>.streaming": _ACTION,
    "*.<action>.type": _ACTION,
}

_PROSE = "Body text has the main colour."
_GROWS = "The two are one where values go upwards, as in every chart of a widget."
ALIKE: Mapping[str, tuple[Sequence[Sequence[object]], str]] = {
    **{
        f"{name}.color": ([["prose", "primary"]], _PROSE)
        for name in ("Title", "Text", "Caption", "Label", "Icon")
    },
    **{
        f"Chart.series[].{kind}.curveType": ([["bump", "bumpX"], ["monotone", "monotoneX"]], _GROWS)
        for kind in ("line", "area")
    },
    "Basic.children": (
        [
            [
                {"type": "Text", "value": "Chip makers rise before the figures"},
                [{"type": "Text", "value": "Chip makers rise before the figures"}],
            ]
        ],
        "One child is a list of one.",
    ),
}

_AN_ACTION = re.compile(r"\b(on\w+Action|(?:confirm|cancel)\.action)\b")


def unseen(component: str, path: str) -> tuple[str, Unseen] | None:
    """The entry for a place, and under which name it stands; None where it is seen."""
    for owner in (component, "*"):
        name = f"{owner}.{_AN_ACTION.sub('<action>', path)}"
        if name in UNSEEN:
            return name, UNSEEN[name]
    return None
