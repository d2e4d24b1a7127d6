"""Which distributions a user's file needs that a cell does not have by itself."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from packaging.utils import canonicalize_name

from chatkit_harness.core.errors import ConfigurationError

from .source import imported_modules, parse_file

IN_EVERY_CELL = frozenset(
    {
        "agents",
        "annotated_types",
        "anyio",
        "attr",
        "attrs",
        "certifi",
        "chatkit",
        "click",
        "cryptography",
        "griffe",
        "h11",
        "idna",
        "jiter",
        "jsonschema",
        "jwt",
        "mcp",
        "openai",
        "pydantic",
        "pydantic_core",
        "python_multipart",
        "requests",
        "sniffio",
        "sse_starlette",
        "starlette",
        "typing_extensions",
        "typing_inspection",
        "urllib3",
        "uvicorn",
    }
)
"""Import names of what openai-chatkit and openai-agents bring, whatever their releases."""

DISTRIBUTIONS = {
    "Crypto": "pycryptodome",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "guardrails": "openai-guardrails",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "multipart": "python-multipart",
    "psycopg2": "psycopg2-binary",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "yaml": "pyyaml",
}
"""Import names whose distribution is called otherwise."""

_FILES = 300
"""How many of a checkout's own files are followed."""


def missing_extras(file: Path, provided: Iterable[str] = ()) -> tuple[str, ...]:
    """Distributions that importing the file needs, and that a cell has only with `--with` or a project's
    own requirements.

    The checkout's own modules are followed. `provided` are the requirements that the cell gets besides the
    pair. Imports that are tried, or made inside a function, are not asked for.
    """
    roots = import_roots_of(file)
    waiting, seen, wanted = [file], {file}, dict[str, None]()
    while waiting and len(seen) < _FILES:
        for name in _imports(waiting.pop(0)):
            own = own_module(name, roots)
            if own is None:
                wanted[name] = None
                continue
            for each in own:
                if each not in seen:
                    seen.add(each)
                    waiting.append(each)
    have = {str(canonicalize_name(each)) for each in provided}
    found = dict.fromkeys(distribution_of(name) for name in wanted if not _in_a_cell(name))
    return tuple(each for each in found if each and canonicalize_name(each) not in have)


def _imports(file: Path) -> list[str]:
    try:
        tree = parse_file(file)
    except ConfigurationError:  # importing it in the cell will say so
        return []
    return list(imported_modules(tree)) if tree is not None else []


def import_roots_of(file: Path) -> list[Path]:
    """The folders that a file's own imports are looked up in: its own, and that of its outermost package."""
    outer = file.parent
    while (outer / "__init__.py").is_file():
        outer = outer.parent
    return list(dict.fromkeys([file.parent, outer]))


def own_module(name: str, roots: Iterable[Path]) -> list[Path] | None:
    """The files of the checkout that importing `name` runs; None where it is not the checkout's."""
    parts = name.split(".")
    for root in roots:
        if not (root / parts[0]).is_dir() and not (root / f"{parts[0]}.py").is_file():
            continue
        found = []
        for end in range(1, len(parts) + 1):
            place = root.joinpath(*parts[:end])
            found += [each for each in (place / "__init__.py", place.with_suffix(".py")) if each.is_file()]
        if found:
            return found
    return None


def _in_a_cell(name: str) -> bool:
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names or top in IN_EVERY_CELL or top == "__future__"


def distribution_of(module: str) -> str:
    """The distribution that most likely brings a module: for most the name is the same.

    Empty for `google` alone, which many bring a part of.
    """
    parts = module.split(".")
    if parts[0] == "google":
        return "-".join(parts[: 3 if parts[1:2] == ["cloud"] else 2]).replace("_", "-") if parts[1:] else ""
    return DISTRIBUTIONS.get(parts[0], parts[0].replace("_", "-"))
