"""Building blocks of populations: accounts, keys and opening balances with a history that adds up.

Imports the standard library only. Everything is drawn from the seed; only times depend on the moment of the
start.
"""

import base64
from collections.abc import Mapping, Sequence
from decimal import Decimal

from kraken_desk.simulator.accounts import Account, Tier
from kraken_desk.simulator.assets import ASSETS
from kraken_desk.simulator.credentials import Access, FuturesKey, Key, OneTimeCode, SpotKey
from kraken_desk.simulator.futures_book import Position
from kraken_desk.simulator.ids import Ids
from kraken_desk.simulator.markets import MAKER_FEE_PERCENT, PAIRS
from kraken_desk.simulator.trading_book import Order
from kraken_desk.simulator.withdrawals import METHODS, PastWithdrawal, SavedAddress
from kraken_desk.simulator.world import World

DAY_S = 86_400
NO_FEE = Decimal(0)


class Builder:
    """Adds accounts and keys to a world; ids and secrets follow from `ids`."""

    def __init__(self, world: World, ids: Ids) -> None:
        self.world = world
        self.ids = ids
        self.started = int(world.now())

    def account(
        self,
        label: str,
        *,
        iiban: str = "",
        futures_uid: str = "",
        master: Account | None = None,
        email: str = "",
        tier: Tier = Tier.PRO,
        volume_30d: int = 0,
    ) -> Account:
        return self.world.accounts.add(
            Account(
                label=label,
                iiban=iiban or self.ids.iiban(),
                futures_uid=futures_uid or self.ids.uid(),
                master=master,
                username=label.lower().replace(" ", "-"),
                email=email,
                tier=tier,
                wallet_id=self.ids.wallet_id(),
                volume_30d=volume_30d,
            )
        )

    def spot_key(
        self,
        account: Account,
        name: str,
        permissions: Sequence[str],
        *,
        allow: Sequence[str] = (),
        created_days_ago: float = 60,
        used_s_ago: float | None = 3600,
        valid_days: float | None = None,
        nonce: int = 0,
        nonce_window: int = 0,
        otp: OneTimeCode | None = None,
        **hints: str | bool,
    ) -> SpotKey:
        created = int(self.started - created_days_ago * DAY_S)
        key = SpotKey(
            name=name,
            api_key=self.ids.api_key(),
            secret=self.ids.spot_secret(),
            account=account,
            permissions=list(permissions),
            created_time=created,
            modified_time=created,
            nonce=nonce,
            nonce_window=nonce_window,
            ip_allowlist=list(allow),
            valid_until=0 if valid_days is None else int(self.started + valid_days * DAY_S),
            last_used=None if used_s_ago is None else int(self.started - used_s_ago),
            otp=otp,
            hints=hints,
        )
        self.world.keys.add(key)
        return key

    def futures_key(
        self,
        account: Account,
        name: str,
        general: Access,
        transfer: Access = Access.NONE,
        *,
        allow: Sequence[str] = (),
        created_days_ago: float = 60,
        **hints: str | bool,
    ) -> FuturesKey:
        key = FuturesKey(
            name=name,
            api_key=self.ids.api_key(),
            secret=self.ids.futures_secret(),
            account=account,
            general=general,
            transfer=transfer,
            created_at=int(self.started - created_days_ago * DAY_S),
            allowed_cidr_blocks=list(allow),
            hints=hints,
        )
        self.world.keys.add(key)
        return key

    def spot_balances(
        self, account: Account, balances: Mapping[str, str], holds: Mapping[str, str] | None = None
    ) -> None:
        """Open balances by deposits in the past; a zero row is a deposit that left again."""
        for position, (asset_id, text) in enumerate(balances.items()):
            at = self.started - (60 - position % 40) * DAY_S - position * 1777
            amount = Decimal(text)
            if amount:
                self._book_spot(account, "deposit", asset_id, amount, at)
            else:
                self._book_spot(account, "deposit", asset_id, Decimal(10), at)
                self._book_spot(account, "withdrawal", asset_id, Decimal(-10), at + DAY_S)
        for asset_id, text in (holds or {}).items():
            account.spot.holdings[asset_id].hold_trade = Decimal(text)

    def open_order(self, account: Account, pair: str, side: str, price: str, volume: str) -> None:
        """Open a limit order and hold what it needs."""
        order = Order(
            self.ids.order_txid(), PAIRS[pair], side, Decimal(price), Decimal(volume), self.started - 540
        )
        account.trading.open.append(order)
        asset_id, reserved = order.reserve()
        account.spot.holdings[asset_id].hold_trade += reserved

    def past_trade(
        self, account: Account, pair: str, side: str, price: str, volume: str, days_ago: float
    ) -> None:
        """Enter a filled order with its two ledger rows; the fee is paid in the quote currency."""
        at, market = self.started - days_ago * DAY_S, PAIRS[pair]
        cost = Decimal(price) * Decimal(volume)
        fee = (cost * MAKER_FEE_PERCENT / 100).quantize(Decimal("0.0001"))
        trade_id = self.ids.trade_refid()
        order = Order(
            self.ids.order_txid(), market, side, Decimal(price), Decimal(volume), at - 60, at, fee, trade_id
        )
        account.trading.filled.append(order)
        sign = 1 if side == "buy" else -1
        self._book_spot(account, "trade", market.base.asset_id, sign * Decimal(volume), at, trade_id)
        self._book_spot(account, "trade", market.quote.asset_id, -sign * cost, at, trade_id, fee)

    def saved_address(
        self, account: Account, asset_id: str, method: str, key: str, address: str, *, verified: bool = True
    ) -> SavedAddress:
        saved = SavedAddress(asset_id, method, key, address, verified)
        account.addresses.append(saved)
        return saved

    def past_withdrawal(
        self, account: Account, saved: SavedAddress, amount: str, days_ago: float, *, canceled: bool = False
    ) -> None:
        """Enter a withdrawal into the list, and unless it was canceled into the ledger."""
        at = self.started - days_ago * DAY_S
        fee = next(method.fee for method in METHODS if method.method == saved.method)
        refid = self.ids.withdrawal_refid()
        account.withdrawals.append(
            PastWithdrawal(
                saved,
                refid,
                self.ids.transaction_id(),
                Decimal(amount),
                fee,
                int(at),
                "Failure" if canceled else "Success",
                "canceled" if canceled else "",
            )
        )
        if not canceled:
            self._book_spot(account, "withdrawal", saved.asset_id, -Decimal(amount), at, refid, fee)

    def past_transfer(
        self, source: Account, target: Account, asset_id: str, amount: str, days_ago: float
    ) -> None:
        """Enter an AccountTransfer of the past into both ledgers."""
        refid, at = self.ids.transfer_id(), self.started - days_ago * DAY_S
        self._book_spot(source, "transfer", asset_id, -Decimal(amount), at, refid)
        self._book_spot(target, "transfer", asset_id, Decimal(amount), at, refid)

    def futures_balances(
        self, account: Account, wallet: str, balances: Mapping[str, str], currency: str = ""
    ) -> None:
        """Open balances of a wallet; a `currency` makes it a single-collateral margin wallet."""
        if currency:
            account.futures.open_margin_wallet(wallet, currency)
        for position, (code, text) in enumerate(balances.items()):
            account.futures.post(
                wallet=wallet,
                code=code,
                amount=Decimal(text),
                info="admin transfer",
                booking_uid=self.ids.uid(),
                execution=None,
                at=self.started - (45 - position) * DAY_S,
                lag_s=0.0,
            )

    def position(
        self, account: Account, side: str, symbol: str, price: str, size: str, days_ago: float
    ) -> None:
        at = self.started - days_ago * DAY_S
        account.futures.positions.append(Position(side, symbol, Decimal(price), Decimal(size), at))

    def _book_spot(
        self,
        account: Account,
        kind: str,
        asset_id: str,
        amount: Decimal,
        at: float,
        refid: str = "",
        fee: Decimal = NO_FEE,
    ) -> None:
        assert asset_id in ASSETS
        account.spot.post(
            ledger_id=self.ids.ledger_id(),
            refid=refid or self.ids.trade_refid(),
            time=at,
            lag_s=0.0,
            type_=kind,
            subtype="",
            asset_id=asset_id,
            amount=amount,
            fee=fee,
        )


