"""What a key can do: powers worked out of rights and account, told in one sentence."""

from __future__ import annotations

import pytest

from kraken_desk.domain.abilities import abilities_of, what_it_can_do
from kraken_desk.domain.accounts import AccountKind
from kraken_desk.domain.keys import FuturesAccess, Permissions, SpotPermissions

MASTER, SUB = AccountKind.MASTER, AccountKind.SUBACCOUNT


def spot(*strings: str) -> SpotPermissions:
    return SpotPermissions.from_strings(strings)


@pytest.mark.parametrize(
    ("permissions", "kind", "sentence"),
    [
        (spot(), MASTER, "Can do nothing but describe itself; cannot withdraw."),
        (spot("query-closed-trades"), SUB, "Can read orders; cannot withdraw."),
        (
            spot("query-funds"),
            MASTER,
            "Can read balances and move Spot funds to the account's Futures wallet; cannot withdraw.",
        ),
        (
            spot("query-ledger", "withdraw-funds"),
            MASTER,
            (
                "Can read the ledger, move money between master and subaccounts and withdraw to saved"
                " addresses outside Kraken."
            ),
        ),
        (
            spot("query-ledger", "withdraw-funds"),
            SUB,
            (
                "Can read the ledger; its withdrawal right is useless on a subaccount, where Kraken blocks"
                " withdrawals."
            ),
        ),
        (
            spot("modify-trades", "close-trades", "create-ws-token"),
            SUB,
            "Can place and cancel orders and open private WebSocket feeds; cannot withdraw.",
        ),
        (
            spot("add-funds", "earn-funds", "export-data"),
            None,
            (
                "Can read exports of the whole history, make deposit addresses and put funds into Earn and"
                " take them back; cannot withdraw."
            ),
        ),
        (spot("add-withdraw-address"), SUB, "Can change withdrawal addresses without an e-mail."),
        (
            spot("query-open-trades", "fly"),
            SUB,
            "Can read orders; cannot withdraw; and whatever fly means, which this program does not know.",
        ),
        (
            FuturesAccess("FULL_ACCESS", "NO_ACCESS"),
            MASTER,
            (
                "Can read balances, orders and the account log, place and cancel orders, move money between"
                " the account's Futures wallets and move money between master and subaccounts; cannot"
                " withdraw."
            ),
        ),
        (
            FuturesAccess("NO_ACCESS", "FULL_ACCESS"),
            MASTER,
            "Can withdraw from Futures to the Spot wallet.",
        ),
    ],
)
def test_one_sentence_says_it(permissions: Permissions, kind: AccountKind | None, sentence: str) -> None:
    """In words for people, with what surprises and what is blocked today."""
    assert what_it_can_do(permissions, kind) == sentence


def test_an_unknown_kind_counts_as_a_master() -> None:
    """Nothing is belittled because the account's kind is not known."""
    assert abilities_of(spot("withdraw-funds"), None).withdraws


@pytest.mark.parametrize(
    ("permissions", "only_reads"),
    [
        (spot("query-funds", "query-ledger", "create-ws-token"), True),
        (spot("query-funds", "close-trades"), False),
        (spot("query-funds", "earn-funds"), False),
        (spot("withdraw-funds"), False),
        (spot("update-withdraw-address"), False),
        (spot("fly"), False),
        (FuturesAccess("READ_ONLY", "NO_ACCESS"), True),
        (FuturesAccess("FULL_ACCESS", "NO_ACCESS"), False),
        (FuturesAccess("READ_ONLY", "FULL_ACCESS"), False),
    ],
)
def test_readers_are_told_from_the_rest(permissions: Permissions, only_reads: bool) -> None:
    """A key that changes anything is no reader, nor is one with a right nobody knows."""
    for kind in (MASTER, SUB):
        assert abilities_of(permissions, kind).only_reads is only_reads
