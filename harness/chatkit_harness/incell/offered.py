"""What the widgets that a client holds offer it to do: the actions of their buttons, rows and forms."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

ACTION = "threads.custom_action"
SYNC_ACTION = "threads.sync_custom_action"
NOT_OFFERED = "not_offered"
"""Stands for a request that was never sent, since no widget of the conversation leads to it."""

DEPTH = 100


class Offered:
    """The widgets of a conversation as they are shown at the moment, in order of appearance."""

    def __init__(self) -> None:
        self._widgets: Dict[str, Any] = {}

    def observe(self, event: Mapping[str, Any]) -> None:
        """Take in an event of the stream."""
        kind = event.get("type")
        if kind in ("thread.item.added", "thread.item.done", "thread.item.replaced"):
            self.shown(event.get("item"))
        elif kind == "thread.item.removed":
            self._widgets.pop(str(event.get("item_id")), None)
        elif kind == "thread.item.updated":
            self._updated(str(event.get("item_id")), event.get("update"))

    def shown(self, item: Any) -> None:
        """Take in an item; one that is no widget takes the place of a widget with its id."""
        if not isinstance(item, dict) or not isinstance(item.get("id"), str):
            return
        if item.get("type") == "widget":
            self._widgets[item["id"]] = item.get("widget")
        else:
            self._widgets.pop(item["id"], None)

    def request(self, thread_id: Optional[str], wanted: Mapping[str, Any]) -> Dict[str, Any]:
        """The request of the action that a scenario asks for, as the widget has it, filled in.

        Of several widgets the newest is meant, or the one of that number. Where none offers it, this says so
        instead: type `not_offered`, with what is offered.
        """
        found = [(item, action) for item, action in self._all() if action["type"] == wanted["type"]]
        number = wanted.get("item")
        items = list(dict.fromkeys(item for item, _ in found))
        if not items or (number is not None and not 1 <= number <= len(items)):
            offered = list(dict.fromkeys(action["type"] for _, action in self._all()))
            return {"type": NOT_OFFERED, "action": wanted["type"], "item": number, "offered": offered}
        chosen = items[-1] if number is None else items[number - 1]
        payload = _filled([action.get("payload") for item, action in found if item == chosen], wanted)
        return {
            "type": SYNC_ACTION if wanted.get("sync") else ACTION,
            "params": {
                "thread_id": thread_id,
                "item_id": chosen,
                "action": {"type": wanted["type"], "payload": payload},
            },
        }

    def _updated(self, item: str, update: Any) -> None:
        if item not in self._widgets or not isinstance(update, dict):
            return
        if update.get("type") == "widget.root.updated":
            self._widgets[item] = update.get("widget")
        elif update.get("type") == "widget.component.updated":
            self._widgets[item] = _replaced(
                self._widgets[item], update.get("component_id"), update.get("component")
            )

    def _all(self) -> Iterator[Tuple[str, Mapping[str, Any]]]:
        for item, widget in self._widgets.items():
            for action in _actions(widget):
                yield item, action


def _filled(offered: List[Any], wanted: Mapping[str, Any]) -> Any:
    """What goes along: what the form or the user adds, over what the widget says.

    Of several buttons with one action that one is clicked whose payload agrees most with what is added.
    """
    added = wanted.get("payload")
    if not isinstance(added, dict):
        return offered[0] if added is None else added
    best = max(offered, key=lambda payload: _agreement(payload, added))
    return {**best, **added} if isinstance(best, dict) else added


def _agreement(payload: Any, added: Mapping[str, Any]) -> int:
    return (
        sum(payload.get(name) == value for name, value in added.items()) if isinstance(payload, dict) else 0
    )


def _actions(widget: Any) -> Iterator[Mapping[str, Any]]:
    """Each prop whose value is an action of the server's: a type with a payload or a handler.

    What the client handles by itself never becomes a request.
    """
    level = [widget] if isinstance(widget, (dict, list)) else []
    for _depth in range(DEPTH):
        below: List[Any] = []
        for node in level:
            for name, value in node.items() if isinstance(node, dict) else enumerate(node):
                if isinstance(node, dict) and name != "children" and _is_action(value):
                    if value.get("handler") != "client":
                        yield value
                elif isinstance(value, (dict, list)):
                    below.append(value)
        if not below:
            return
        level = below


def _is_action(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("type"), str)
        and ("payload" in value or "handler" in value)
    )


def _replaced(node: Any, identity: Any, component: Any) -> Any:
    if isinstance(node, list):
        return [_replaced(each, identity, component) for each in node]
    if not isinstance(node, dict):
        return node
    if identity is not None and node.get("id") == identity:
        return component if isinstance(component, dict) else node  # what is no component replaces none
    if "children" not in node:
        return node
    # Down `children` alone, as chatkit looks for what it tells of: an id in an action's payload is none.
    return {**node, "children": _replaced(node["children"], identity, component)}