def describe_key(key: Key) -> dict[str, object]:
    """Describe a key as the ready line does, secret included: this exchange's secrets open nothing."""
    common = {
        "name": key.name,
        "api_key": key.api_key,
        "api_secret": base64.b64encode(key.secret).decode(),
    }
    if isinstance(key, FuturesKey):
        return {
            "venue": "futures",
            **common,
            "permissions": {"general": key.general.value, "transfer": key.transfer.value},
            "ip_allowlist": list(key.allowed_cidr_blocks),
            **key.hints,
        }
    described: dict[str, object] = {
        "venue": "spot",
        **common,
        "permissions": list(key.permissions),
        "ip_allowlist": list(key.ip_allowlist),
        "nonce_window": key.nonce_window,
        "valid_until": key.valid_until,
        "last_used": key.last_used,
        **key.hints,
    }
    if key.otp:
        described["otp"] = key.otp.password or f"authenticator:{key.otp.authenticator}"
    return described


def describe_accounts(world: World) -> list[dict[str, object]]:
    """Describe every account with its keys, masters before their subaccounts."""
    by_account: dict[Account, list[Key]] = {account: [] for account in world.accounts}
    for key in world.keys:
        by_account[key.account].append(key)
    return [
        {
            "kind": account.kind,
            "label": account.label,
            "iiban": account.iiban,
            "futures_uid": account.futures_uid,
            "keys": [describe_key(key) for key in keys],
        }
        for account, keys in by_account.items()
    ]
