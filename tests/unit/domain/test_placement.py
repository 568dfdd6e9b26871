"""Placement: where a new account belongs, as far as Kraken or the order of adding tells."""

from __future__ import annotations

from dataclasses import replace

from kraken_desk.domain.accounts import AccountId, AccountKind, KindSource
from kraken_desk.domain.placement import account_of, completed, corrections, propose_account, proven_merge
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


SPOT_SIDE = an_account(1, label="Carry", futures_uid=None)
FUTURES_SIDE = an_account(2, label="Account uid-2", iiban=None, kind_source=KindSource.KRAKEN)
PROOF = futures_info(iiban=an_iiban(1), account_uid="uid-2")


def test_a_key_that_reports_both_ids_proves_a_merge() -> None:
    """The Futures side goes; the operator's name and what Kraken said of the kind stay."""
    merge = proven_merge((SPOT_SIDE, FUTURES_SIDE), PROOF)

    assert merge is not None
    assert merge.gone == FUTURES_SIDE
    assert merge.kept.account_id == SPOT_SIDE.account_id
    assert (merge.kept.iiban, merge.kept.futures_uid) == (an_iiban(1), "uid-2")
    assert (merge.kept.label, merge.kept.kind_source) == ("Carry", KindSource.KRAKEN)


def test_a_given_name_is_not_lost_to_one_of_ours() -> None:
    """The Spot side was never named, the Futures side was."""
    plain = replace(SPOT_SIDE, label="Account AA01 N84G")

    merge = proven_merge((plain, replace(FUTURES_SIDE, label="Hedge")), PROOF)

    assert merge is not None
    assert merge.kept.label == "Hedge"


def test_nothing_less_proves_a_merge() -> None:
    """One id alone, the same record, or a record that already has another id."""
    both = (SPOT_SIDE, FUTURES_SIDE)

    assert proven_merge(both, spot_info(iiban=an_iiban(1))) is None
    assert proven_merge(both, futures_info(iiban=None, account_uid="uid-2")) is None
    assert proven_merge((an_account(1),), futures_info(iiban=an_iiban(1), account_uid="uid-1")) is None
    assert proven_merge((replace(SPOT_SIDE, futures_uid="uid-9"), FUTURES_SIDE), PROOF) is None
    assert proven_merge((SPOT_SIDE, replace(FUTURES_SIDE, iiban=an_iiban(9))), PROOF) is None


def test_a_missing_id_is_filled_in_unless_somebody_has_it() -> None:
    """And never against an id that is known."""
    assert completed((SPOT_SIDE,), SPOT_SIDE, PROOF).futures_uid == "uid-2"
    assert completed((SPOT_SIDE, FUTURES_SIDE), SPOT_SIDE, PROOF) == SPOT_SIDE
    assert completed((SPOT_SIDE,), SPOT_SIDE, futures_info(iiban=an_iiban(9), account_uid="u")) == SPOT_SIDE
