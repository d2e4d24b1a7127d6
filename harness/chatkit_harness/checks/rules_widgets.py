"""The rules of widgets, and of what the client has to make of them.

The chatkit release is the cell's, or the newest that is known where a workflow's cell has none. The client
is the browser's side, in the releases that are asked (`--client`).
"""

from __future__ import annotations

from collections.abc import Mapping

WIDGETS: Mapping[str, str] = {
    "changed-value": "a value goes out otherwise than the widget's author wrote it",
    "delta-mismatch": "a widget's updates do not lead to the finished widget, or to the next whole one",
    "dropped-component": "a component that the widget's author wrote does not go out",
    "dropped-prop": "a prop, or an entry of one, that the widget's author wrote does not go out",
    "duplicate-component-id": "several components of one widget have the same id",
    "duplicate-id": "two different widgets go out under one item id",
    "duplicate-key": "several children of one component have the same key",
    "empty": "a widget is empty: a user sees nothing of it",
    "missing-prop": "a component lacks a prop that the chatkit release needs",
    "not-allowed-here": "a component stands where the chatkit release does not allow it",
    "not-an-object": "a widget is not a JSON object",
    "too-deep": "a widget nests deeper than any client could show, and is not judged",
    "unknown-component": "a component is not among those of the chatkit release",
    "unknown-icon": "an icon is not among the icon names of the chatkit release",
    "unknown-prop": "a component has a prop that it does not have in the chatkit release",
    "unknown-release": "the schemas of the cell's chatkit release are not stored",
    "wrong-type": "a prop is of another JSON type than the chatkit release takes",
    "wrong-value": "a prop has a value that the chatkit release does not take",
}

CLIENT: Mapping[str, str] = {
    "missing-prop": "a widget or an effect lacks a prop that the client's types require",
    "not-allowed-here": "a component stands where the client's types do not allow it",
    "unknown-component": "a component is not among those that the client declares",
    "unknown-effect": "an effect goes out to a client that declares no effects",
    "unknown-icon": "an icon is not among the icon names that the client declares",
    "unknown-prop": "a widget or an effect has a prop that the client does not declare",
    "wrong-type": "a prop is of another JSON type than the client declares",
    "wrong-value": "a prop has a value that the client does not declare",
}
