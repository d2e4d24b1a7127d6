"""The command line of the single-file form, which runs in the very patient."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import List, Optional

from .consult import consult
from .document import document
from .nouns import CannotExamineError
from .text import text


def main(arguments: Optional[List[str]] = None) -> int:
    """Examine, and say what is wrong: 0 healthy, 1 something is wrong, 2 wrong use, 3 could not examine."""
    given = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal of the old kind has not every letter of a path
            stream.reconfigure(errors="backslashreplace")
    try:
        report = consult(
            given.python,
            os.path.abspath(given.cwd),
            statements=given.statements,
            cure=given.fix,
            tell=lambda line: print(line, file=sys.stderr),  # noqa: T201 - the file's own command line
        )
    except CannotExamineError as error:
        said = {"culprit": error.culprit, "cause": error.cause, "next_step": error.next_step}
        if given.format == "json":
            sys.stdout.write(json.dumps({"error": {"code": "unavailable", **said}}, indent=2) + "\n")
        else:
            sys.stderr.write(f"Error: {error.culprit}\n  {error.cause}\n  {error.next_step}\n")
        return 3
    whole = json.dumps(document(report), indent=2) + "\n" if given.format == "json" else text(report)
    sys.stdout.write(whole)
    return report.status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Says why ChatKit cannot be imported here, or fails, and what cures it. Changes nothing "
        "without --fix. Exit status: 0 healthy; 1 something is wrong; 2 wrong use; 3 could not examine.",
    )
    parser.add_argument(
        "--python", default=sys.executable, help="another interpreter, or environment's folder"
    )
    parser.add_argument("--cwd", default=os.getcwd(), help="the folder that your program starts in")
    parser.add_argument("--try", dest="statements", action="append", default=[], metavar="STATEMENT",
                        help="a line of yours that fails, tried too")  # fmt: skip
    parser.add_argument("--fix", action="store_true", help="apply the cures, and examine again")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    return parser
