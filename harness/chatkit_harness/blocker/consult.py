"""Doctor, run on a throwaway environment: the single-file form, by the environment's own interpreter."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chatkit_harness.doctor.single_file import single_file

from .bench import Bench
from .nouns import Cure, Diagnosis, Done, Named
from .story import PROGRAM

FILE = "chatkit-doctor.py"
NOT_EXAMINED = "could not examine"
_TRIED = f"import {PROGRAM.removesuffix('.py')}"
logger = logging.getLogger("chatkit_harness.blocker")


def write_doctor(folder: Path) -> Path:
    """The single file, as `doctor --write` gives it."""
    path = folder / FILE
    path.write_text(single_file(FILE), encoding="utf-8")
    return path


def consult(bench: Bench, *, fix: bool = False) -> Diagnosis:
    """What doctor says; with `fix` what it says after it has applied what it may apply itself."""
    words = ["--cwd", str(bench.folder), "--try", _TRIED, "--format", "json", *(["--fix"] if fix else [])]
    command = [str(bench.python), str(bench.shop.doctor), *words]
    ran = bench.shop.programs.run(command, cwd=bench.folder, environ=bench.environ)
    try:
        document = json.loads(ran.out)
    except ValueError:
        document = {}
    if "verdict" not in document:
        logger.warning("doctor could not examine %s: %s %s", bench.folder, document, ran.err.strip()[-500:])
        return Diagnosis(verdict=NOT_EXAMINED)
    return diagnosis(document)


def diagnosis(document: Mapping[str, Any]) -> Diagnosis:
    """Doctor's document, as far as it matters here."""
    return Diagnosis(
        verdict=document["verdict"],
        causes=tuple(map(_named, document["causes"])),
        done=tuple(_done(each) for each in document["done"]),
    )


def _named(told: Mapping[str, Any]) -> Named:
    cure = told["cure"]
    return Named(
        key=told["key"],
        title=told["title"],
        message=told["message"],
        evidence=tuple(told["evidence"]),
        cure=Cure(
            by=cure["by"],
            commands=tuple(tuple(each) for each in cure["commands"]),
            changes=tuple(cure["changes"]),
            advice=cure["advice"],
        ),
    )


def _done(told: Mapping[str, Any]) -> Done:
    return Done(command=tuple(told["command"]), status=told["status"], said=told["said"])


def apply(bench: Bench, causes: Sequence[Named]) -> tuple[Done, ...]:
    """Run the commands that doctor leaves to the user, as a user would; one that fails ends its cure."""
    done: list[Done] = []
    for cure in dict.fromkeys(each.cure for each in causes if each.cure.by != "doctor"):
        for command in cure.commands:
            ran = bench.shop.programs.run(command, cwd=bench.folder, environ=_typing(bench))
            said = "\n".join((ran.out + ran.err).strip().splitlines()[-12:])
            done.append(Done(command=command, status=ran.status, said=said))
            if ran.status != 0:
                break
    return tuple(done)


def _typing(bench: Bench) -> dict[str, str]:
    """The variables of a user who types: mv and sed are on PATH."""
    return {**bench.environ, "PATH": os.pathsep.join([bench.environ["PATH"], os.environ.get("PATH", "")])}
