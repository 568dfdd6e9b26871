"""`run`: lease a slot, hand its credentials to one child, release it when the child has ended.

Only what this needs is imported: the child is to start a quarter of a second after the call. The
secret is read after the lease is taken, given to the child, and kept only for the mask.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kraken_desk.app.child import run_child
from kraken_desk.app.clock import SystemClock
from kraken_desk.app.leasing import leases_of
from kraken_desk.app.paths import database_path, profile_home
from kraken_desk.app.private_file import private_file
from kraken_desk.domain.environments import BUILT_IN, Environment
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.handover import (
    FILE_VARIABLE,
    PIPE_VARIABLE,
    TOKEN_VARIABLE,
    RunRequest,
    document,
    plain_variables,
)
from kraken_desk.domain.handover_form import HandOverForm
from kraken_desk.domain.keys import KeySlot, Venue
from kraken_desk.domain.leases import program_name
from kraken_desk.domain.masking import SecretMask
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.services.handing_over import refuse_the_desks_own, refuse_what_would_fail
from kraken_desk.services.leases import HeldLease, LeasesService
from kraken_desk.store import Store

if TYPE_CHECKING:
    from kraken_desk.app.wiring import OpenDesk
    from kraken_desk.services.ports import KeyVault


@dataclass(frozen=True)
class _Ground:
    """What a run stands on, in a profile or in the demo."""

    store: Store
    vault: KeyVault
    environments: tuple[Environment, ...]
    open_desk: Callable[[Environment], Awaitable[OpenDesk]]

    @property
    def leases(self) -> LeasesService:
        return leases_of(self.store, SystemClock())


def run_slot(home: Path | None, environment: str | None, request: RunRequest) -> int:
    """Run the child to its end and return its exit code; raises KrakenDeskErrors before it starts."""
    place = _low_number()
    try:
        return asyncio.run(_run(home, environment, request, place))
    finally:
        os.close(place)


async def _run(home: Path | None, environment: str | None, request: RunRequest, place: int) -> int:
    if not request.command:
        raise InputError(
            "No command", "Nothing stands after “--”.", "Write: kraken-desk run KEY -- COMMAND …"
        )
    async with _ground(home, environment) as ground:
        slot, its_environment = await _find(ground, environment, request.slot)
        request = request.settled(slot)
        await _refuse(ground, slot, request)
        held = await ground.leases.take(slot, program_name(request.command))
        try:
            secret = await _secret(ground, slot, its_environment, request)
            return await _hand_over(held, slot, its_environment, secret, request, place)
        finally:
            await held.release()


async def _hand_over(
    held: HeldLease,
    slot: KeySlot,
    environment: Environment,
    secret: ApiSecret,
    request: RunRequest,
    place: int,
) -> int:
    """Give the secret in the asked form, and wait for the child; a pipe comes under the number `place`."""
    variables = dict(os.environ) | plain_variables(slot, environment)
    descriptors = [held.descriptor] if os.name == "posix" else []
    with ExitStack() as until_the_end:
        if request.form is HandOverForm.VARIABLES:
            variables |= _named(slot, secret, request)
        else:
            content = document(slot, environment, secret, is_token=request.ws_token)
            if request.form is HandOverForm.PIPE:
                _fill_pipe(content, place)
                variables[PIPE_VARIABLE] = str(place)
                descriptors.append(place)
            else:
                path = until_the_end.enter_context(private_file(slot.slot_id, content))
                variables[FILE_VARIABLE] = str(path)

        async def started(pid: int) -> None:
            _forget_pipe(place)
            await held.child_started(pid)

        return await run_child(
            request.command,
            variables,
            descriptors=tuple(descriptors),
            new_mask=(lambda: SecretMask(secret)) if request.mask else None,
            on_start=started,
        )


def _named(slot: KeySlot, secret: ApiSecret, request: RunRequest) -> dict[str, str]:
    """Return the variables that carry the credentials; a token comes alone."""
    if request.ws_token:
        return {request.names.secret if request.names else TOKEN_VARIABLE: secret.reveal()}
    names = request.variable_names(slot)
    return {names.key: slot.api_key, names.secret: secret.reveal()}


def _low_number() -> int:
    """Take a number above the usual three before the event loop does: plain shells read up to 9 only."""
    place = os.open(os.devnull, os.O_RDONLY)
    if place > 2:
        return place
    try:
        return _low_number()  # one of the usual three was closed; it stays closed for the child
    finally:
        os.close(place)


def _fill_pipe(content: bytes, place: int) -> None:
    """Make `place` the reading end of a pipe that holds `content` and then ends."""
    if os.name != "posix":
        raise InputError("No pipe here", "This system cannot hand over a descriptor.", "Use variables.")
    reading, writing = os.pipe()
    try:
        os.write(writing, content)  # far less than a pipe holds
        os.dup2(reading, place, inheritable=False)
    finally:
        os.close(writing)
        os.close(reading)


def _forget_pipe(place: int) -> None:
    """Leave the pipe to the child alone, so that what it has read is nowhere else."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, place, inheritable=False)
    os.close(nothing)


