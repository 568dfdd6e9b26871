"""The command tree. The options that every command shares may stand before or after its words."""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from kraken_desk import __version__
from kraken_desk.cli.commands import Commands
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.output import let_go_of_broken_streams, print_problem, say
from kraken_desk.cli.runtime import Runtime, Session
from kraken_desk.domain.errors import KrakenDeskError

F = TypeVar("F", bound=Callable[..., Any])
_log = logging.getLogger(__name__)
_ENVIRONMENT = "The environment to use; without it, what holds keys, or production."
_LONG_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
"""What keys and secrets look like; a mistyped command must not repeat one on the screen."""

_INTERRUPTED = 130
"""What shells expect of a command that Ctrl-C ended."""


class _Directory(click.Path):
    """A directory; an empty text, as from an unset variable, must not mean the present one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("an empty text names no directory", param, ctx)
        return super().convert(value, param, ctx)


_DIRECTORY = _Directory(file_okay=False, path_type=Path)


def shared_options(command: F) -> F:
    """Add --home, --environment and --json, and pass the Session as first argument."""

    @wraps(command)
    def wrapped(
        context: click.Context, /, home: Path | None, environment: str | None, as_json: bool, **words: Any
    ) -> Any:
        session = context.find_object(Session)
        assert session is not None
        session.home = home or session.home
        session.environment = environment or session.environment
        session.as_json = as_json or session.as_json
        return command(session, **words)

    options = (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output."),
        click.option("--environment", metavar="NAME", help=_ENVIRONMENT),
        click.option("--home", type=_DIRECTORY, help="The profile's directory."),
    )
    decorated: Any = click.pass_context(wrapped)  # click's decorators keep the call shape
    for option in options:
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


@click.group(
    cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="kraken-desk")
@click.option(
    "--home",
    type=_DIRECTORY,
    envvar="KRAKEN_DESK_HOME",
    help="The directory that holds all data of a profile.",
)
@click.option("--environment", metavar="NAME", help=_ENVIRONMENT)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
@click.option("--self-test", is_flag=True, help="Test this installation itself, and exit.")
@click.pass_context
def root(
    context: click.Context, home: Path | None, environment: str | None, as_json: bool, self_test: bool
) -> None:
    """See every Kraken API key of a fleet, check it, and move money between its accounts.

    Without a command, the window opens.
    """
    session = context.find_object(Session)
    assert session is not None
    session.home, session.environment, session.as_json = home, environment, as_json
    if self_test:
        raise click.exceptions.Exit(_test_itself(session))
    if context.invoked_subcommand is None:
        raise click.exceptions.Exit(session.runtime.window(home, environment))


def _test_itself(session: Session) -> int:
    """Answer what the self-test found; a part that is missing is a defect of the installation."""
    from kraken_desk.cli.commands.doctor import document_of
    from kraken_desk.services.diagnosis import text_of

    found = session.runtime.self_test()
    session.answer(document_of(found), text_of(found))
    return ExitCode.DONE if all(each.ok for each in found) else ExitCode.DEFECT


def run(runtime: Runtime, arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code; every error is answered in the asked form."""
    try:
        return _run(runtime, arguments)
    finally:
        let_go_of_broken_streams()


def _run(runtime: Runtime, arguments: Sequence[str]) -> int:
    _print_any_character()
    session = Session(runtime)
    try:
        result = root.main(list(arguments), standalone_mode=False, obj=session, prog_name="kraken-desk")
    except click.exceptions.Exit as stop:
        return session.code(stop.exit_code)
    except SystemExit:  # click's way to say that nobody reads the help
        return ExitCode.DONE
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return ExitCode.INPUT
    except click.exceptions.Abort as error:
        _usage_error(session, arguments, "Interrupted", "")
        return _INTERRUPTED if isinstance(error.__cause__, KeyboardInterrupt) else ExitCode.INPUT
    except click.ClickException as error:
        return _usage_error(session, arguments, error.format_message(), _hint(error))
    except Exception as error:  # noqa: BLE001  # process boundary: a defect is answered too
        return _answer(session, error)
    return session.code(result if isinstance(result, int) else ExitCode.DONE)


def _hint(error: click.ClickException) -> str:
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return "See kraken-desk --help."
    if isinstance(error, click.NoSuchOption) and error.ctx.command.name == "run":
        return "Put “--” before the command that is to be started: kraken-desk run KEY -- COMMAND …"
    return f"See {error.ctx.command_path} --help."


def answer_error(runtime: Runtime, arguments: Sequence[str], error: BaseException, *, as_json: bool) -> int:
    """Answer what ended a command that was read without click, as if it had been read with it."""
    _print_any_character()
    session = Session(runtime, as_json=as_json)
    try:
        if isinstance(error, KeyboardInterrupt):
            _usage_error(session, arguments, "Interrupted", "")
            return _INTERRUPTED
        return _answer(session, error)
    finally:
        let_go_of_broken_streams()


def _answer(session: Session, error: BaseException) -> int:
    return session.fail(error) if isinstance(error, KrakenDeskError) else _defect(session, error)


def _print_any_character() -> None:
    """Let a terminal that lacks a character show its code: an answer must not fail while it is printed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _defect(session: Session, error: BaseException) -> int:
    """Answer a defect of ours; what happened goes to the log, which masks secrets."""
    _log.critical("the command failed", exc_info=error)
    title, detail = "Kraken Desk has a defect", f"{type(error).__name__} in this command."
    hint = "The messages above tell where. Please report them."
    if session.as_json and not session.answered:
        problem = {"category": "Defect", "title": title, "detail": detail, "hint": hint, "kraken": []}
        session.print_document({"error": problem})
    else:
        print_problem(title, detail, hint)
    return ExitCode.DEFECT


def _usage_error(session: Session, arguments: Sequence[str], message: str, hint: str) -> int:
    title = _LONG_BASE64.sub("[masked]", message)
    if "--json" in arguments and not session.answered:
        error = {"category": "InputError", "title": title, "detail": "", "hint": hint, "kraken": []}
        session.print_document({"error": error})
    else:
        print_problem(title, hint, "")
    return ExitCode.INPUT
