"""Placement: where a new account belongs, as far as Kraken or the order of adding tells."""

from __future__ import annotations

from kraken_desk.domain.accounts import AccountId, AccountKind, KindSource
from kraken_desk.domain.placement import account_of, corrections, propose_account
from kraken_desk.domain.venue_facts import DomainFacts, LinkedAccount
from tests.helpers.builders import LAB, a_master, an_account, an_iiban, futures_info, spot_info

NEW = AccountId("new")
FOUND = LinkedAccount(an_iiban(2), None)


def test_an_account_is_found_by_iiban_before_uid() -> None:
    """The IIBAN joins Spot and Futures; the uid serves where there is none."""
    accounts = (an_account(1), an_account(2))

    assert account_of(accounts, spot_info(iiban=an_iiban(2))) == accounts[1]
    assert account_of(accounts, futures_info(iiban=an_iiban(2), account_uid="uid-1")) == accounts[1]
    assert account_of(accounts, futures_info(iiban=None, account_uid="uid-1")) == accounts[0]
    assert account_of(accounts, futures_info(iiban=None, account_uid="uid-9")) is None
    assert account_of((an_account(1, iiban=None, futures_uid=None),), spot_info(iiban=None)) is None


def test_without_a_word_from_kraken_the_first_is_the_master() -> None:
    """And everything after it a subaccount; both are marked as assumptions."""
    first = propose_account((), LAB.name, spot_info(), DomainFacts(), NEW)
    second = propose_account((a_master(9),), LAB.name, spot_info(), DomainFacts(), NEW)

    assert (first.kind, first.kind_source) == (AccountKind.MASTER, KindSource.ASSUMED)
    assert (second.kind, second.kind_source) == (AccountKind.SUBACCOUNT, KindSource.ASSUMED)
    assert (first.account_id, first.iiban, first.environment) == (NEW, an_iiban(1), LAB.name)


def test_krakens_word_decides() -> None:
    """Also against the order of adding."""
    master = propose_account((a_master(9),), LAB.name, spot_info(), DomainFacts(is_master=True), NEW)
    sub = propose_account((), LAB.name, spot_info(), DomainFacts(is_master=False), NEW)

    assert (master.kind, master.kind_source) == (AccountKind.MASTER, KindSource.KRAKEN)
    assert (sub.kind, sub.kind_source) == (AccountKind.SUBACCOUNT, KindSource.KRAKEN)


def test_proposed_labels_are_free() -> None:
    """From the IIBAN, else the Futures uid, with a number where it is taken."""
    taken = (an_account(5, label="account aa01 n84g"), an_account(6, label="Account AA01 N84G (2)"))

    assert propose_account((), LAB.name, spot_info(), DomainFacts(), NEW).label == "Account AA01 N84G"
    assert propose_account(taken, LAB.name, spot_info(), DomainFacts(), NEW).label == "Account AA01 N84G (3)"
    uid = futures_info(iiban=None, account_uid="3c90c3cc-0d44")
    assert propose_account((), LAB.name, uid, DomainFacts(), NEW).label == "Account 3c90c3cc"


def test_a_proven_master_corrects_assumptions() -> None:
    """Assumed masters become subaccounts; those it lists are known to be."""
    listed, stranger = a_master(2, label="Two"), a_master(3, label="Three")
    proven = a_master(1, kind_source=KindSource.KRAKEN)

    changed = corrections((listed, stranger, proven), proven, DomainFacts(is_master=True, linked=(FOUND,)))

    assert [(a.label, a.kind, a.kind_source) for a in changed] == [
        ("Two", AccountKind.SUBACCOUNT, KindSource.KRAKEN),
        ("Three", AccountKind.SUBACCOUNT, KindSource.ASSUMED),
    ]


def test_what_people_or_kraken_said_is_not_corrected() -> None:
    """Only assumptions give way, and what is right already is not written again."""
    accounts = (
        a_master(2, kind_source=KindSource.OPERATOR),
        a_master(3, kind_source=KindSource.KRAKEN),
        an_account(4),
    )

    assert corrections(accounts, a_master(1), DomainFacts(is_master=True, linked=(FOUND,))) == ()


def test_accounts_without_ids_are_not_taken_for_listed_ones() -> None:
    """Nothing equals nothing, but it names no account."""
    nameless = an_account(4, iiban=None, futures_uid=None)
    linked = (LinkedAccount(None, None, "no ids"),)

    assert corrections((nameless,), a_master(1), DomainFacts(is_master=True, linked=linked)) == ()
