"""Reading calls of both venues, on the local exchange and on a real environment."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.errors import ForbiddenError
from kraken_desk.domain.keys import FuturesAccess, SpotPermissions, Venue
from kraken_desk.domain.reported import NOT_REPORTED
from tests.contract.live.shapes import differences
from tests.contract.live.sides import Side, live_side, simulated

on_both_sides = pytest.mark.parametrize(
    "side_name", ["simulator", pytest.param("live", marks=pytest.mark.live)]
)
on_both_venues = pytest.mark.parametrize("venue", list(Venue), ids=[venue.value for venue in Venue])

IIBAN = re.compile(r"AA\d\d [A-Z0-9]{4} [A-Z0-9]{4} [A-Z0-9]{4}")
STATES = {"online", "maintenance", "cancel_only", "post_only", "limit_only"}


@asynccontextmanager
async def if_allowed() -> AsyncIterator[None]:
    """Accept that a supplied key lacks a right, if that is what Kraken's refusal names."""
    try:
        yield
    except ForbiddenError as error:
        if not error.needs:
            pytest.fail(f"a refusal that names no right: {error.title}")


@on_both_sides
@on_both_venues
async def test_a_key_describes_itself(side: Side, venue: Venue) -> None:
    """The check tells the account, the rights and the allowlist of the key that signed it."""
    info = await side.gateways[venue].check_key(side.signers[venue])

    assert isinstance(info.permissions, SpotPermissions if venue is Venue.SPOT else FuturesAccess)
    assert info.ip_allowlist is NOT_REPORTED or isinstance(info.ip_allowlist, IpAllowlist)
    assert info.iiban is None or IIBAN.fullmatch(info.iiban)
    assert info.iiban or info.account_uid
    assert info.api_key == side.signers[venue].api_key


@on_both_sides
@on_both_venues
async def test_balances_are_finite_and_named(side: Side, venue: Venue) -> None:
    """Every row has an asset in its usual name and exact figures; no row stands twice."""
    async with if_allowed():
        rows = await side.gateways[venue].balances(side.signers[venue])

        places = [(row.asset, row.wallet, row.part) for row in rows]
        assert len(set(places)) == len(places)
        assert all(row.total.is_finite() for row in rows)
        assert all(row.asset and not row.asset.startswith(("ZUSD", "XXBT", "ZEUR")) for row in rows)


@on_both_sides
@on_both_venues
async def test_the_ledger_has_a_mark_with_little_after_it(side: Side, venue: Venue) -> None:
    """After the newest row come only rows that were written since, in order of time."""
    gateway, signer = side.gateways[venue], side.signers[venue]
    async with if_allowed():
        mark = await gateway.ledger_mark(signer)
        rows = await gateway.ledger_since(signer, mark)

        assert mark
        assert [row.time for row in rows] == sorted(row.time for row in rows)
        assert all(row.entry_id and row.quantity.is_finite() for row in rows)


@on_both_sides
@on_both_venues
async def test_the_place_of_an_account_is_told_or_left_open(side: Side, venue: Venue) -> None:
    """Linked accounts are named by IIBAN or uid; a master that is named is no empty text."""
    facts = await side.gateways[venue].domain_facts(side.signers[venue])

    assert all(linked.iiban or linked.futures_uid for linked in facts.linked)
    assert facts.master_uid != ""


@on_both_sides
@on_both_venues
async def test_status_and_clock_are_read(side: Side, venue: Venue) -> None:
    """The venue says how it is, and its clock is within two minutes of this machine's."""
    found = await side.gateways[venue].server_status()

    assert found.status in STATES
    assert found.offset_s is not None
    assert abs(found.offset_s) < 120


async def read_everything(side: Side) -> None:
    """Make every reading call for which the side has a key, so that its answers' shapes are known."""
    for venue, signer in side.signers.items():
        gateway = side.gateways[venue]
        await gateway.check_key(signer)
        await gateway.domain_facts(signer)
        async with if_allowed():
            await gateway.balances(signer)
        async with if_allowed():
            await gateway.ledger_mark(signer)
        await gateway.server_status()


def differing(simulator: Side, other: Side) -> list[str]:
    """List the differences of all calls that both sides have answered."""
    ours, theirs = simulator.answers.shapes, other.answers.shapes
    return [
        line
        for name in sorted(ours.keys() & theirs.keys())
        for line in differences(name, ours[name], theirs[name])
    ]


@pytest.mark.live
async def test_the_shapes_of_the_answers_are_compared(record_property: Callable[[str, object], None]) -> None:
    """Both sides answer every reading call; what differs in fields and types is listed at the end."""
    async with simulated() as simulator, live_side() as live:
        await read_everything(simulator)
        await read_everything(live)

        for line in differing(simulator, live):
            record_property("difference", line)
        assert live.answers.shapes


async def test_a_difference_is_seen() -> None:
    """Two local exchanges whose switches differ are told apart field by field, equal ones are not."""
    switches = {"api_key_info_case": "camel", "balance_ex_numbers": "number"}
    async with simulated() as one, simulated() as same, simulated(**switches) as other:
        for side in (one, same, other):
            await read_everything(side)

        assert differing(one, same) == []
        found = differing(one, other)
        assert "BalanceEx: result.*.balance: simulator number as text, live number" in found
        assert "GetApiKeyInfo: result.ip_allowlist: simulator list, live absent" in found
        assert "GetApiKeyInfo: result.ipAllowlist: simulator absent, live list" in found
