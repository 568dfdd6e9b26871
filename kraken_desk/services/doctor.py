"""The doctor: keychain, store, clock, reachability and display, each with its cure."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from kraken_desk.domain.errors import KrakenDeskError, StoreError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.venue_facts import ServerStatus
from kraken_desk.services.desk import Desk
from kraken_desk.services.diagnosis import Diagnosis
from kraken_desk.services.upkeep import Upkeep

__all__ = ["Diagnosis", "examine"]

TOLERATED_OFFSET_S = 30.0
"""Nothing signed is a timestamp, so an offset only blurs ages and ledger matching."""


async def examine(
    desk: Desk, home: Path, *others: Desk, upkeep: Upkeep | None = None
) -> tuple[Diagnosis, ...]:
    """Examine machine, profile and the venues of one environment or several; makes public calls only."""
    found = [await _keychain(desk), _store(home), await _journal(desk)]
    if upkeep is not None:
        found += await upkeep.examine()
    for each in (desk, *others):
        prefix = f"{each.environment.name}: " if others else ""
        found += [replace(d, name=f"{prefix}{d.name}") for d in await _venues(each)]
    return (*found, _display())


async def _venues(desk: Desk) -> list[Diagnosis]:
    found = []
    for venue, url in (
        (Venue.SPOT, desk.environment.spot_url),
        (Venue.FUTURES, desk.environment.futures_url),
    ):
        if url:
            found += await _venue(desk, venue, url)
    return [*found, await _guard(desk)]


async def _guard(desk: Desk) -> Diagnosis:
    """Say how near Kraken's lockout this address is, and which keys are left alone."""
    report = await desk.status.guard_report({s.name: desk.keys.signer_of(s) for s in desk.fleet.slots()})
    if report.locked_out_until is not None:
        end = f"{report.locked_out_until:%H:%M} UTC"
        return Diagnosis("lockout guard", False, f"Kraken has locked this address out until {end}", "Wait.")
    said = f"{report.failures} refused calls in the last 15 minutes, {report.budget} are allowed"
    if report.quiet:
        return Diagnosis("lockout guard", True, said)
    resting = ", ".join(f"{key.name} (since {key.since:%Y-%m-%d %H:%M} UTC)" for key in report.resting)
    said += f"; left alone: {resting}" if resting else ""
    return Diagnosis("lockout guard", False, said, "Mend the cause (kraken-desk keys diagnose NAME).")


async def _keychain(desk: Desk) -> Diagnosis:
    vault = await desk.status.describe_vault()
    if vault.usable:
        return Diagnosis("keychain", True, vault.name)
    problem = vault.problem
    detail = f"{problem.title}. {problem.detail}" if problem else "not usable"
    return Diagnosis("keychain", False, detail, problem.hint if problem else "")


def _store(home: Path) -> Diagnosis:
    if os.access(home, os.W_OK):
        return Diagnosis("store", True, f"{home} opens and can be written")
    return Diagnosis(
        "store", False, f"{home} cannot be written", "Give yourself write access, or choose another --home."
    )


async def _journal(desk: Desk) -> Diagnosis:
    """Verify every line of the journal."""
    try:
        report = await desk.journal.verify()
    except StoreError as error:
        return Diagnosis("journal", False, f"{error.title}. {error.detail}", error.hint)
    if report.whole:
        return Diagnosis("journal", True, f"{report.lines} lines, each with the hash that it must have")
    more = f", and {report.found - 1} more" if report.found > 1 else ""
    return Diagnosis(
        "journal",
        False,
        f"it is not as it was written: {report.findings[0].text}{more}",
        "See kraken-desk journal verify. Compare with a backup or an exported copy.",
    )


async def _venue(desk: Desk, venue: Venue, url: str) -> list[Diagnosis]:
    name = f"{venue.label} API"
    try:
        status = await desk.status.server_status(venue)
    except KrakenDeskError as error:
        return [Diagnosis(name, False, f"{url}: {error.title}. {error.detail}", error.hint)]
    return [Diagnosis(name, status.status == "online", f"{url} is {status.status}"), _clock(venue, status)]


def _clock(venue: Venue, status: ServerStatus) -> Diagnosis:
    name = f"clock against {venue.label}"
    if status.offset_s is None:
        return Diagnosis(name, True, "the venue reports no time")
    ok = abs(status.offset_s) <= TOLERATED_OFFSET_S
    return Diagnosis(
        name,
        ok,
        f"Kraken's clock is {status.offset_s:+.1f} s from this one",
        "" if ok else "Set the system clock (NTP).",
    )


def _display() -> Diagnosis:
    if not sys.platform.startswith("linux") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return Diagnosis("display", True, "a display is there")
    return Diagnosis(
        "display",
        False,
        "neither DISPLAY nor WAYLAND_DISPLAY is set",
        "The command line works without; the window needs one.",
    )
