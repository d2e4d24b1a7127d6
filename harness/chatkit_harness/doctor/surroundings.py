"""What kind of environment the patient is, and what it can be changed with."""

from __future__ import annotations

import os
import re
import shutil
from typing import Any, Dict, List, Mapping, Tuple

from .disk import read
from .nouns import Environment, Place

_ENTRY = re.compile(r"\{([^{}]*)\}")
_FIELD = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|\[([^\]]*)\])")


def environment(seen: Mapping[str, Any], places: Tuple[Place, ...], uv: str = "") -> Environment:
    """The patient's environment; `uv` is the uv to use where there is none on PATH."""
    prefix = seen["prefix"]
    settings = _settings(os.path.join(prefix, "pyvenv.cfg"))
    kind = _kind(prefix, seen, settings)
    sites = [each.folder for each in places if each.kind == "site-packages"]
    site = sites[0] if sites else ""
    receipt = read(os.path.join(prefix, "uv-receipt.toml"))
    return Environment(
        executable=seen["executable"],
        version=seen["version"],
        prefix=prefix,
        base_prefix=seen["base_prefix"],
        kind=kind,
        site_packages=site,
        made_by="uv" if "uv" in settings else "virtualenv" if "virtualenv" in settings else "",
        sees_base=settings.get("include-system-site-packages", "").lower() == "true",
        has_pip=any(_has_pip(each) for each in places),
        uv=shutil.which("uv") or uv,
        writable=not site or os.access(site, os.W_OK),
        tool=os.path.basename(prefix) if kind in ("uv tool", "pipx") else "",
        wanted=tuple(_wanted(receipt)) if kind == "uv tool" else (),
    )


def _kind(prefix: str, seen: Mapping[str, Any], settings: Mapping[str, str]) -> str:
    if os.path.isfile(os.path.join(prefix, "uv-receipt.toml")):
        return "uv tool"
    if os.path.isfile(os.path.join(prefix, "pipx_metadata.json")):
        return "pipx"
    if settings or prefix != seen["base_prefix"]:
        return "virtual environment"
    if os.path.isdir(os.path.join(prefix, "conda-meta")):
        return "conda"
    managed = os.path.isfile(os.path.join(seen["library"], "EXTERNALLY-MANAGED"))
    return "system" if managed else "installation"


def _settings(path: str) -> Dict[str, str]:
    """The lines of a pyvenv.cfg."""
    pairs = [line.partition("=") for line in read(path).splitlines() if "=" in line]
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs}


def _has_pip(place: Place) -> bool:
    return place.kind != "working directory" and os.path.isfile(
        os.path.join(place.folder, "pip", "__main__.py")
    )


def _wanted(receipt: str) -> List[str]:
    """The requirements that a uv tool was installed with, the tool itself first.

    Empty where the receipt says more than names, extras and ranges, such as a folder or an address.
    """
    start = receipt.find("requirements = [")
    if start < 0:
        return []
    depth, end = 0, start
    for end in range(start, len(receipt)):
        depth += {"[": 1, "]": -1}.get(receipt[end], 0)
        if depth == 0 and receipt[end] == "]":
            break
    found = []
    for entry in _ENTRY.findall(receipt[start:end]):
        fields = {name: text or listed for name, text, listed in _FIELD.findall(entry)}
        if not set(fields) <= {"name", "extras", "specifier"}:
            return []
        extras = ",".join(re.findall(r"\"([^\"]*)\"", fields.get("extras", "")))
        found.append(fields["name"] + (f"[{extras}]" if extras else "") + fields.get("specifier", ""))
    return found
