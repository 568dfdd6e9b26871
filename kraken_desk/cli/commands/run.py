"""`run SLOT -- COMMAND …`: one key for one process."""

from __future__ import annotations

import click

from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Session
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.handover import PRESETS, RunRequest, custom_names
from kraken_desk.domain.handover_form import HandOverForm, VariableNames


@click.command("run")
@click.argument("slot")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option("--pipe", is_flag=True, help="Safest: a descriptor, numbered in KRAKEN_DESK_CREDENTIALS_FD.")
@click.option(
    "--file", "as_file", is_flag=True, help="A file in memory, named in KRAKEN_DESK_CREDENTIALS_FILE."
)
@click.option("--preset", type=click.Choice(sorted(PRESETS)), help="Variables as this client reads them.")
@click.option("--env-key", metavar="NAME", help="The variable for the public key.")
@click.option("--env-secret", metavar="NAME", help="The variable for the secret, or for the token.")
@click.option("--ws-token", is_flag=True, help="Hand over a WebSocket token (Spot) instead of the pair.")
@click.option("--mask", is_flag=True, help="Mask the secret in the command's output and errors.")
@click.option("--anyway", is_flag=True, help="Also when the key would most likely be refused there.")
@shared_options
def command(
    session: Session,
    *,
    slot: str,
    command: tuple[str, ...],
    pipe: bool,
    as_file: bool,
    preset: str | None,
    env_key: str | None,
    env_secret: str | None,
    ws_token: bool,
    mask: bool,
    anyway: bool,
) -> None:
    """Start COMMAND with the credentials of the key SLOT, which no other process gets meanwhile.

    Without options the key's own way counts, which the window keeps with it; else the credentials are in
    variables, named as the key's declared client reads them. Signals and the exit code pass through; 7
    means that the key is in use.
    """
    if pipe and as_file:
        raise InputError("Two forms", "--pipe and --file exclude each other.", "Give one of them.")
    form = HandOverForm.PIPE if pipe else HandOverForm.FILE if as_file else None
    names = _names(env_key, env_secret, ws_token=ws_token)
    if (preset or names) and form is not None:
        raise InputError(
            "Two forms", f"A {form.value} needs no variables' names.", "Leave out one or the other."
        )
    if preset and names:
        raise InputError("Two kinds of names", "A preset has names of its own.", "Give one or the other.")
    request = RunRequest(
        slot=slot,
        command=command,
        form=form,
        preset=preset or "",
        names=names,
        mask=mask,
        ws_token=ws_token,
        anyway=anyway,
    )
    raise click.exceptions.Exit(session.runtime.run_slot(session.home, session.environment, request))


def _names(key: str | None, secret: str | None, *, ws_token: bool) -> VariableNames | None:
    if key is None and secret is None:
        return None
    if ws_token and secret is not None and key is None:
        return custom_names("_", secret)
    if key is None or secret is None or ws_token:
        raise InputError(
            "One name is missing" if not ws_token else "A token has no public key",
            "--env-key and --env-secret go together; with --ws-token only --env-secret counts.",
            "",
        )
    return custom_names(key, secret)
