"""Cassettes to files: vcrpy's YAML, with provenance at the top and chunks beside each body."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import yaml

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import CassetteError
from chatkit_harness.core.redaction import allowed_headers, find_secrets
from chatkit_harness.upstream.cassette import Cassette, Fault, Interaction
from chatkit_harness.upstream.cassette_reader import parse_cassette


def cassette_text(cassette: Cassette) -> str:
    """The cassette as YAML that vcrpy reads too."""
    document = {
        "version": 1,
        "harness": {
            **{key: value for key, value in to_document(cassette.provenance).items() if value},
            "interactions": len(cassette.interactions),
        },
        "interactions": [_written(each) for each in cassette.interactions],
    }
    return yaml.dump(
        document,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=2**31 - 1,
        default_flow_style=False,
    )


def write_cassette(path: Path | str, cassette: Cassette) -> None:
    """Write a cassette, whole or not at all.

    Raises CassetteError where the text still holds what looks like a secret, or where what would be
    read back is not what was recorded; then nothing is written.
    """
    path = Path(path)
    text = cassette_text(cassette)
    secrets = find_secrets(text)
    if secrets:
        cause = f"nothing is written, because it would hold {'; '.join(secrets[:3])}."
        raise CassetteError(str(path), cause, "Keep the secret out of prompts and tool outputs.")
    if parse_cassette(text, name=cassette.name) != cassette:
        cause = "nothing is written, because it could not be read back as it was recorded."
        raise CassetteError(str(path), cause, "Report this with the scenario that was recorded.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
    except OSError as trouble:
        cause = f"the cassette cannot be written ({trouble.strerror or trouble})."
        raise CassetteError(str(path), cause, "Choose a folder that can be written.") from None


def _replace(path: Path, text: str) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _written(interaction: Interaction) -> dict[str, Any]:
    headers = {name: [value] for name, value in allowed_headers(interaction.headers).items()}
    return {
        "request": {
            "method": interaction.method,
            "uri": interaction.uri,
            "headers": {"content-type": ["application/json"]},
            "body": json.dumps(interaction.request, ensure_ascii=False),
        },
        "response": {
            "status": {"code": interaction.status, "message": interaction.message},
            "headers": headers,
            "body": {"string": _body_text(interaction.body)},
        },
        "harness": _own(interaction),
    }


def _own(interaction: Interaction) -> dict[str, Any]:
    times = [chunk.at_ms for chunk in interaction.chunks]
    own: dict[str, Any] = {"lengths": _Flow(len(chunk.data) for chunk in interaction.chunks)}
    if any(time is not None for time in times):
        own["at_ms"] = _Flow(times)
    more = {
        "turn": interaction.turn,
        "outputs": dict(interaction.outputs),
        "unoffered": interaction.unoffered,
        "sees": list(interaction.sees),
        "cut": interaction.cut,
        "without": list(interaction.without),
        "fault": _fault(interaction.fault),
    }
    return {**own, **{key: value for key, value in more.items() if value}}


def _fault(fault: Fault | None) -> dict[str, Any] | None:
    """What is said of a fault; the rest is as it is without being said."""
    if fault is None:
        return None
    usual = to_document(Fault())
    return {key: value for key, value in to_document(fault).items() if value != usual[key]}


def _body_text(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


class _Flow(list[Any]):
    """A list that is written on one line."""


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # chosen at run time
    """Writes texts of several lines as blocks, so that a stream can be read in the file."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # each place is written out
        return True


def _represent_text(dumper: Any, text: str) -> Any:
    block = "\n" in text and not any(odd in text for odd in "\r\x85\u2028\u2029\ufeff")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if block else None)


def _represent_flow(dumper: Any, items: _Flow) -> Any:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=True)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_Flow, _represent_flow)
