"""The one figure on an account's row."""

from kraken_desk.domain.balances import Balance, BalanceSheet
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.ui.models.fleet_figures import main_figure
from tests.helpers.builders import BTC, NOW, a_balance, an_account

ACCOUNT = an_account().account_id


def a_sheet(*rows: Balance, problem: Problem | None = None) -> BalanceSheet:
    return BalanceSheet(ACCOUNT, Venue.SPOT, rows, NOW, problem=problem)


def test_the_main_asset_is_shown_with_the_number_of_others() -> None:
    """Dollars come first; other assets that are held are counted, zero rows are not."""
    sheet = a_sheet(a_balance("1.5", BTC), a_balance("12500.25"), a_balance("0", Asset("ETH")))

    assert main_figure((sheet,)) == ("12\u2009500.25 USD +1", False)


def test_a_long_fraction_is_cut_and_marked() -> None:
    """A figure that was shortened says so; it is never rounded up."""
    assert main_figure((a_sheet(a_balance("154191.87953918")),)) == ("≈\u2009154\u2009191.87 USD", False)


def test_a_tiny_figure_keeps_its_digits() -> None:
    """Less than one unit is shown in full rather than as zero."""
    assert main_figure((a_sheet(a_balance("0.00000042", BTC)),)) == ("0.00000042 BTC", False)


def test_unread_and_empty_differ() -> None:
    """An account never read has no figure; one that holds nothing says empty."""
    unread = BalanceSheet(ACCOUNT, Venue.SPOT)

    assert main_figure((unread,)) == ("", False)
    assert main_figure((a_sheet(a_balance("0")),)) == ("empty", False)


def test_a_failed_reading_makes_the_figure_stale() -> None:
    """The old figure stays and is marked."""
    sheet = a_sheet(a_balance("5"), problem=Problem("UnavailableError", "No answer"))

    assert main_figure((sheet,)) == ("5.00 USD", True)
