"""Where the files are that the harness ships: scenarios, cassettes and schemas."""

from __future__ import annotations

from pathlib import Path

from chatkit_harness.core.errors import ConfigurationError

_PACKAGE = Path(__file__).resolve().parent.parent


def data_folder(name: str) -> Path:
    """The folder `name` of the shipped data: beside an installed package, or at the top of a checkout.

    Raises ConfigurationError where neither is there.
    """
    installed = _PACKAGE / "_data" / name
    if installed.is_dir():
        return installed
    checkout = _PACKAGE.parent.parent / name
    if checkout.is_dir() and _PACKAGE.parent.name == "harness":
        return checkout
    raise ConfigurationError(
        culprit=f"data folder {name!r}",
        cause="It is missing from this installation of chatkit-harness.",
        next_step="Install chatkit-harness again, or run it from a complete checkout.",
    )
