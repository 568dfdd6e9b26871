"""One file per command group; each is loaded when it is asked for, so that a command starts quickly.

How to add a command: a module of this package with a click command called `command`, decorated with
`@shared_options`; its work goes through `Session.run` and answers once, with a document and a text. Its
word goes into NAMES, and the user guide (resources/guide) mentions it: a test looks. Secrets come by
standard input, prompt or descriptor, never as an argument.
"""

from __future__ import annotations

import importlib

import click

NAMES = (
    "accounts",
    "audit",
    "backup",
    "balances",
    "demo",
    "doctor",
    "environments",
    "fees",
    "horizon",
    "hosts",
    "journal",
    "keys",
    "leases",
    "limits",
    "matrix",
    "nonce-window",
    "passphrase",
    "policy",
    "read-only",
    "roles",
    "routes",
    "run",
    "simulate",
    "stop",
    "subaccounts",
    "sweep",
    "transfer",
)


class Commands(click.Group):
    """The root's words; a word's module holds its `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # click's name
        del ctx
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of that name; None for any other word."""
        del ctx
        if cmd_name not in NAMES:
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}")
        found = module.command
        assert isinstance(found, click.Command)
        return found
