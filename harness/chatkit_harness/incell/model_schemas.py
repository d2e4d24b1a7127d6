"""Prints, as one JSON document, the JSON Schemas that the installed chatkit makes of its own models.

Run by a cell's interpreter as `python -I model_schemas.py`. It needs chatkit's `types` and `widgets` and
what those import; agents is not among them. The document:

    {"format": 1, "chatkit": "1.6.5", "pydantic": "2.14.3", "python": "3.12.1",
     "schemas": {"widget": {...}, "event": {...}, "request": {...}},
     "unions": {"WidgetComponent": ["Text", ...], ...},
     "icons": {"IconName": {...}, "WidgetIcon": {...}},
     "open": ["DynamicWidgetComponent", ...]}

`schemas` and `icons` are as pydantic gives them, `unions` are the module-level unions of classes by their
names, `open` the models that take any further key. Where chatkit cannot be imported the document is
`{"format": 1, "error": "ModuleNotFoundError: ..."}`, and the exit status is 1.
"""

import contextlib
import inspect
import json
import platform
import sys
import types
import typing
import warnings
from importlib import metadata
from typing import Any, Dict, List, Optional

FORMAT = 1
ROOTS = {
    "widget": ("widgets", "WidgetRoot"),
    "event": ("types", "ThreadStreamEvent"),
    "request": ("types", "ChatKitReq"),
}


def members(union: Any) -> Optional[List[str]]:
    """The names of the classes in a union, nested ones included; None for whatever else it is."""
    if hasattr(union, "__metadata__"):
        return members(union.__origin__)
    if typing.get_origin(union) not in (typing.Union, types.UnionType):
        return None
    names: List[str] = []
    for each in typing.get_args(union):
        found = [each.__name__] if inspect.isclass(each) else members(each)
        if found is None:
            return None
        names.extend(found)
    return names


def document() -> Dict[str, Any]:
    """Everything that is printed."""
    import pydantic
    from chatkit import types as chatkit_types
    from chatkit import widgets as chatkit_widgets

    modules = {"types": chatkit_types, "widgets": chatkit_widgets}

    def schema_of(kind: Any) -> Dict[str, Any]:
        return pydantic.TypeAdapter(kind).json_schema()

    named = {name: value for module in modules.values() for name, value in vars(module).items()}
    unions = {name: members(value) for name, value in named.items() if not name.startswith("_")}
    models = [value for value in named.values() if inspect.isclass(value)]
    return {
        "format": FORMAT,
        "chatkit": metadata.version("openai-chatkit"),
        "pydantic": pydantic.VERSION,
        "python": platform.python_version(),
        "schemas": {
            kind: schema_of(getattr(modules[module], name)) for kind, (module, name) in ROOTS.items()
        },
        "unions": {name: found for name, found in sorted(unions.items()) if found},
        "icons": {name: schema_of(named[name]) for name in ("IconName", "WidgetIcon") if name in named},
        "open": sorted(
            model.__name__
            for model in models
            if issubclass(model, pydantic.BaseModel) and model.model_config.get("extra") == "allow"
        ),
    }


def main() -> int:
    """Print the document; whatever the packages print meanwhile goes to standard error."""
    warnings.simplefilter("ignore")
    status = 0
    with contextlib.redirect_stdout(sys.stderr):
        try:
            found = document()
        except Exception as error:
            found = {"format": FORMAT, "error": f"{type(error).__name__}: {error}"}
            status = 1
    json.dump(found, sys.stdout, ensure_ascii=True, sort_keys=True)
    sys.stdout.write("\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
