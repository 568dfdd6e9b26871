"""The search grammar: what a text asks for, what is wrong with it, and how it may go on."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.fleet import FleetSnapshot, KeyNode
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.search import parse, tokens
from kraken_desk.domain.search_completion import MOST, completions
from kraken_desk.domain.search_terms import FIELDS
from kraken_desk.domain.search_text import account_text, key_text
from tests.helpers.builders import (
    NOW,
    a_key,
    a_lease,
    a_master,
    a_master_with,
    a_node,
    a_refused_key,
    an_account,
    an_unchecked_key,
    futures_info,
    spot_info,
)

MASTER = a_master()
KEYS: dict[str, KeyNode] = {
    "treasury": a_key(1, "withdraw-funds", name="treasury"),
    "bot": a_key(
        2, "modify-trades", "close-trades", name="bot", process="mm-bot", role="trading", client="ccxt"
    ),
    "reader": a_key(3, "query-funds", name="reader", process="two words"),
    "open": a_key(4, name="open", info=spot_info(ip_allowlist=IpAllowlist(()))),
    "ending": a_key(5, name="ending", info=spot_info(valid_until=NOW + timedelta(days=2))),
    "ended": a_key(6, name="ended", info=spot_info(valid_until=NOW - timedelta(days=2))),
    "new": replace(an_unchecked_key(7), slot=replace(an_unchecked_key(7).slot, name="new", process="")),
    "refused": a_refused_key(8),
    "leased": replace(a_key(9, name="leased"), lease=a_lease()),
    "futures": a_key(
        10, name="futures", venue=Venue.FUTURES, info=futures_info("FULL_ACCESS", ip_allowlist=NOT_REPORTED)
    ),
}


def found(text: str) -> set[str]:
    """Return the names of the keys that a text asks for."""
    texts = [key_text(key, MASTER.label) for key in KEYS.values()]
    kept = parse(text).sieve(NOW).sift(MASTER, tuple(KEYS.values()), texts)
    return {name for name, key in KEYS.items() if key in kept}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("is:expired", {"ended"}),
        ("is:expiring", {"ending"}),
        ("is:unchecked", {"new"}),
        ("is:refused", {"refused"}),
        ("is:leased", {"leased"}),
        ("can:withdraw", {"treasury"}),
        ("can:trade", {"bot", "futures"}),
        ("can:modify-trades", {"bot"}),
        ("ip:open", {"open"}),
        ("ip:198.51.100.9", set()),
        ("process:mm", {"bot"}),
        ('process:"two words"', {"reader"}),
        ("process:none", {"new"}),
        ("venue:futures", {"futures"}),
        ("role:trad", {"bot"}),
        ("client:ccxt", {"bot"}),
        ("account:elsewhere", set()),
        ('"two words"', {"reader"}),
        ("-can:read -can:trade -is:unchecked -is:refused", {"treasury"}),
        ("BOT mm", {"bot"}),
    ],
)
def test_terms_find_the_keys_that_they_name(text: str, names: set[str]) -> None:
    """Each term of the grammar finds just the keys with that property."""
    assert found(text) == names


def test_an_address_finds_the_lists_that_let_it_in() -> None:
    """An address stands for entries that cover it; a key open to all is found by the word instead."""
    wide = a_key(1, info=spot_info(ip_allowlist=IpAllowlist(("10.0.0.0/8",))))
    anywhere = KEYS["open"]

    kept = parse("ip:10.1.2.3").sieve(NOW).sift(MASTER, (wide, anywhere), ("", ""))

    assert kept == [wide]


def test_the_beginning_of_a_value_stands_for_all_that_begin_so() -> None:
    """While “is:exp” is typed it shows what ends and what has ended."""
    assert found("is:exp") == {"ending", "ended"}


@pytest.mark.parametrize("text", ["is:", "-", "is:ex -", '"', ""])
def test_what_is_not_finished_hides_nothing_more(text: str) -> None:
    """A term without a value yet is no condition and no mistake."""
    query = parse(text)

    assert query.problems == ()
    assert found(text) == (found("is:ex") if "ex" in text else set(KEYS))


def test_an_unknown_field_is_named_with_those_there_are() -> None:
    """A word before a colon that is none of the grammar's finds nothing and says why."""
    query = parse("expired:yes")

    assert query.problems == (
        (
            "There is no “expired:”. Known are is:, can:, ip:, venue:, process:, role:, client:, account:, "
            "tag:. "
            "In quotes it is a text."
        ),
    )
    assert found("expired:yes") == set()


def test_an_unknown_value_is_named_with_those_there_are() -> None:
    """A value that no key can have is said, with the possible ones."""
    assert parse("venue:margin").problems == ("“venue:margin” means nothing. venue: takes spot, futures.",)


def test_addresses_with_colons_are_plain_words() -> None:
    """An IPv6 address is no field, because fields are letters only; quotes help where it has just letters."""
    assert parse("fe80::1").problems == ()
    assert parse('"dead:beef::"').problems == ()


def test_an_account_is_found_by_words_and_by_its_field() -> None:
    """Label, kind, IIBAN with and without gaps, and Futures uid mean an account with all its keys."""
    account = an_account(2, label="Market Making")
    text = account_text(account)

    for asked in ("market", "making subaccount", 'account:"market making"', "AA02N84G", "account:uid-2"):
        assert parse(asked).sieve(NOW).finds_account(account, text)
    for asked in ("basis", "-basis", "market is:fine", "foo:bar market"):
        assert not parse(asked).sieve(NOW).finds_account(account, text)


