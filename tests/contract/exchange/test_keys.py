"""Checking keys: what the gateways report is what the local exchange holds."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.errors import AuthRejectedError, LockedOutError, NonceStaleError, RejectedError
from kraken_desk.domain.keys import FuturesAccess, SpotPermissions, Venue
from kraken_desk.domain.venue_facts import DomainFacts
from tests.contract.exchange.conftest import Stage

WRONG_SECRET = base64.b64encode(bytes(64)).decode()
INFO = "/0/private/GetApiKeyInfo"


async def test_every_living_spot_key_tells_what_it_is(stage: Stage) -> None:
    """Permissions, allowlist, account and window of all demo keys arrive, at each bot's nonce scale."""
    checked = 0
    for account in stage.told["accounts"]:
        for key in account["keys"]:
            if key["venue"] != "spot" or key["name"] == "quarter-end audit":
                continue
            info = await stage.spot.check_key(stage.signer(key["name"]))
            assert isinstance(info.permissions, SpotPermissions)
            assert set(info.permissions.strings()) == set(key["permissions"])
            assert info.ip_allowlist == IpAllowlist(tuple(key["ip_allowlist"]))
            assert (info.iiban, info.api_key_name) == (account["iiban"], key["name"])
            assert info.nonce_window == key["nonce_window"]
            checked += 1

    assert checked >= 10


async def test_every_futures_key_tells_what_it_is(stage: Stage) -> None:
    """Rights and account of all Futures keys arrive, joined to the Spot side by IIBAN."""
    checked = 0
    for account in stage.told["accounts"]:
        for key in account["keys"]:
            if key["venue"] != "futures":
                continue
            info = await stage.futures.check_key(stage.signer(key["name"]))
            assert info.permissions == FuturesAccess(**key["permissions"])
            assert (info.iiban, info.account_uid) == (account["iiban"], account["futures_uid"])
            checked += 1

    assert checked >= 4


@pytest.mark.parametrize(
    "switches",
    [
        {"api_key_info_case": "camel"},
        {"nonce_window_as": "number"},
        {"empty_allowlist": "blank"},
        {"api_key_info_case": "camel", "nonce_window_as": "number", "empty_allowlist": "blank"},
    ],
)
async def test_disputed_spellings_give_the_same_facts(stage: Stage, switches: dict[str, str]) -> None:
    """Both spellings of every disputed field read alike, for a key without an allowlist."""
    name = "legacy export"
    before = await stage.spot.check_key(stage.signer(name))
    for switch, position in switches.items():
        stage.world.switches.set(switch, position)

    after = await stage.spot.check_key(stage.signer(name))

    def lasting(info: Any) -> tuple[object, ...]:
        return info.permissions, info.ip_allowlist, info.nonce_window, info.iiban, info.valid_until

    assert lasting(before) == lasting(after)
    assert after.ip_allowlist == IpAllowlist(())


async def test_a_wrong_secret_is_rejected_once(stage: Stage) -> None:
    """A wrong secret costs one failing call and says what to look at."""
    with pytest.raises(AuthRejectedError) as caught:
        await stage.spot.check_key(stage.signer("desk monitor", secret=WRONG_SECRET))

    assert caught.value.kraken == ("EAPI:Invalid signature",)
    assert stage.calls(INFO) == 1


async def test_an_expired_key_is_rejected(stage: Stage) -> None:
    """An expired key is an invalid key to Kraken, and the message names expiry as a cause."""
    with pytest.raises(AuthRejectedError) as caught:
        await stage.spot.check_key(stage.signer("quarter-end audit"))

    assert caught.value.kraken == ("EAPI:Invalid key",)
    assert "expired" in caught.value.detail


