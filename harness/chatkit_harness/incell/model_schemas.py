"""Prints, as one JSON document, the JSON Schemas that the installed chatkit makes of its own models.

Run by a cell's interpreter as `python -I model_schemas.py`. It needs chatkit's `types` and `widgets` and
what those import; agents is not among them, so that `server` is read, not imported. The document:

    {"format": 2, "chatkit": "1.6.5", "pydantic": "2.14.3", "python": "3.12.1",
     "schemas": {"widget": {...}, "event": {...}, "request": {...}},
     "answers": ["SyncCustomActionResponse", ...], "nulls": false, "unsent": {"FileAttachment": ["metadata"]},
     "unions": {"WidgetComponent": ["Text", ...], ...},
     "icons": {"IconName": {...}, "WidgetIcon": {...}},
     "open": ["DynamicWidgetComponent", ...], "components": {"BasicRoot": "Basic", ...}}

`schemas` and `icons` are as pydantic gives them: of widgets and requests what the models take, of events
what they send, which is every field with a default too. `answers` are models that are no part of an event
and that methods of the server give back; they are among the definitions of `event`. `nulls` is whether the
server sends a field that is None, `unsent` names the fields that it leaves out whatever they hold. `unions`
are the module-level unions of classes by their names, `open` the models that take any further key,
`components` the widget classes of the module by their `type`. Where chatkit cannot be read the document is
`{"format": 2, "error": "ModuleNotFoundError: ..."}`, and the exit status is 1.
"""

import ast
import contextlib
import inspect
import json
import platform
import sys
import types
import typing
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional

FORMAT = 2
SERVER, DUMP = "ChatKitServer", "model_dump_json"


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


def dump_words(server: ast.AST) -> Dict[str, Any]:
    """How the server's module writes models: the arguments of its one call of `model_dump_json`."""
    calls = [
        each
        for each in ast.walk(server)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == DUMP
    ]
    if len(calls) != 1:
        raise ValueError(f"chatkit.server calls {DUMP} {len(calls)} times, not once: how it sends is unknown")
    return {str(each.arg): ast.literal_eval(each.value) for each in calls[0].keywords}


def given_back(server: ast.AST) -> Iterator[str]:
    """The names in what public methods of the server class say that they return."""
    for holder in ast.walk(server):
        if isinstance(holder, ast.ClassDef) and holder.name == SERVER:
            for each in holder.body:
                if not isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)) or each.name[0] == "_":
                    continue
                for node in ast.walk(each.returns or ast.Pass()):
                    if isinstance(node, ast.Name):
                        yield node.id


def unsent(model: Any, words: Mapping[str, Any]) -> List[str]:
    """The fields that a model leaves out when it is written so, although they hold something."""
    full = model.model_construct(**dict.fromkeys(model.model_fields, "something"))
    written = json.loads(full.model_dump_json(**{**words, "warnings": False}))
    names = {name: each.serialization_alias or name for name, each in model.model_fields.items()}
    return sorted(name for name in names.values() if name not in written)


def constant(model: Any) -> Optional[str]:
    """What `type` of a model is, where it can be one thing only."""
    field = model.model_fields.get("type")
    if field is None or typing.get_origin(field.annotation) is not typing.Literal:
        return None
    values = typing.get_args(field.annotation)
    return values[0] if len(values) == 1 else None


def sent_schema(event: Any, answers: Mapping[str, Any], words: Mapping[str, Any]) -> Dict[str, Any]:
    """The schema of an event as it is written, and beside it the definitions of these answers."""
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    with_defaults = not (words.get("exclude_unset") or words.get("exclude_defaults"))

    class Sent(GenerateJsonSchema):
        """What is written: a field with a default is there as any other."""

        def field_is_required(self, field: Any, total: bool) -> bool:
            if with_defaults and field["type"] == "model-field":
                return not field.get("serialization_exclude")
            return super().field_is_required(field, total)

        def ser_schema(self, schema: Any) -> Any:
            """A function around a model may be annotated as anything; `unsent` says what it leaves out."""
            return None if schema["type"] == "function-wrap" else super().ser_schema(schema)

    kinds = {"event": event, **answers}
    asked: Any = [(name, "serialization", TypeAdapter(kind)) for name, kind in kinds.items()]
    tops, rest = TypeAdapter.json_schemas(asked, schema_generator=Sent)
    return {**tops[("event", "serialization")], "$defs": rest["$defs"]}


def document() -> Dict[str, Any]:
    """Everything that is printed."""
    import chatkit
    import pydantic
    from chatkit import types as chatkit_types
    from chatkit import widgets as chatkit_widgets

    server = ast.parse(Path(str(chatkit.__file__)).with_name("server.py").read_text("utf-8"))
    words = dump_words(server)
    modules = {"types": chatkit_types, "widgets": chatkit_widgets}
    named = {name: value for module in modules.values() for name, value in vars(module).items()}

    def own_models(module: Any) -> Dict[str, Any]:
        """The models that a module defines, by name."""
        return {
            name: value
            for name, value in sorted(vars(module).items())
            if inspect.isclass(value)
            and issubclass(value, pydantic.BaseModel)
            and value.__module__ == module.__name__
            and value.__name__ == name
        }

    def schema_of(kind: Any) -> Dict[str, Any]:
        return pydantic.TypeAdapter(kind).json_schema()

    of_types, of_widgets = own_models(chatkit_types), own_models(chatkit_widgets)
    in_events = sent_schema(chatkit_types.ThreadStreamEvent, {}, words)["$defs"]
    answers = sorted({name for name in given_back(server) if name in of_types} - set(in_events))
    left_out = {name: unsent(model, words) for name, model in of_types.items()}
    unions = {name: members(value) for name, value in named.items() if not name.startswith("_")}
    return {
        "format": FORMAT,
        "chatkit": metadata.version("openai-chatkit"),
        "pydantic": pydantic.VERSION,
        "python": platform.python_version(),
        "schemas": {
            "widget": schema_of(chatkit_widgets.WidgetRoot),
            "event": sent_schema(
                chatkit_types.ThreadStreamEvent, {name: of_types[name] for name in answers}, words
            ),
            "request": schema_of(chatkit_types.ChatKitReq),
        },
        "answers": answers,
        "nulls": not words.get("exclude_none"),
        "unsent": {name: found for name, found in left_out.items() if found},
        "unions": {name: found for name, found in sorted(unions.items()) if found},
        "icons": {name: schema_of(named[name]) for name in ("IconName", "WidgetIcon") if name in named},
        "open": [name for name, model in of_widgets.items() if model.model_config.get("extra") == "allow"],
        "components": {
            name: constant(model)
            for name, model in of_widgets.items()
            if {"key", "id"} <= set(model.model_fields) and constant(model)
        },
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