def test_a_whole_public_key_is_not_in_the_text() -> None:
    """A public key is shown shortened everywhere, so it cannot be searched as a whole either."""
    node = a_key(1)

    assert node.slot.api_key.casefold() not in key_text(node, "Main")


def test_reading_trades_is_not_found_as_trading() -> None:
    """A key that may only read orders does not answer to trade; a right that is missing is no word."""
    assert "trade" not in key_text(a_key(1, "query-open-trades"), "Main")
    assert "withdraw" not in key_text(a_key(1, info=futures_info("FULL_ACCESS", "NO_ACCESS")), "Main")


@pytest.mark.parametrize(
    "word", ["mm-bot", "withdraw", "withdraw-funds", "203.0.113.7", "main", "restricted", "spot"]
)
def test_keys_are_found_by_what_they_are_for(word: str) -> None:
    """The search text holds process, rights in both spellings, addresses, account and venue."""
    assert word in key_text(a_key(1, "withdraw-funds", process="mm-bot"), "Main")


@pytest.mark.parametrize(("text", "names"), [("is:critical", ["open"]), ("is:high", ["open", "refused"])])
def test_a_critical_key_is_high_as_well(text: str, names: list[str]) -> None:
    """`is:high` asks for high or worse, `is:critical` for the worst alone."""
    robbable = spot_info("withdraw-funds", ip_allowlist=IpAllowlist(()))
    keys = (a_key(1, name="open", info=robbable), a_refused_key(2, name="refused"), a_key(3, name="fine"))

    kept = parse(text).sieve(NOW).sift(MASTER, keys, [key_text(key, "Main") for key in keys])

    assert [key.slot.name for key in keys if key in kept] == names


TERMS = st.sampled_from(
    [
        "is:expired",
        "is:findings",
        "can:withdraw",
        "can:trade",
        "ip:open",
        "process:mm",
        "venue:spot",
        "bot",
        "e",
    ]
)


@given(st.lists(st.tuples(st.booleans(), TERMS), max_size=4))
def test_terms_stand_for_their_sets(terms: list[tuple[bool, str]]) -> None:
    """Several terms find what each of them finds; a negated one finds all the others."""
    text = " ".join(f"-{term}" if negated else term for negated, term in terms)

    expected = set(KEYS)
    for negated, term in terms:
        expected &= set(KEYS) - found(term) if negated else found(term)
    assert found(text) == expected


@given(st.text(alphabet='is:canp-" \t\nwö"0.😀', max_size=40))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever is typed gives a query; its parts lie in the text, in order, and do not overlap."""
    query = parse(text)
    parts = tokens(text)

    assert all(one.end <= other.start for one, other in itertools.pairwise(parts))
    assert all(0 <= part.start < part.end <= len(text) for part in parts)
    assert isinstance(query.problems, tuple)


FLEET: FleetSnapshot = a_master_with(
    a_key(1, name="treasury"),
    below=(a_node(an_account(2, label="Market Making"), a_key(2, process="mm bot")),),
)


def proposed(text: str) -> list[str]:
    return [each.text for each in completions(text, len(text), FLEET)]


def test_a_beginning_proposes_fields_and_values() -> None:
    """A few letters propose fields, a field its values, and those of the fleet where nothing is fixed."""
    assert proposed("c") == ["can:", "client:"]
    assert proposed("bot -is:unc") == ["-is:unchecked "]
    assert proposed("account:mak") == ['account:"Market Making" ']
    assert proposed("process:") == [
        "process:Kraken Desk ".replace("Kraken Desk", '"Kraken Desk"'),
        'process:"mm bot" ',
    ]
    assert proposed("bot") == []
    assert proposed("") == []


def test_a_proposal_takes_the_place_of_what_was_typed() -> None:
    """Only the word at the cursor is replaced, and the cursor goes behind it."""
    text = "mm is:exp bot"

    proposal = completions(text, len("mm is:exp"), FLEET)[0]

    assert proposal.applied(text) == ("mm is:expired bot", len("mm is:expired "))


def test_of_many_values_the_first_ones_are_proposed() -> None:
    """Those that begin so, by the alphabet, then the way to ask for none, then those that hold it."""
    many = [a_key(number, process=f"Bot {number:03}") for number in range(500)]
    fleet = a_master_with(*many, a_key(500, process="nobot"), a_key(501, process=""))

    def values(text: str) -> list[str]:
        return [each.text.strip() for each in completions(text, len(text), fleet)]

    assert values("process:")[:2] == ['process:"Bot 000"', 'process:"Bot 001"']
    assert len(values("process:")) == MOST
    assert values("process:no") == ["process:nobot", "process:none"]
    assert values("process:bot")[0] == 'process:"Bot 000"'
    assert values("process:499") == ['process:"Bot 499"']


@given(st.sampled_from(sorted(FIELDS)), st.integers(0, 3))
def test_every_proposal_can_be_read(field: str, letters: int) -> None:
    """What is proposed is understood once it is taken."""
    text = f"{field}:{'expcan'[:letters] if letters else ''}"

    for proposal in completions(text, len(text), FLEET):
        assert parse(proposal.applied(text)[0]).problems == ()
