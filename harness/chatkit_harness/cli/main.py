"""The entry point: finds the command, and tells errors without a traceback."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import signal
import sys
import traceback
from collections.abc import Iterator
from typing import Any, NoReturn

import click

from chatkit_harness import __version__
from chatkit_harness.core.errors import HarnessError, SelectionError, UsageError, did_you_mean

from .settings import project_settings
from .tell import tell_error

COMMANDS = {
    "run": "run",
    "sweep": "sweep",
    "compare": "compare",
    "gate": "gate",
    "bisect": "bisect",
    "blocker": "blocker",
    "doctor": "doctor",
    "record": "record",
    "recheck": "recheck",
    "report": "report",
    "breaks": "breaks",
    "prove": "prove",
    "diff": "diff",
    "merge": "merge",
    "list": "list_",
    "schemas": "schemas",
    "serve": "serve",
    "upstream": "upstream",
    "init": "init",
}
INTERRUPTED = 130
BUG = 70
"""As sysexits.h calls trouble of the software's own."""


class Commands(click.Group):
    """Imports a command only when it is asked for, so that `--help` and completion stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """The command, or None where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"chatkit_harness.cli.{COMMANDS[cmd_name]}")
        command = module.command
        assert isinstance(command, click.Command)  # noqa: S101 - each command module has this one name
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a wrong name is answered with the nearest one."""
        if args and args[0] not in COMMANDS:
            raise click.UsageError(f"No such command {args[0]!r}. {did_you_mean(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="chatkit-harness")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Tells whether a set of dependency versions of a ChatKit server works, by driving conversations.

    \b
    Example:
      chatkit-harness run
      chatkit-harness run --pair 1.6.5:newest --resolution today

    Exit status: 0 as wished; 1 a failure in the thing under test; 2 wrong use; 3 no failure, but
    something could not be judged; 70 a bug of chatkit-harness; 130 interrupted.
    """
    ctx.default_map = project_settings()


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit. Foreseen errors print three sentences; a bug a traceback, status 70."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        _require_words(arguments)
        with _ended_politely():
            status: Any = cli.main(args=arguments, prog_name="chatkit-harness", standalone_mode=False)
    except HarnessError as error:
        tell_error(error, as_json=_wants_json(arguments))
        sys.exit(error.exit_status)
    except click.ClickException as error:
        if _wants_json(arguments):
            tell_error(UsageError("command line", error.format_message(), "See --help."), as_json=True)
        else:
            error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    except Exception:  # noqa: BLE001 - Python's own status for it, 1, would say that the thing under test fails
        traceback.print_exc()
        click.echo("This is a bug of chatkit-harness. Please report it with the lines above.", err=True)
        sys.exit(BUG)
    sys.exit(status if isinstance(status, int) else 0)


def _require_words(arguments: list[str]) -> None:
    """Raise UsageError for an empty word: taken for a path, it would be the working folder."""
    if all(word.rpartition("=")[2].strip() for word in arguments):
        return
    from .named import OPTIONS

    for parameter, value in _taken(arguments):
        words = [value] if isinstance(value, str) else value if isinstance(value, (list, tuple)) else []
        if "--reason" in parameter.opts or all(str(word).strip() for word in words):
            continue  # the reason has words of its own for that
        option, thing, _ = OPTIONS.get(str(parameter.name), (None, None, None))
        step = "Leave it out, or say what is meant; a variable may not be set."
        if option in parameter.opts:
            raise SelectionError(f"{option} ''", f"It names no {thing}.", step)
        raise UsageError(f"{_called(parameter)} ''", "It is empty, and names nothing.", step)


def _taken(arguments: list[str]) -> list[tuple[click.Parameter, Any]]:
    """What click takes the words for, in the order in which they stand; what it refuses, it tells itself."""
    command: click.Command = cli
    while isinstance(command, click.Group) and arguments:
        found = command.get_command(click.Context(command), arguments[0])
        if found is None:
            return []
        command, arguments = found, arguments[1:]
    try:
        values, _, order = command.make_parser(click.Context(command)).parse_args([*arguments])
    except click.UsageError:
        return []
    return [(parameter, values.get(str(parameter.name))) for parameter in order]


def _called(parameter: click.Parameter) -> str:
    """An option's long name, or what the help calls a word without one."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.human_readable_name.strip("[]")


@contextlib.contextmanager
def _ended_politely() -> Iterator[None]:
    """A CI that ends a job asks first: what is finished is then kept and told, as after Ctrl-C."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not the main thread: whoever called sees to signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _wants_json(arguments: list[str]) -> bool:
    return "--format=json" in arguments or ("--format", "json") in itertools.pairwise(arguments)
