"""Money is never made or lost: totals over all accounts and both venues survive every transfer."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kraken_desk.simulator.credentials import FuturesKey, SpotKey
from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.messages import Request
from tests.unit.simulator.asking import Asker, spot_request

PEOPLE = ("Meridian Capital", "Market making", "Momentum", "Basis")
amounts = st.one_of(
    st.decimals("0.0000000001", "5000", places=10),
    st.decimals("0.0001", "500000", places=4),
    st.sampled_from([Decimal("48210.55"), Decimal(4), Decimal("0.75"), Decimal("1E-10")]),
)
moves = st.tuples(
    st.sampled_from(["account", "wallet", "sub", "own", "withdraw"]),
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.sampled_from(["XBT", "USD", "USDC"]),
    amounts,
    st.sampled_from(["", "reply_lost_after_execution", "truncated_json", "html_520"]),
)


class _Mover:
    """Makes one transfer of any kind through the exchange's front door."""

    def __init__(self) -> None:
        self.exchange = Exchange("demo", 3)
        self.exchange.world.switches.rate_limits = False
        self.ask = Asker(self.exchange)
        self.keys = {key.name: key for key in self.exchange.world.keys}

    def move(self, kind: str, source: str, target: str, asset: str, amount: Decimal) -> None:
        accounts = self.exchange.world.accounts
        start, end = accounts.find(source), accounts.find(target)
        assert start is not None
        assert end is not None
        treasury, desk = self.keys["desk treasury"], self.keys["collateral sweeper"]
        assert isinstance(treasury, SpotKey)
        assert isinstance(desk, FuturesKey)
        text = format(amount, "f")
        if kind == "account":
            self.ask.exchange.handle(_spot(treasury, "AccountTransfer", asset, text, start.iiban, end.iiban))
        elif kind == "wallet":
            self.ask.exchange.handle(
                _spot(treasury, "WalletTransfer", asset, text, "Spot Wallet", "Futures Wallet")
            )
        else:
            path, order = _futures_order(kind, start.futures_uid, end.futures_uid, asset, text)
            self.ask.futures_reply(desk, path, order, method="POST")


def _spot(key: SpotKey, name: str, asset: str, amount: str, source: str, target: str) -> Request:
    order = {"asset": asset, "amount": amount, "from": source, "to": target}
    return spot_request(key, name, order, caller="203.0.113.10")


def _futures_order(
    kind: str, source: str, target: str, asset: str, amount: str
) -> tuple[str, dict[str, str]]:
    base = "/derivatives/api/v3/"
    if kind == "withdraw":
        return f"{base}withdrawal", {"currency": asset, "amount": amount}
    wallets = {"fromAccount": "cash", "toAccount": "flex", "unit": asset, "amount": amount}
    if kind == "own":
        return f"{base}transfer", wallets
    return f"{base}transfer/subaccount", {**wallets, "fromUser": source, "toUser": target}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(moves, min_size=1, max_size=25))
def test_transfers_never_change_the_totals(
    sequence: list[tuple[str, str, str, str, Decimal, str]],
) -> None:
    """Whatever is moved between accounts and venues, and whatever fault strikes, the totals stay."""
    mover = _Mover()
    before = mover.exchange.world.totals()

    for kind, source, target, asset, amount, fault in sequence:
        if fault:
            mover.exchange.world.faults.add(fault)
        mover.move(kind, source, target, asset, amount)

    assert mover.exchange.world.totals() == before


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(moves, min_size=1, max_size=25))
def test_no_balance_falls_below_zero_and_books_add_up(
    sequence: list[tuple[str, str, str, str, Decimal, str]],
) -> None:
    """No transfer overdraws, and every ledger and log sums to its balances."""
    mover = _Mover()

    for kind, source, target, asset, amount, _ in sequence:
        mover.move(kind, source, target, asset, amount)

    for account in mover.exchange.world.accounts:
        for asset_id, holding in account.spot.holdings.items():
            booked = sum(
                (entry.amount - entry.fee for entry in account.spot.entries if entry.asset_id == asset_id),
                Decimal(0),
            )
            assert holding.balance == booked
            assert holding.available >= 0
        for wallet in account.futures.wallets.values():
            for code, balance in wallet.balances.items():
                rows = [row for row in account.futures.log if (row.wallet, row.asset) == (wallet.name, code)]
                assert balance == sum((row.new_balance - row.old_balance for row in rows), Decimal(0)) >= 0


def test_the_moves_of_these_tests_do_move_money() -> None:
    """Each kind of move changes a balance, so that the properties above mean something."""
    for kind in ("account", "wallet", "sub", "own", "withdraw"):
        mover = _Mover()
        before = _fingerprint(mover)

        mover.move(kind, "Meridian Capital", "Momentum", "USD", Decimal(1))

        assert _fingerprint(mover) != before, kind


def _fingerprint(mover: _Mover) -> list[object]:
    return [
        (
            {name: held.balance for name, held in account.spot.holdings.items()},
            {name: dict(wallet.balances) for name, wallet in account.futures.wallets.items()},
        )
        for account in mover.exchange.world.accounts
    ]
