"""The balances pane worked out without Qt: zero, unknown and stale stay different."""

from decimal import Decimal

from kraken_desk.domain.balances import BalancesSnapshot
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.ui.models.balances_rows import PaneState, build_view
from tests.ui.money_samples import (
    BASIS,
    BTC,
    EUR,
    MASTER,
    MOMENTUM,
    NOW,
    USD,
    a_balance,
    a_fleet,
    a_sheet,
    balances_of,
    dec,
)

FLEET = a_fleet()
NO_ANSWER = Problem(
    "UnavailableError", "Kraken did not answer", "No answer within 15 s.", "", ("EService:Busy",)
)
NO_KEY = Problem("NoKey", "No key reads these balances", "The Spot keys here belong to other processes.")


def test_an_asset_in_one_place_is_one_line() -> None:
    """Where there is nothing to add up, the line itself names the place."""
    view = build_view(FLEET, balances_of(a_sheet(MOMENTUM, a_balance("USD", "10", "8", hold="2"))))

    [line] = view.lines
    assert (line.asset, line.place, line.places) == (USD, "Momentum · Spot", ())
    assert (line.total, line.available, line.hold) == (dec("10"), dec("8"), dec("2"))


def test_the_whole_tree_adds_up_exactly_and_keeps_the_places() -> None:
    """Totals over accounts and venues are exact sums; each part stays below with its wallet."""
    view = build_view(
        FLEET,
        balances_of(
            a_sheet(MASTER, a_balance("BTC", "0.1", "0.1"), a_balance("BTC", "0.2", part="F")),
            a_sheet(
                MOMENTUM, a_balance("BTC", "0.000000000000000001", "0", wallet="cash"), venue=Venue.FUTURES
            ),
        ),
    )

    [line] = view.lines
    assert (line.asset, line.place, line.total) == (BTC, "3 places", Decimal("0.300000000000000001"))
    assert [part.place for part in line.places] == [
        "Meridian Capital · Spot",
        "Meridian Capital · Spot, auto-earning",
        "Momentum · Futures · cash",
    ]


def test_unknown_is_not_zero() -> None:
    """A figure that Kraken reports nowhere is None; one that it reports somewhere is the sum of those."""
    view = build_view(
        FLEET,
        balances_of(
            a_sheet(MASTER, a_balance("BTC", "1", part="S"), a_balance("EUR", "0", "0", hold="0")),
            a_sheet(MOMENTUM, a_balance("BTC", "2", "1.5")),
        ),
    )

    btc, eur = view.lines
    assert (btc.available, btc.hold) == (dec("1.5"), None)
    assert (eur.asset, eur.available, eur.hold) == (EUR, dec("0"), dec("0"))


def test_a_failed_account_alone_is_stale_and_says_why() -> None:
    """The other account's place stays fresh; the sum is as stale as its worst part."""
    view = build_view(
        FLEET,
        balances_of(
            a_sheet(MASTER, a_balance("USD", "1", "1")),
            a_sheet(MOMENTUM, a_balance("USD", "2", "2"), problem=NO_ANSWER),
        ),
    )

    [line] = view.lines
    reason = "Kraken did not answer: No answer within 15 s."
    assert (line.total, line.stale) == (dec("3"), reason)
    assert [part.stale for part in line.places] == ["", reason]
    assert [(n.title, n.stale) for n in view.notes] == [("Momentum, Spot: stale figures", True)]
    assert view.notes[0].full == "Kraken did not answer. No answer within 15 s. Kraken: EService:Busy."


def test_an_account_without_a_reading_key_says_which_would_do() -> None:
    """Missing figures name the right that would show them."""
    view = build_view(FLEET, balances_of(a_sheet(BASIS, as_of=None, problem=NO_KEY)), BASIS.account_id)

    assert view.state is PaneState.UNREADABLE
    assert [(note.title, note.short) for note in view.notes] == [
        (
            "Basis, Spot: no figures",
            "The Spot keys here belong to other processes. The right that reads them is Query Funds.",
        )
    ]


def test_a_selection_shows_its_account_only() -> None:
    """With an account selected the other accounts' balances are not part of any figure."""
    balances = balances_of(
        a_sheet(MASTER, a_balance("USD", "1", "1")), a_sheet(MOMENTUM, a_balance("USD", "2", "2"))
    )

    view = build_view(FLEET, balances, MOMENTUM.account_id)

    [line] = view.lines
    assert (line.total, line.place) == (dec("2"), "Spot")


def test_zeros_can_be_hidden_without_changing_a_sum() -> None:
    """Hiding zeros takes away lines and places of nothing; a hold alone is not nothing."""
    balances = balances_of(
        a_sheet(
            MASTER, a_balance("EUR", "0", "0"), a_balance("USD", "5", "5"), a_balance("USD", "0", part="F")
        ),
    )

    view = build_view(FLEET, balances, hide_zeros=True)

    [line] = view.lines
    assert (line.asset, line.total) == (USD, dec("5"))
    assert [part.place for part in line.places] == ["Meridian Capital · Spot"]


def test_the_faces_of_the_pane() -> None:
    """Nothing yet, loading, empty and never read are told apart."""
    nobody = build_view(a_fleet(accounts=()), balances_of())
    unread = build_view(FLEET, balances_of())
    loading = build_view(FLEET, balances_of(refreshing=True))
    empty = build_view(FLEET, balances_of(a_sheet(MASTER)))

    assert nobody.state is PaneState.NO_ACCOUNTS
    assert unread.state is PaneState.NOT_READ
    assert loading.state is PaneState.LOADING
    assert empty.state is PaneState.NOTHING_HELD
    assert empty.oldest == NOW


def test_a_balance_of_an_account_no_longer_known_is_left_out() -> None:
    """Figures of a removed account do not linger in a sum."""
    stray = BalancesSnapshot(FLEET.environment, (a_sheet(MASTER, a_balance("USD", "1", "1")),))

    view = build_view(a_fleet(accounts=(MOMENTUM,)), stray)

    assert view.lines == ()
