"""What a schema validator complains of, and which branch of a union is to blame for it.

A value that fits no branch of an `anyOf` fails in each of them. Told is the branch that it comes nearest
to: `{"text": "...", "icon": "newspaper"}` is a status with a wrong icon, not one with a wrong favicon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema.exceptions import ValidationError

from chatkit_harness.contracts.places import Path
from chatkit_harness.contracts.words import type_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A validator's error: the keyword of the schema that failed, and the value that it failed on.

    `argument` is what the schema says under that keyword; `steps` lead from the value that a union was
    tried on; `branches` are the faults of each branch of that union.
    """

    keyword: str
    argument: Any
    schema: Mapping[str, Any]
    value: Any
    path: Path
    steps: int
    branches: tuple[tuple[Fault, ...], ...] = ()

    @property
    def allowed(self) -> list[Any]:
        """The values that an enumeration or constant allows; none for other keywords."""
        if self.keyword == "const":
            return [self.argument]
        return list(self.argument) if self.keyword == "enum" else []

    @property
    def extras(self) -> list[str]:
        """The properties that are too many, for `additionalProperties`."""
        return sorted(set(self.value) - set(self.schema["properties"]))

    @property
    def missing(self) -> list[str]:
        """The properties that are not there, for `required`."""
        return sorted(set(self.argument) - set(self.value))

    @property
    def of_another_type(self) -> bool:
        """Whether the value is of another JSON type than anything allowed here."""
        if self.keyword == "anyOf":
            return all(map(_for_another_type, self.branches))
        if self.allowed:
            return type_of(self.value) not in {type_of(each) for each in self.allowed}
        return self.keyword == "type"


def faults(errors: Iterator[ValidationError]) -> Iterator[Fault]:
    """The faults to tell for a validator's errors, unions followed into the nearest branch."""
    for error in errors:
        yield from _blamed(_fault(error))


def _fault(error: ValidationError) -> Fault:
    branches: dict[int | str, list[Fault]] = {}
    for each in error.context or ():
        branches.setdefault(each.relative_schema_path[0], []).append(_fault(each))
    return Fault(
        keyword=str(error.validator),
        argument=error.validator_value,
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        value=error.instance,
        path=tuple(error.absolute_path),
        steps=len(error.relative_path),
        branches=tuple(map(tuple, branches.values())),
    )


def _blamed(fault: Fault) -> Iterator[Fault]:
    near = [branch for branch in fault.branches if not _for_another_type(branch)]
    if not near or all(map(_only_lists_values, near)):
        yield fault
        return
    for each in min(near, key=lambda branch: sum(map(_weight, branch))):
        yield from _blamed(each)


def _for_another_type(branch: tuple[Fault, ...]) -> bool:
    return any(not each.steps and each.of_another_type for each in branch)


def _only_lists_values(branch: tuple[Fault, ...]) -> bool:
    """Whether a branch only lists values, so that the union as a whole says it better."""
    return all(not each.steps and each.keyword in ("enum", "const", "pattern", "format") for each in branch)


def _weight(fault: Fault) -> int:
    """A prop that is not there at all, or one too many, weighs more than a value that is wrong."""
    if fault.keyword == "additionalProperties":
        return 2 * len(fault.extras)
    return 2 if fault.keyword == "required" else 1
