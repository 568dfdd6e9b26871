"""Whose use of a key it was: what Kraken tells against our calls and the leases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from kraken_desk.domain.clients import CLIENTS
from kraken_desk.domain.foreign_use import (
    Observation,
    OwnCall,
    Quietness,
    TraceKind,
    UseState,
    judge,
    quiet_since,
)
from kraken_desk.domain.keys import KeyId, KeySlot
from tests.helpers.builders import NOW, a_lease, a_slot

HOUR = timedelta(hours=1)
BASE = 1_795_176_000_000


def a_look(hours: float = 0, nonce: int | None = None, **changes: Any) -> Observation:
    """Return a check `hours` after noon that Kraken accepted and that was the key's highest nonce."""
    reported = BASE + int(hours * 3_600_000) if nonce is None else nonce
    fields: dict[str, Any] = {"signed": reported, "nonce": reported, "nonce_window": 0, **changes}
    fields.setdefault("accepted", True)
    return Observation(KeyId("key-1"), NOW + hours * HOUR, **fields)


def a_refusal(hours: float, signed: int = BASE + 1, **changes: Any) -> Observation:
    look = a_look(hours, signed, accepted=False, **changes)
    return replace(look, nonce=None, nonce_window=None)


def own(hours: float) -> OwnCall:
    return OwnCall(BASE, NOW + hours * HOUR)


def a_bot(**changes: Any) -> KeySlot:
    return a_slot(**{"process": "grid bot", "client": "ccxt", **changes})


def state(slot: KeySlot, *looks: Observation, leases: tuple[Any, ...] = ()) -> UseState:
    return judge(slot, looks, leases, looks[-1].at).state


def test_a_key_whose_nonces_are_all_ours_is_as_expected() -> None:
    """Two checks, each with the nonce that Kraken then reports, show nobody else."""
    finding = judge(a_slot(), (a_look(0), a_look(1, before=own(0))), (), NOW + HOUR)

    assert finding.state is UseState.EXPECTED
    assert finding.signs == ()


def test_a_nonce_above_ours_on_a_desk_key_is_foreign() -> None:
    """Within a nonce window Kraken reports a higher nonce than any of this profile's."""
    finding = judge(a_slot(), (a_look(0), a_look(1, BASE + 9_000, signed=BASE + 8_000)), (), NOW + HOUR)

    assert finding.state is UseState.FOREIGN
    assert finding.signs[0].kind is TraceKind.NONCE
    assert str(BASE + 9_000) in finding.signs[0].text
    assert "no other program should hold its secret" in finding.signs[0].why


def test_a_desk_key_refused_for_its_nonce_was_used_by_somebody_else() -> None:
    """Our own nonces only rise, so an invalid one on a key of our own means another signer."""
    assert state(a_slot(), a_look(0), a_refusal(1, before=own(0))) is UseState.FOREIGN


def test_a_last_use_between_our_calls_on_a_desk_key_is_foreign() -> None:
    """Where Kraken reports the use before the check, a time that is not ours counts."""
    look = a_look(5, before=own(0), last_used=NOW + 3 * HOUR)

    finding = judge(a_slot(), (a_look(0), look), (), look.at)

    assert finding.state is UseState.FOREIGN
    assert "used at 2026-11-20 15:00:00 UTC; our own last call was at 2026-11-20 12:00:00 UTC" in (
        finding.signs[0].text
    )


def test_a_last_use_that_is_our_own_call_counts_for_nothing() -> None:
    """The time of the check itself, or of our call before it, needs no other explanation."""
    itself = a_look(5, before=own(0), last_used=NOW + 5 * HOUR)
    the_one_before = a_look(5, before=own(2), last_used=NOW + 2 * HOUR)

    assert state(a_slot(), a_look(0), itself) is UseState.EXPECTED
    assert state(a_slot(), a_look(0), the_one_before) is UseState.EXPECTED


def test_a_last_use_before_times_were_kept_accuses_nobody() -> None:
    """A profile from before the record of times has a last nonce without its time."""
    look = a_look(5, before=OwnCall(BASE, None), last_used=NOW + 3 * HOUR)

    assert state(a_slot(), a_look(0), look) is UseState.EXPECTED


def test_a_process_with_a_lease_at_that_time_explains_the_use() -> None:
    """What happened while a process of this machine held the key is expected."""
    look = a_look(5, before=own(0), last_used=NOW + 3 * HOUR)
    held = a_lease(since=NOW + 2 * HOUR, ended_at=NOW + 4 * HOUR)

    assert state(a_bot(), a_look(0), look, leases=(held,)) is UseState.EXPECTED


def test_use_without_a_lease_is_undecidable_for_a_process_that_may_run_elsewhere() -> None:
    """Nothing here tells a process on another host from somebody else."""
    look = a_look(5, before=own(0), last_used=NOW + 3 * HOUR)
    long_ago = a_lease(since=NOW - 9 * HOUR, ended_at=NOW - 8 * HOUR)

    assert state(a_bot(), a_look(0), look, leases=(long_ago,)) is UseState.UNDECIDABLE


def test_use_without_a_lease_is_foreign_for_a_process_that_runs_only_here() -> None:
    """The operator's word that the process always takes a lease makes other use foreign."""
    look = a_look(5, before=own(0), last_used=NOW + 3 * HOUR)
    held = a_lease(since=NOW + 2 * HOUR, ended_at=NOW + 4 * HOUR)

    assert state(a_bot(only_here=True), a_look(0), look) is UseState.FOREIGN
    assert state(a_bot(only_here=True), a_look(0), look, leases=(held,)) is UseState.EXPECTED


