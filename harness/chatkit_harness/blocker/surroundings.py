"""The variables of programs in throwaway environments: the user's own, but for what would lead astray."""

from __future__ import annotations

import fnmatch
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from uv import find_uv_bin

from chatkit_harness.core.errors import BuildError

TOOLS = "tools"
"""The folder with all that is on PATH."""
TEMPORARY = "temporary"
"""The folder for what programs leave behind when they are killed."""
EXCLUDE_NEWER = "UV_EXCLUDE_NEWER"
_ASTRAY = ("PYTHON*", "VIRTUAL_ENV*", "CONDA_*", "PIP_*", "UV_*", "OPENAI_*", "__PYVENV_LAUNCHER__")
_KEPT = (
    "UV_CACHE_DIR",
    "UV_CREDENTIALS_DIR",
    "UV_HTTP_*",
    "UV_INDEX_*_PASSWORD",
    "UV_INDEX_*_USERNAME",
    "UV_INSECURE_HOST",
    "UV_KEYRING_PROVIDER",
    "UV_NATIVE_TLS",
    "UV_OFFLINE",
    "UV_SYSTEM_CERTS",
)


def surroundings(
    tools: Path, index: str, as_of: str, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The variables; `tools` is all that is on PATH, `index` where packages come from, as of an instant.

    What a cure installs comes from where everything else does, whatever the user has configured.
    """
    kept = {name: value for name, value in environ.items() if _is_kept(name.upper())}
    certificates = environ.get("SSL_CERT_FILE") or environ.get("PIP_CERT")
    if certificates:
        kept["SSL_CERT_FILE"] = kept["PIP_CERT"] = certificates
    return {
        **kept,
        "PATH": str(tools),
        "UV_DEFAULT_INDEX": index,
        EXCLUDE_NEWER: as_of,
        "UV_NO_CONFIG": "1",
        "UV_COMPILE_BYTECODE": "1",  # what a cure installs is imported by several processes
        "UV_PYTHON_DOWNLOADS": "never",
        "PIP_INDEX_URL": index,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "OPENAI_AGENTS_DISABLE_TRACING": "1",
    }


def _is_kept(name: str) -> bool:
    wanted = any(fnmatch.fnmatchcase(name, each) for each in _KEPT)
    return wanted or not any(fnmatch.fnmatchcase(name, each) for each in _ASTRAY)


def put_tools(folder: Path) -> Path:
    """A folder for PATH that holds uv and nothing else. Raises BuildError where uv is missing."""
    try:
        uv = Path(find_uv_bin())
    except FileNotFoundError:
        raise BuildError(
            "uv", "The uv program is missing.", "Run `pip install --force-reinstall uv`."
        ) from None
    folder.mkdir()
    try:
        (folder / uv.name).symlink_to(uv)
    except OSError:  # Windows, without the right to make links
        shutil.copy2(uv, folder / uv.name)
    return folder


def put_temporary(folder: Path) -> dict[str, str]:
    """Makes a folder for temporary files, and answers with the variables that lead programs there."""
    folder.mkdir()
    return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
