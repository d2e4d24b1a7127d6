"""What may be there at once or has to be waited for, as users write it."""

from __future__ import annotations

import inspect
from typing import Any


async def maybe(value: Any) -> Any:
    """The value, waited for where it has to be."""
    return await value if inspect.isawaitable(value) else value
