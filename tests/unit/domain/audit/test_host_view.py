"""The x-ray from the hosts' side: what each can use, what falls with it, and every range there is."""

from decimal import Decimal

from kraken_desk.domain.allowlist import IpAllowlist, Width
from kraken_desk.domain.audit.host_view import ANY, host_view, hosts_view
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.keys import KeyId, SlotId, Venue
from kraken_desk.domain.reported import NOT_REPORTED
from tests.helpers.builders import NOW, a_balance
from tests.helpers.judgements import a_judgement
from tests.unit.domain.audit.facts import BOX, DESK, OPEN, SUB, futures, trader

FRANKFURT = Host(HostId("h2"), "Frankfurt", ("198.51.100.0/28",))
LISTED = trader(
    name="listed", facts={"ip_allowlist": IpAllowlist(("198.51.100.4", "198.51.100.0/24", "10.0.0.1"))}
)
AJAR = trader(
    name="open", slot_id=SlotId("s2"), key_id=KeyId("k2"), api_key="two", facts={"ip_allowlist": OPEN}
)
MONITOR = trader(
    name="monitor",
    slot_id=SlotId("s3"),
    key_id=KeyId("k3"),
    api_key="three",
    facts={"ip_allowlist": IpAllowlist(("198.51.100.9",))},
    **DESK,
)
SILENT = futures(
    name="silent",
    slot_id=SlotId("s4"),
    key_id=KeyId("k4"),
    api_key="four",
    facts={"ip_allowlist": NOT_REPORTED},
)
MONEY = BalanceSheet(SUB.account_id, Venue.SPOT, (a_balance("500"),), as_of=NOW)
JUDGEMENT = a_judgement(LISTED, AJAR, MONITOR, SILENT, sheets=(MONEY,), hosts=(BOX, FRANKFURT))


def test_a_host_uses_the_keys_that_let_any_of_its_addresses_in() -> None:
    """A range of addresses is let in where it meets a list; whole where each address is."""
    view = host_view(FRANKFURT, JUDGEMENT)

    assert {key.name: key.whole for key in view.keys} == {"listed": True, "open": True, "monitor": False}


def test_what_falls_with_a_host_counts_each_pot_once() -> None:
    """Two keys that reach the same money lose it once; without the open key the box reaches nothing."""
    frankfurt, box = host_view(FRANKFURT, JUDGEMENT), host_view(BOX, JUDGEMENT)

    assert frankfurt.falls.worst == frankfurt.own.worst == Decimal(500)
    assert (box.falls.worst, box.own.worst) == (Decimal(500), Decimal(0))


def test_this_machine_is_told_which_desk_keys_refuse_it() -> None:
    """Only Kraken Desk's own keys are named, and only for the machine it runs on."""
    assert host_view(BOX, JUDGEMENT).refused == ("monitor",)
    assert host_view(FRANKFURT, JUDGEMENT).refused == ()


def test_addresses_on_no_host_are_listed_without_a_name() -> None:
    """What a named host covers is not listed again; keys without a list are counted."""
    view = hosts_view(JUDGEMENT)

    assert [line.host.name for line in view.nameless] == ["10.0.0.1", "198.51.100.0/24"]
    assert view.silent == 1


def test_every_range_has_its_grade_its_keys_and_its_remarks() -> None:
    """The widest come first; shadowed and private entries say so."""
    view = hosts_view(JUDGEMENT)

    found = {line.text: line for line in view.ranges}

    assert view.ranges[0].text == ANY
    assert view.ranges[0].width is Width.OPEN
    assert found["198.51.100.4"].remarks == ("does nothing beside 198.51.100.0/24",)
    assert found["10.0.0.1"].remarks == ("private: Kraken never sees it",)
    assert found["198.51.100.0/24"].hosts == ("Frankfurt",)
    assert found["198.51.100.9"].keys == ("monitor",)
