"""Liars of each hosted tool in one response with a function tool or a client tool, in both orders."""

from __future__ import annotations

from collections.abc import Mapping

from tests.catalogue.breaking import Liar, forgetting, liar, saying, without

_FUNCTION = {
    "code": ("function-code",),
    "computer": ("computer-function", "function-computer"),
    "custom": ("custom-function", "function-custom"),
    "file-search": ("file-search-function", "function-file-search"),
    "image": ("function-image",),
    "local-shell": ("function-local-shell", "local-shell-function"),
    "mcp": ("function-mcp",),
    "patch": ("function-patch",),
    "program": ("function-program", "program-function"),
    "shell": ("function-shell", "shell-function"),
    "shell-container": ("function-shell-container", "shell-container-function"),
    "tool-search": ("function-tool-search", "tool-search-function"),
}
_CLIENT_LAST = (
    *("code", "computer", "custom", "file-search", "local-shell", "patch", "program", "shell"),
    *("shell-container", "tool-search"),
)
_CLIENT_FIRST_ELSEWHERE = (
    *("code", "computer", "custom", "file-search", "image", "local-shell", "mcp", "patch", "shell"),
    "shell-container",
)

PASS_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    # In chatkit 1.6.5 a tool of the model's side behind the client's takes the call's id away.
    "1.6.4:0.24.0": tuple(f"mixed-client-{name}" for name in _CLIENT_FIRST_ELSEWHERE),
}
"""Scenarios that the newest releases fail for a reason of their own, by a pair that passes them."""


def _function(tool: str) -> Liar:
    """What the model is told of the tool of its own, or its words, are gone."""
    if tool == "image":
        return liar("expect/items", forgetting("generated_image"))
    return liar("expect/text-content", saying("213.55", "Hm"))


LIARS: Mapping[str, Liar] = {
    **{f"mixed-{name}": _function(tool) for tool, names in _FUNCTION.items() for name in names},
    **{
        f"mixed-{tool}-client": liar("expect/text-content", saying("You picked the red one", "Hm"))
        for tool in _CLIENT_LAST
    },
    **{f"mixed-client-{tool}": liar("expect/shown-missing", saying("call_pick", "Hm"))
       for tool in (*_CLIENT_FIRST_ELSEWHERE, "tool-search")},
    "mixed-client-program": liar("expect/client-tool-missing", without("chatkit.item/client_tool_call")),
}  # fmt: skip
