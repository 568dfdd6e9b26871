"""One file per command group; `register` hangs them below the root command."""

from __future__ import annotations

import click

from kraken_desk.cli.commands import (
    accounts,
    balances,
    demo,
    doctor,
    environments,
    journal,
    keys,
    leases,
    nonce_window,
    run,
    simulate,
    transfer,
)


def register(root: click.Group) -> None:
    for module in (
        accounts,
        balances,
        demo,
        doctor,
        environments,
        journal,
        keys,
        leases,
        nonce_window,
        run,
        simulate,
        transfer,
    ):
        root.add_command(module.command)