def test_a_larger_scale_than_the_declared_clients_is_foreign_without_a_lease() -> None:
    """A refusal after accepted checks at the same scale means a larger one has come into play."""
    finding = judge(a_bot(), (a_look(0), a_refusal(1)), (), NOW + HOUR)

    assert finding.state is UseState.FOREIGN
    assert "another client has signed with the key" in finding.signs[0].why


def test_a_larger_scale_under_a_lease_may_be_a_wrong_declaration() -> None:
    """The process that held the key may simply not be the client it is declared to be."""
    held = a_lease(since=NOW)

    assert state(a_bot(), a_look(0), a_refusal(1), leases=(held,)) is UseState.UNDECIDABLE


def test_a_key_never_accepted_at_its_scale_is_undecidable() -> None:
    """Without an accepted check before, the declaration may be wrong from the start."""
    assert state(a_bot(), a_refusal(1)) is UseState.UNDECIDABLE


def test_a_refusal_of_a_second_counter_may_be_its_own_call() -> None:
    """Hummingbot and api-go may call within the second of the check."""
    assert state(a_bot(client="hummingbot"), a_look(0), a_refusal(1)) is UseState.UNDECIDABLE
    assert state(a_bot(client="api-go"), a_look(0), a_refusal(1)) is UseState.UNDECIDABLE


def test_an_undeclared_client_is_undecidable() -> None:
    """Without a declared scale none contradicts it."""
    assert state(a_bot(client=""), a_look(0), a_refusal(1)) is UseState.UNDECIDABLE


def test_a_reported_nonce_of_a_larger_scale_contradicts_the_declaration() -> None:
    """Nineteen digits on a key of ccxt are foreign though its process may run elsewhere."""
    nonce = CLIENTS["kraken-cli"].at(NOW + HOUR)

    assert state(a_bot(), a_look(0), a_look(1, nonce, signed=BASE + 1)) is UseState.FOREIGN


def test_what_was_used_before_we_came_is_nobodys_fault() -> None:
    """A key that was in use when it was added tells nothing about another user."""
    assert state(a_slot(), a_look(1, last_used=NOW)) is UseState.UNDECIDABLE


def test_futures_keys_are_undecidable() -> None:
    """Kraken reports neither nonce nor last use of a Futures key."""
    look = Observation(KeyId("key-1"), NOW, accepted=True)

    assert judge(a_slot(), (look,), (), NOW).state is UseState.UNDECIDABLE
    assert judge(a_slot(), (), (), NOW).words == "Kraken reports nothing of this key's use."


def test_a_sign_is_told_once_and_forgotten_after_a_week() -> None:
    """A later check that shows nothing new keeps the sign for seven days."""
    looks = (a_look(0), a_refusal(1, before=own(0)), a_look(2, before=own(1)))

    assert len(judge(a_slot(), looks, (), NOW + 2 * HOUR).signs) == 1
    assert judge(a_slot(), looks, (), NOW + timedelta(days=7)).state is UseState.FOREIGN
    assert judge(a_slot(), looks, (), NOW + timedelta(days=8)).state is UseState.EXPECTED


def counted(hours: float, nonce: int) -> Observation:
    return a_look(hours, nonce, counted=True)


def test_counted_looks_prove_quiet_up_to_the_last() -> None:
    """Each look signs with the nonce after the last, so nobody came between."""
    looks = (a_look(0, BASE), counted(1, BASE + 1), counted(2, BASE + 2))

    quiet = quiet_since(looks, NOW)

    assert quiet.state is Quietness.QUIET
    assert (quiet.since, quiet.until) == (NOW, NOW + 2 * HOUR)


def test_a_refused_counted_look_shows_a_straggler() -> None:
    """Somebody used the key since the look before; the key is not called quiet."""
    looks = (a_look(0, BASE), counted(1, BASE + 1), a_refusal(2, BASE + 2, counted=True))

    quiet = quiet_since(looks, NOW)

    assert quiet.state is Quietness.USED
    assert quiet.traces[0].earliest == NOW + HOUR


def test_a_counted_look_within_a_window_shows_a_straggler_too() -> None:
    """A window lets the look pass below a higher nonce, which Kraken then reports."""
    looks = (a_look(0, BASE), a_look(1, BASE + 3_600_000, signed=BASE + 1, counted=True))

    assert quiet_since(looks, NOW).state is Quietness.USED


def test_ordinary_checks_prove_nothing() -> None:
    """A check by the clock steps over whatever a straggler used before it."""
    assert quiet_since((a_look(0), a_look(1), a_look(2)), NOW).state is Quietness.UNKNOWN


def test_one_ordinary_check_among_counted_looks_is_a_gap() -> None:
    """What happened before it stays unknown."""
    looks = (a_look(0, BASE), a_look(1, BASE + 3_600_000), counted(2, BASE + 3_600_001))

    assert quiet_since(looks, NOW).state is Quietness.UNKNOWN


def test_a_last_use_of_ours_before_the_check_proves_quiet() -> None:
    """Where Kraken names the call before, and it is ours, nobody called in between."""
    looks = (a_look(0), a_look(3, before=own(0), last_used=NOW))

    assert quiet_since(looks, NOW).state is Quietness.QUIET


def test_use_before_the_time_asked_about_is_not_held_against_it() -> None:
    """A straggler of yesterday does not disturb the watch of today."""
    looks = (a_look(-3, BASE), a_refusal(-2, BASE + 1), a_look(0, BASE + 2), counted(1, BASE + 3))

    assert quiet_since(looks, NOW - HOUR).state is Quietness.QUIET
    assert quiet_since(looks, NOW - 3 * HOUR).state is Quietness.USED


def test_nothing_seen_is_not_quiet() -> None:
    """Without looks, or with the baseline alone, nothing is proven."""
    assert quiet_since((), NOW).state is Quietness.UNKNOWN
    assert quiet_since((a_look(1),), NOW).state is Quietness.UNKNOWN