async def test_keys_of_the_other_venue_are_rejected(stage: Stage) -> None:
    """A Futures key on Spot and the reverse are rejected, each with a hint at the other venue."""
    with pytest.raises(AuthRejectedError) as on_spot:
        await stage.spot.check_key(stage.signer("futures desk", venue=Venue.SPOT))
    with pytest.raises(AuthRejectedError) as on_futures:
        await stage.futures.check_key(stage.signer("desk monitor", venue=Venue.FUTURES))

    assert "Futures key" in f"{on_spot.value.detail} {on_spot.value.hint}"
    assert "Spot key" in f"{on_futures.value.detail} {on_futures.value.hint}"


async def test_a_caller_outside_the_allowlist_reads_that_as_a_cause(stage: Stage) -> None:
    """From another address both possible answers of Kraken mention the address."""
    stage.world.caller_address = "198.51.100.99"
    for answer in ("EAPI:Invalid key", "EGeneral:Permission denied"):
        stage.world.switches.set("ip_reject_error", answer)
        with pytest.raises(RejectedError) as caught:
            await stage.spot.check_key(stage.signer("desk monitor"))

        assert "IP" in caught.value.detail


async def test_a_scale_too_small_is_a_stale_nonce(stage: Stage) -> None:
    """A key of a nanosecond bot signed at milliseconds is refused, and the cause is told."""
    nanoseconds = stage.signer("momentum")
    milliseconds = type(nanoseconds)(
        nanoseconds.environment, nanoseconds.venue, nanoseconds.api_key, "kraken-desk", nanoseconds.secret
    )

    with pytest.raises(NonceStaleError):
        await stage.spot.check_key(milliseconds)

    assert stage.calls(INFO) == 1


async def test_a_lockout_is_recognised(stage: Stage) -> None:
    """The lockout of the address has its own error."""
    stage.world.faults.add("lockout", path=INFO)

    with pytest.raises(LockedOutError):
        await stage.spot.check_key(stage.signer("desk monitor"))

    assert stage.calls(INFO) == 1


async def test_twenty_calls_at_once_on_one_key_never_collide(stage: Stage) -> None:
    """Nonces of one key reach the exchange in rising order, whatever happens at once."""
    stage.world.switches.set("rate_limits", False)

    await asyncio.gather(*(stage.spot.check_key(stage.signer("desk monitor")) for _ in range(20)))

    nonces = [int(r.nonce) for r in stage.world.requests.since(0) if r.path == INFO]
    assert len(nonces) == 20
    assert nonces == sorted(set(nonces))


async def test_futures_knows_who_is_master(stage: Stage) -> None:
    """The master's key lists five subaccounts; a subaccount's key learns its master."""
    master = await stage.futures.domain_facts(stage.signer("futures desk"))
    sub = await stage.futures.domain_facts(stage.signer("mm futures"))

    uids = {a["futures_uid"] for a in stage.told["accounts"] if a["kind"] == "subaccount"}
    assert master.is_master is True
    assert {linked.futures_uid for linked in master.linked} == uids
    assert (sub.is_master, sub.master_uid) == (False, stage.account("Meridian Capital")["futures_uid"])


@pytest.mark.parametrize("position", ["present", "absent", "incomplete"])
async def test_spot_may_tell_who_is_master(stage: Stage, position: str) -> None:
    """Shares of volume mark the master; without them nothing is claimed, for a subaccount never."""
    stage.world.switches.set("volume_subaccounts", position)

    master = await stage.spot.domain_facts(stage.signer("desk monitor"))
    sub = await stage.spot.domain_facts(stage.signer("mm monitor"))

    known = {a["iiban"] for a in stage.told["accounts"] if a["kind"] == "subaccount"}
    assert master.is_master is (None if position == "absent" else True)
    assert {linked.iiban for linked in master.linked} <= known
    assert sub == DomainFacts()


async def test_both_venues_answer_without_a_key(stage: Stage) -> None:
    """Status and clock of both venues are read; the offset on one machine is below a second."""
    for gateway in (stage.spot, stage.futures):
        status = await gateway.server_status()

        assert status.status == "online"
        assert status.offset_s is not None
        assert abs(status.offset_s) < 1.0
