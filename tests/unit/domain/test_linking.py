"""The checklist of linking a Futures subaccount."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.linking import (
    Linking,
    LinkingId,
    LinkStep,
    seen_linked,
    stepped,
    ticket_text,
    undone,
)
from kraken_desk.domain.subaccounts import LinkedSubaccount
from tests.helpers.builders import LAB, NOW, a_master, an_account

LATER = NOW + timedelta(days=1)
START = Linking(LinkingId("g"), LAB.name, "Basis", "master@desk.example", "basis@desk.example", NOW, NOW)


def test_steps_go_in_their_order() -> None:
    """The next step is the one that is due; marking one twice changes nothing."""
    first = stepped(START, LinkStep.ACCOUNT, LATER)

    assert START.next_step is LinkStep.ACCOUNT
    assert first.next_step is LinkStep.FUTURES
    assert stepped(first, LinkStep.ACCOUNT, LATER) == first
    with pytest.raises(InputError, match="order"):
        stepped(first, LinkStep.CONFIRMATION, LATER)


def test_the_last_step_is_krakens() -> None:
    """Nobody can say that an account is linked but Kraken's list."""
    with pytest.raises(InputError, match="Only Kraken"):
        stepped(START, LinkStep.LINKED, LATER)


def test_a_mark_is_taken_back() -> None:
    """The last one goes; without any there is nothing to take back."""
    marked = stepped(START, LinkStep.ACCOUNT, LATER)

    assert undone(marked, LATER).done == ()
    with pytest.raises(InputError):
        undone(START, LATER)


def test_krakens_list_proves_it_by_the_address() -> None:
    """Found by its e-mail address in any case, the linking is over with its uid and all steps done."""
    listed = (LinkedSubaccount("u-9", "", "Basis@Desk.example"),)

    seen = seen_linked(START, listed, (), LATER)

    assert (seen.futures_uid, seen.closed_at, seen.next_step) == ("u-9", LATER, None)
    assert [step for step, _ in seen.done] == list(LinkStep)
    with pytest.raises(InputError, match="over"):
        undone(seen, LATER)


def test_a_hidden_address_takes_the_operators_uid() -> None:
    """Where Kraken hides addresses, the unknown uids are named, and one of them is accepted."""
    listed = (LinkedSubaccount("uid-2", "", "email redacted"), LinkedSubaccount("u-9", "", "email redacted"))
    known = (an_account(2),)

    with pytest.raises(InputError) as caught:
        seen_linked(START, listed, known, LATER)

    assert "u-9" in caught.value.detail
    assert "uid-2" not in caught.value.detail
    assert seen_linked(START, listed, known, LATER, "u-9").futures_uid == "u-9"
    with pytest.raises(InputError):
        seen_linked(START, listed, known, LATER, "elsewhere")


def test_the_ticket_names_both_accounts() -> None:
    """Addresses and the master's ids stand in the text to send."""
    text = ticket_text(START, a_master(1))

    for part in ("master@desk.example", "basis@desk.example", "AA01 N84G WOAK NMOI", "uid-1"):
        assert part in text
