"""Errors of a schema validator as violations: the rule, the component, the prop, and why, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.contracts.blame import Fault
from chatkit_harness.contracts.places import Path, Place, written
from chatkit_harness.contracts.unions import members
from chatkit_harness.contracts.violation import Violation
from chatkit_harness.contracts.words import article, called, expected, quoted, shown
from chatkit_harness.core.errors import did_you_mean, nearest


class Reasons:
    """Words for the errors of one release's schema; `release` names the package too: `chatkit 1.6.5`."""

    def __init__(self, defs: Mapping[str, Any], *, release: str, components: Mapping[str, str]) -> None:
        self._defs = defs
        self._release = release
        self._components = components
        self._standing = set(members(defs.get("WidgetComponent", {})))
        self._roots = set(members(defs.get("WidgetRoot", {})))
        self._icons = [defs[name] for name in ("WidgetIcon", "IconName") if name in defs]

    def told(self, fault: Fault, path: Path, here: Place) -> Iterator[Violation]:
        """The violations that one error comes to."""
        if fault.keyword == "additionalProperties":
            for extra in fault.extras:
                yield self._unknown_prop(fault, path, here, extra)
        elif fault.keyword == "required":
            for name in fault.missing:
                yield self._missing_prop(fault, path, here, name)
        elif any(fault.schema == icon for icon in self._icons) and isinstance(fault.value, str):
            yield self._violation("unknown-icon", here, path, fault.value, self._icon(fault, here))
        else:
            rule = "wrong-type" if fault.of_another_type else "wrong-value"
            yield self._violation(rule, here, path, fault.value, self._wrong(fault, path, here))

    def misplaced(self, fault: Fault, path: Path, here: Place) -> Violation:
        """A component where it may not stand, or one that the release does not have."""
        name = here.component
        slot = here.slot or "type"
        if name not in self._components:
            rule = "unknown-component"
            reason = f"{self._release} has no component {name!r}. {did_you_mean(name, self._components)}"
        else:
            rule = "not-allowed-here"
            reason = f"{self._why_not_here(name)}; {self._takes(fault, here)}."
        return Violation(component=name, prop=slot, path=written(path), value=name, reason=reason, rule=rule)

    def too_deep(self, component: str) -> Violation:
        """What nests so deep that nothing can be said of it."""
        return Violation(
            component=component,
            prop="",
            path="$",
            value=None,
            reason=f"{component} nests deeper than any client could show; nothing in it was judged.",
            rule="too-deep",
        )

    def _why_not_here(self, name: str) -> str:
        only_root = name in self._roots and name not in self._standing
        return (
            f"{article(name).capitalize()} {name} may {'only be a root' if only_root else 'not stand here'}"
        )

    def _takes(self, fault: Fault, here: Place) -> str:
        if not here.holder:
            return f"a root is one of {', '.join(map(str, fault.allowed))}"
        return f"{here.holder}.{here.slot} takes {', '.join(map(str, fault.allowed))}"

    def _unknown_prop(self, fault: Fault, path: Path, here: Place, extra: str) -> Violation:
        owner = _label(here)
        offer = did_you_mean(extra, fault.schema["properties"])
        reason = f"{owner} has no prop {extra!r} in {self._release}. {offer}"
        return self._violation("unknown-prop", here, (*path, extra), fault.value[extra], reason)

    def _missing_prop(self, fault: Fault, path: Path, here: Place, name: str) -> Violation:
        wanted = expected(fault.schema.get("properties", {}).get(name, {}), self._defs)
        if name == "type":
            wanted = "which names the component" if not here.prop else wanted
        reason = f"{_label(here)} needs the prop {name!r} ({wanted})."
        return self._violation("missing-prop", here, (*path, name), None, reason)

    def _icon(self, fault: Fault, here: Place) -> str:
        names, patterns = _icon_names(fault.schema)
        close = nearest(str(fault.value), names, limit=1)
        offer = f" Did you mean {close[0]!r}?" if close else f" The release has {len(names)} icon names."
        more = f" Names that begin with {quoted(patterns)} are taken too." if patterns else ""
        return (
            f"{_label(here)} is {shown(fault.value)}, which is not among the icon names of "
            f"{self._release}.{offer}{more}"
        )

    def _wrong(self, fault: Fault, path: Path, here: Place) -> str:
        subject = f"An entry of {_label(here)}" if path and isinstance(path[-1], int) else _label(here)
        wanted = expected(fault.schema, self._defs)
        if fault.of_another_type:
            kind = called(fault.value)
            value = f" ({shown(fault.value)})" if kind not in ("true", "false", "null") else ""
            return f"{subject} is {kind}{value}; it must be {wanted}."
        return f"{subject} is {shown(fault.value)}; it must be {wanted}."

    def _violation(self, rule: str, here: Place, path: Path, value: Any, reason: str) -> Violation:
        last = path[-1] if rule in ("unknown-prop", "missing-prop") else None
        prop = ".".join(part for part in (here.prop, str(last) if last is not None else "") if part)
        return Violation(
            component=here.component, prop=prop, path=written(path), value=value, reason=reason, rule=rule
        )


def _label(here: Place) -> str:
    return f"{here.component}.{here.prop}" if here.prop else here.component


def _icon_names(schema: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    branches = schema.get("anyOf", [schema])
    names = [name for each in branches for name in each.get("enum", ())]
    return names, [each["pattern"].removeprefix("^") for each in branches if "pattern" in each]
