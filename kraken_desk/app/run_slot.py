"""`run`: lease a slot, hand its credentials to one child, release it when the child has ended.

Only what this needs is imported, and there is no event loop: the child is to start an eighth of a second
after the call. The code is the services' own; what they await has been done when they are answered. Where
something has to be waited for besides the child (a token from Kraken, the demo's exchange), the same runs
in an event loop: see `run_patiently`. The secret is read after the lease is taken and given to the child;
this process, which holds it as long as it waits, leaves no image of its memory.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kraken_desk.app.child import run_child
from kraken_desk.app.clock import SystemClock
from kraken_desk.app.leasing import leases_at_once
from kraken_desk.app.paths import database_path, profile_home
from kraken_desk.app.run_ground import Ground, VaultAtOnce, done_at_once
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
from kraken_desk.services.handing_over import refuse_the_desks_own, refuse_what_would_fail
from kraken_desk.store import Store

if TYPE_CHECKING:
    from kraken_desk.domain.masking import SecretMask
    from kraken_desk.domain.secrets import ApiSecret
    from kraken_desk.services.leases import HeldLease

T = TypeVar("T")


def run_slot(home: Path | None, environment: str | None, request: RunRequest) -> int:
    """Run the child to its end and return its exit code; raises KrakenDeskErrors before it starts."""
    if not request.command:
        raise InputError(
            "No command", "Nothing stands after “--”.", "Write: kraken-desk run KEY -- COMMAND …"
        )
    place = _low_number()
    try:
        if not _needs_a_loop(environment, request):
            try:
                return at_once(run_on(_here(home), environment, request, place))
            except NeedsLoopError:
                pass  # the slot's own way of handing over is a token
        from kraken_desk.app.run_patiently import run_patiently

        return run_patiently(home, environment, request, place)
    finally:
        os.close(place)


class NeedsLoopError(Exception):
    """Something has to be waited for besides the child; nothing has been leased or read."""


def _needs_a_loop(environment: str | None, request: RunRequest) -> bool:
    return request.ws_token or (environment is not None and environment.strip().casefold() == "demo")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns that never has to wait."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("something in a run had to wait for an event loop")


async def run_on(
    place_to_run: AbstractAsyncContextManager[Ground],
    environment: str | None,
    request: RunRequest,
    place: int,
) -> int:
    """Lease, read, hand over and wait, on the store and the keychain that are given."""
    async with place_to_run as ground:
        slot, its_environment = await _find(ground, environment, request.slot)
        request = request.settled(slot)
        await _refuse(ground, slot, request)
        if request.ws_token and ground.token is None:
            raise NeedsLoopError
        held = await ground.leases.take(slot, program_name(request.command))
        try:
            secret = await _secret(ground, slot, its_environment, request)
            return await _hand_over(ground, held, slot, its_environment, secret, request, place)
        finally:
            await held.release()


@asynccontextmanager
async def _here(home: Path | None) -> AsyncIterator[Ground]:
    """Stand on a profile without an event loop."""
    store = await Store.open(database_path(profile_home(home)), at_once=True)
    try:
        environments = (*BUILT_IN, *await store.metadata.environments())
        leases = leases_at_once(store, SystemClock())
        yield Ground(store, leases, VaultAtOnce(), environments, done_at_once)
    finally:
        await store.close()


async def _hand_over(
    ground: Ground,
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
                from kraken_desk.app.private_file import private_file

                path = until_the_end.enter_context(private_file(slot.slot_id, content))
                variables[FILE_VARIABLE] = str(path)

        async def started(pid: int) -> None:
            _forget_pipe(place)
            await held.child_started(pid)

        return await run_child(
            request.command,
            variables,
            wait=ground.wait,
            descriptors=tuple(descriptors),
            new_mask=(lambda: _mask(secret)) if request.mask else None,
            on_start=started,
        )


def _mask(secret: ApiSecret) -> SecretMask:
    from kraken_desk.domain.masking import SecretMask

    return SecretMask(secret)


def _named(slot: KeySlot, secret: ApiSecret, request: RunRequest) -> dict[str, str]:
    """Return the variables that carry the credentials; a token comes alone."""
    if request.ws_token:
        return {request.names.secret if request.names else TOKEN_VARIABLE: secret.reveal()}
    names = request.variable_names(slot)
    return {names.key: slot.api_key, names.secret: secret.reveal()}


def _low_number() -> int:
    """Take a number above the usual three before anything else does: plain shells read up to 9 only."""
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


async def _refuse(ground: Ground, slot: KeySlot, request: RunRequest) -> None:
    refuse_the_desks_own(slot)
    if request.ws_token and slot.venue is not Venue.SPOT:
        raise InputError("No such token", "Only Spot has WebSocket tokens.", "Leave out --ws-token.")
    if not request.anyway:
        check = await ground.store.metadata.check(slot.key_id)
        refuse_what_would_fail(slot, check, SystemClock().now())


async def _secret(ground: Ground, slot: KeySlot, environment: Environment, request: RunRequest) -> ApiSecret:
    """Read the secret, or ask Kraken for a token in its place."""
    if request.ws_token and ground.token is not None:
        return await ground.token(environment, slot)
    return await ground.vault.get(slot.key_id)


async def _find(ground: Ground, environment: str | None, name: str) -> tuple[KeySlot, Environment]:
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
