"""Every declared prop and value changes what is drawn; for the few that cannot, what else they change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.gallery.declared import components, newest

from chatkit_harness.contracts.normal import canonical
from chatkit_harness.reports.gallery.examples import example, framed
from chatkit_harness.reports.gallery.unseen import ALIKE, UNSEEN, unseen

pytestmark = pytest.mark.browser
NAMES = sorted({*components(newest("chatkit")), *components(newest("client"))})
SEEN = 'async (text) => { const { seen } = await import("/looks.js"); return JSON.parse(text).map(seen); }'
DONE = 'async (text) => { const { done } = await import("/looks.js"); return done(JSON.parse(text)); }'


@dataclass(frozen=True)
class Drawn:
    """The widgets of one prop's path, with what was seen of each; `without`: the first lacks it."""

    name: str
    path: str
    parts: list[Any]
    without: bool
    widgets: list[Any]
    seen: list[dict[str, str]]

    def like(self, signs: list[str], others: set[str]) -> list[Any]:
        """The values that change nothing: they look as if they were not given, and as any other one."""
        return [
            part
            for part, sign in zip(self.parts, signs[self.without :], strict=True)
            if {*signs, *others} == {sign}
        ]

    def alike(self, signs: list[str]) -> list[list[Any]]:
        """Values that cannot be told from each other."""
        groups: dict[str, list[Any]] = {}
        for part, sign in zip(self.parts, signs[self.without :], strict=True):
            groups.setdefault(sign, []).append(part)
        return [group for group in groups.values() if len(group) > 1]

    def looks(self) -> list[str]:
        """What each looks like."""
        return [each["looks"] for each in self.seen]

    def signs(self, page: Any) -> list[str]:
        """What each shows where its looks do not: what it says, or what it does."""
        found = unseen(self.name, self.path)
        assert found is not None
        if found[1].where == "said":
            return [each["said"] for each in self.seen]
        done: list[str] = page.evaluate(DONE, json.dumps(self.widgets))
        return done


def drawn(page: Any, component: dict[str, Any]) -> list[Drawn]:
    """All of a component, drawn at once."""
    groups = component["props"]
    widgets = [
        [*filter(None, [group["without"]]), *(each["widget"] for each in group["variants"])]
        for group in groups
    ]
    found = page.evaluate(SEEN, json.dumps(widgets))
    return [
        Drawn(component["name"], group["path"], [each["part"] for each in group["variants"]],
              bool(group["without"]), held, seen)
        for group, held, seen in zip(groups, widgets, found, strict=True)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def everything(stage: Any, document: dict[str, Any]) -> dict[str, list[Drawn]]:
    """All components, drawn once for all tests."""
    return {each["name"]: drawn(stage, each) for each in document["components"]}


def others(held: list[Drawn], one: Drawn) -> set[str]:
    """How the other values of a prop look: those of its parts as well."""
    prop = one.path.split(".")[0].split("[")[0]
    return {look for each in held if each.path.split(".")[0].split("[")[0] == prop and each is not one
            for look in each.looks()}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_every_prop_is_seen(stage: Any, everything: dict[str, list[Drawn]], name: str) -> None:
    trouble = []
    for each in everything[name]:
        signs = each.signs(stage) if unseen(name, each.path) else each.looks()
        if changeless := each.like(signs, others(everything[name], each)):
            trouble.append((each.path, "changes nothing", changeless))
        allowed, _ = ALIKE.get(f"{name}.{each.path}", ((), ""))
        found = sorted(canonical(sorted(map(canonical, group))) for group in each.alike(signs))
        if found != sorted(canonical(sorted(map(canonical, group))) for group in allowed):
            trouble.append((each.path, "are alike", each.alike(signs)))
    assert trouble == []


def test_the_table_of_what_is_not_seen_has_no_entry_that_is_not_needed(
    everything: dict[str, list[Drawn]],
) -> None:
    needed = set()
    for name, held in everything.items():
        for each in held:
            found = unseen(name, each.path)
            if found and len(set(each.looks())) == 1:
                needed.add(found[0])
            assert not found or len(set(each.looks())) == 1, f"{name}.{each.path} is seen"
    assert needed == set(UNSEEN)
    assert {key for key in ALIKE if key.partition(".")[0] in everything} == set(ALIKE)


def test_a_widget_looks_the_same_twice(stage: Any, document: dict[str, Any]) -> None:
    once = [each["plain"] for each in document["components"]]
    seen = stage.evaluate(SEEN, json.dumps([[widget, widget] for widget in once]))
    assert [one for one, two in seen if one != two] == []


def test_what_is_null_is_not_given(stage: Any, document: dict[str, Any]) -> None:
    roots = frozenset(each["name"] for each in document["components"] if each["root"])
    pairs = []
    for name, definition in components(newest("chatkit")).items():
        plain = example(name)
        absent = dict.fromkeys(key for key in definition["properties"] if key not in plain)
        pairs.append([framed(name, "", plain, roots), framed(name, "", {**plain, **absent}, roots)])
    seen = stage.evaluate(SEEN, json.dumps(pairs))
    assert [pairs[at][0] for at, (one, two) in enumerate(seen) if one != two] == []


STRANGE: list[Any] = ["nowhere", -1, True, [], [None], {}, {"type": "nowhere"}, {"size": {}, "light": 1}]
HUGE: list[Any] = [
    "\u202e" + "word " * 400,
    "w" * 5000,
    1e308,
    "9e9rem",
    "url(https://x.invalid)",
    ["x"] * 900,
]


def strange() -> Iterator[Any]:
    """Each prop of each component with values that nobody declares, or that are huge."""
    sides = [components(newest(side)) for side in ("chatkit", "client")]
    for name in NAMES:
        props = {prop for side in sides if name in side for prop in side[name]["properties"]} - {"type"}
        yield from ({**example(name), prop: value} for prop in sorted(props) for value in STRANGE)
        yield from ({**dict.fromkeys(props, value), "type": name} for value in [*STRANGE, *HUGE])
        yield from ({**example(name), prop: value} for prop in ("label", "value") for value in HUGE)
    yield {
        "type": "Basic",
        "children": [{"type": "Nowhere", "children": [{"type": "Text", "value": "kept"}]}],
    }


def test_what_nobody_declares_is_drawn_without_a_word_and_keeps_inside(stage: Any) -> None:
    stage.set_viewport_size({"width": 360, "height": 700})
    wide = stage.evaluate(
        """async (text) => {
            const { renderWidget } = await import("/widgets.js");
            document.body.replaceChildren(...JSON.parse(text).map((widget) => renderWidget(widget)));
            const edges = [...document.body.children].map((each) => each.getBoundingClientRect().right);
            return edges.filter((edge) => edge > 360).length;
        }""",
        json.dumps(list(strange())),
    )
    assert wide == 0
    assert stage.evaluate("document.documentElement.scrollWidth") <= 360
    assert "Unknown component: Nowhere" in stage.inner_text("body")
    assert "cannot be drawn" not in stage.inner_text("body")
    assert "kept" in stage.inner_text("body")
