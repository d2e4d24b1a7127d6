"""Where two JSON documents differ, as paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A place where two documents differ; `there` and `here` are None for what is not there."""

    path: str
    there: Any
    here: Any

    @property
    def place(self) -> str:
        """The path without numbers, alike in every case."""
        return re.sub(r"\[\d+\]", "[]", self.path)


def all_differences(
    there: Any, here: Any, ignored: frozenset[str] = _NONE, path: str = ""
) -> Iterator[Differing]:
    """Every place where two documents differ, in the order of `there`.

    A key that holds null is the same as none, as on chatkit's wire. Keys of `ignored` are passed over on
    the top level.
    """
    if isinstance(there, Mapping) and isinstance(here, Mapping):
        for key in dict.fromkeys([*there, *here]):
            if key not in ignored:
                where = f"{path}.{key}" if path else str(key)
                yield from all_differences(there.get(key), here.get(key), path=where)
    elif isinstance(there, list) and isinstance(here, list):
        for number in range(max(len(there), len(here))):
            one, other = (each[number] if number < len(each) else None for each in (there, here))
            yield from all_differences(one, other, path=f"{path}[{number}]")
    elif there != here or isinstance(there, bool) != isinstance(here, bool):
        yield Differing(path=path, there=there, here=here)