async def _refuse(ground: _Ground, slot: KeySlot, request: RunRequest) -> None:
    refuse_the_desks_own(slot)
    if request.ws_token and slot.venue is not Venue.SPOT:
        raise InputError("No such token", "Only Spot has WebSocket tokens.", "Leave out --ws-token.")
    if not request.anyway:
        checks = await ground.store.metadata.checks(slot.environment)
        refuse_what_would_fail(slot, checks.get(slot.key_id), SystemClock().now())


async def _secret(ground: _Ground, slot: KeySlot, environment: Environment, request: RunRequest) -> ApiSecret:
    """Read the secret, or ask Kraken for a token in its place."""
    if not request.ws_token:
        return await ground.vault.get(slot.key_id)
    desk = await ground.open_desk(environment)
    return await desk.websocket_token(slot)


async def _find(ground: _Ground, environment: str | None, name: str) -> tuple[KeySlot, Environment]:
    """Find a slot by name or id in the asked environment, or in all of them."""
    wanted = name.strip().casefold()
    asked = [
        e for e in ground.environments if environment is None or e.name.casefold() == environment.casefold()
    ]
    if not asked:
        known = ", ".join(e.name for e in ground.environments)
        raise UnknownNameError(
            "No such environment", f"“{environment}” is not known.", f"Known: {known}, demo."
        )
    found, known_names = [], []
    for each in asked:
        slots = await ground.store.metadata.slots(each.name)
        known_names += [slot.name for slot in slots]
        found += [(s, each) for s in slots if wanted in (s.name.casefold(), s.slot_id)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(each.name for _, each in found)
        raise InputError("Which environment?", f"“{name}” is in {names}.", "Name one with --environment.")
    known = ", ".join(known_names) or "none yet"
    raise UnknownNameError("No such key", f"No key is called “{name}”.", f"Known keys: {known}.")


@asynccontextmanager
async def _ground(home: Path | None, environment: str | None) -> AsyncIterator[_Ground]:
    if environment is not None and environment.strip().casefold() == "demo":
        from kraken_desk.app.demo_world import DemoWorld  # the simulator's server is slow to import

        async with DemoWorld.running() as world:
            desk = world.open_desk
            await desk.connect()

            async def demo_desk(_: Environment) -> OpenDesk:
                return desk

            yield _Ground(world.store, world.vault, (world.environment,), demo_desk)
        return
    async with AsyncExitStack() as stack:
        store = await Store.open(database_path(profile_home(home)))
        stack.push_async_callback(store.close)
        from kraken_desk.keychain.vault import KeyringVault

        vault = KeyringVault()
        stack.push_async_callback(vault.close)

        async def open_desk(chosen: Environment) -> OpenDesk:
            from kraken_desk.app.wiring import OpenDesk

            opened = OpenDesk(chosen, store, vault, SystemClock())
            stack.push_async_callback(opened.close)
            return opened

        environments = (*BUILT_IN, *await store.metadata.environments())
        yield _Ground(store, vault, environments, open_desk)
