"""Ledgers: order, ranges, filters, both pagings, lag and formats."""

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.simulator.asking import spot_request
from tests.unit.simulator.conftest import NOW, SmallExchange


def ledger(small: SmallExchange, **parameters: str) -> dict[str, Any]:
    small.world.switches.rate_limits = False
    result = small.ask.spot(small.master_key, "Ledgers", parameters)["result"]
    assert isinstance(result, dict)
    return result


def book(small: SmallExchange, count: int) -> None:
    """Add `count` deposits of one dollar, a second apart, the last one now."""
    for number in range(count):
        small.world.post_spot(
            small.master,
            refid=f"REF{number}",
            type_="deposit",
            subtype="",
            asset_id="ZUSD",
            amount=Decimal(1),
            at=NOW - count + 1 + number,
        )


def test_an_entry_has_krakens_shape(small: SmallExchange) -> None:
    """Ids, four decimals of time and padded amounts are as in Kraken's sample."""
    small.world.post_spot(
        small.master, refid="R", type_="deposit", subtype="", asset_id="XXBT", amount=Decimal("0.5"), at=NOW
    )

    reply = small.exchange.handle(
        spot_request(
            small.master_key, "Ledgers", {"asset": "XBT", "start": str(NOW - 1)}, caller="203.0.113.10"
        )
    )

    assert re.fullmatch(
        r'\{"error":\[\],"result":\{"ledger":\{"L[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{6}":\{"refid":"R",'
        r'"time":1790000000\.0000,"type":"deposit","subtype":"","aclass":"currency","asset":"XXBT",'
        r'"amount":"0\.5000000000","fee":"0\.0000000000","balance":"2\.5000000000"\}\},"count":1\}\}',
        reply.body,
    )


def test_pages_have_fifty_entries_newest_first(small: SmallExchange) -> None:
    """The count is of all matches; an offset gives the rest."""
    book(small, 60)

    first = ledger(small, type="deposit", asset="ZUSD")
    second = ledger(small, type="deposit", asset="ZUSD", ofs="50")

    times = [entry["time"] for entry in first["ledger"].values()]
    assert (len(first["ledger"]), first["count"]) == (50, 61)
    assert times == sorted(times, reverse=True)
    assert len(second["ledger"]) == 11
    assert not first["ledger"].keys() & second["ledger"].keys()


def test_cursors_stay_put_while_entries_arrive(small: SmallExchange) -> None:
    """Paging by cursor gives every old entry once although new ones come in between."""
    book(small, 70)
    wanted = {entry.ledger_id for entry in small.master.spot.entries}

    first = ledger(small, with_cursor="true")
    book(small, 3)
    second = ledger(small, cursor=first["cursor"]["next"])

    assert first["count"] is None
    assert first["ledger"].keys() | second["ledger"].keys() == wanted
    assert second["cursor"] == {"next": None}


def test_start_is_excluded_and_end_is_included(small: SmallExchange) -> None:
    """A range given by ids or by times has an open start and a closed end."""
    book(small, 5)
    ids = [entry.ledger_id for entry in small.master.spot.entries[-5:]]

    by_id = ledger(small, start=ids[1], end=ids[3])
    by_time = ledger(small, start=str(NOW - 3), end=str(NOW - 1))

    assert list(by_id["ledger"]) == [ids[3], ids[2]]
    assert list(by_time["ledger"]) == [ids[3], ids[2]]


def test_the_count_can_be_left_out(small: SmallExchange) -> None:
    """`without_count` is the faster form."""
    assert "count" not in ledger(small, without_count="true")


def test_types_filter_unless_the_known_defect_is_on(small: SmallExchange) -> None:
    """`type=transfer` filters; under the switch it lets everything through, as reported."""
    transfer = {"asset": "USD", "amount": "1", "from": small.master.iiban, "to": small.first.iiban}
    small.ask.spot(small.master_key, "AccountTransfer", transfer)

    filtered = ledger(small, type="transfer")
    small.world.switches.transfer_type_filter_broken = True
    unfiltered = ledger(small, type="transfer")

    assert [entry["type"] for entry in filtered["ledger"].values()] == ["transfer"]
    assert unfiltered["count"] == 4


def test_entries_appear_at_settlement(small: SmallExchange) -> None:
    """With a lag the entry is missing for a while though the balance has changed."""
    small.world.switches.ledger_lag_s = 5.0
    book(small, 1)

    early = ledger(small)["count"]
    small.world.clock.advance(5)
    late = ledger(small)["count"]

    assert (early, late) == (3, 4)
    assert small.balance(small.master, "ZUSD") == Decimal(1001)


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"asset": "NOPE"}, "EQuery:Unknown asset"),
        ({"type": "nonsense"}, "EGeneral:Invalid arguments:type"),
        ({"start": "yesterday"}, "EGeneral:Invalid arguments:start"),
        ({"end": "nan"}, "EGeneral:Invalid arguments:end"),
        ({"ofs": "-1"}, "EGeneral:Invalid arguments:ofs"),
        ({"cursor": "rubbish"}, "EGeneral:Invalid arguments:cursor"),
    ],
)
def test_bad_arguments_are_refused(small: SmallExchange, parameters: dict[str, str], error: str) -> None:
    """Each bad argument is named."""
    assert small.ask.error(small.master_key, "Ledgers", parameters) == error


def test_a_keys_query_dates_limit_what_it_sees(small: SmallExchange) -> None:
    """Outside the key's dates is an invalid argument; inside, older entries are cut off."""
    book(small, 5)
    small.master_key.query_from = int(NOW) - 2

    outside = small.ask.error(small.master_key, "Ledgers", {"start": str(NOW - 100)})
    inside = ledger(small)

    assert outside == "EGeneral:Invalid arguments"
    assert inside["count"] == 3


def test_entries_can_be_asked_for_by_id(small: SmallExchange) -> None:
    """QueryLedgers gives the named entries, refuses unknown ones and more than twenty."""
    book(small, 2)
    ids = [entry.ledger_id for entry in small.master.spot.entries[-2:]]

    found = small.ask.spot(small.master_key, "QueryLedgers", {"id": ",".join(ids)})["result"]
    unknown = small.ask.error(small.master_key, "QueryLedgers", {"id": "LAAAAA-BBBBB-CCCCCC"})
    too_many = small.ask.error(small.master_key, "QueryLedgers", {"id": ",".join(ids * 11)})

    assert list(found) == ids
    assert unknown == "EOrder:Invalid order"
    assert too_many == "EGeneral:Invalid arguments:id"
