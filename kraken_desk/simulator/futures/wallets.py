"""Reading Futures wallets and subaccounts. Imports the standard library only."""

from decimal import Decimal

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.assets import find_futures_asset
from kraken_desk.simulator.futures.answers import balance_figure
from kraken_desk.simulator.futures.calls import Endpoint, FuturesCall, Need, Route
from kraken_desk.simulator.futures_book import Wallet, WalletKind, collateral_usd, slashed_name, value_usd
from kraken_desk.simulator.jsontext import JsonValue, as_double
from kraken_desk.simulator.switches import Switches

ZERO = Decimal(0)
_CENT = Decimal("0.00000001")


def accounts(call: FuturesCall) -> dict[str, JsonValue]:
    """Show every wallet of the key's account."""
    switches = call.world.switches
    wallets = call.account.futures.wallets.values()
    return {"accounts": {wallet.name: _wallet(wallet, switches) for wallet in wallets}}


def subaccounts(call: FuturesCall) -> dict[str, JsonValue]:
    """Show the wallets of all subaccounts to a master; a subaccount sees its master's uid and nobody."""
    account = call.account
    listed = [] if account.master else call.world.accounts.subaccounts(account)
    return {
        "masterAccountUid": account.domain.futures_uid,
        "subaccounts": [_subaccount(subaccount) for subaccount in listed],
    }


def _wallet(wallet: Wallet, switches: Switches) -> JsonValue:
    if wallet.kind is WalletKind.FLEX:
        return _flex(wallet, switches)
    shown: dict[str, JsonValue] = {"type": wallet.kind.value}
    if wallet.kind is WalletKind.MARGIN:
        shown["currency"] = wallet.currency
    shown["balances"] = {code: balance_figure(switches, held) for code, held in wallet.balances.items()}
    if wallet.kind is WalletKind.MARGIN:
        shown |= _margin_figures(wallet)
    return shown


def _margin_figures(wallet: Wallet) -> dict[str, JsonValue]:
    balance = wallet.balances.get(wallet.currency, ZERO)
    figures = {
        "usd": ZERO,
        "pv": balance + wallet.profit,
        "pnl": wallet.profit,
        "af": balance + wallet.profit - wallet.initial_margin,
        "funding": ZERO,
    }
    levels = {"im": wallet.initial_margin, "mm": wallet.initial_margin / 2, "lt": ZERO, "tt": ZERO}
    return {
        "auxiliary": {name: as_double(figure) for name, figure in figures.items()},
        "marginRequirements": {name: as_double(level) for name, level in levels.items()},
        "triggerEstimates": {name: as_double(ZERO) for name in levels},
    }


def _flex(wallet: Wallet, switches: Switches) -> JsonValue:
    rows: dict[str, JsonValue] = {}
    for code in wallet.balances:
        asset = find_futures_asset(code)
        name = switches.futures_flex_bitcoin if code == "xbt" else asset.display if asset else code.upper()
        rows[name] = {**_flex_row(wallet, code), "excludedCollateral": as_double(ZERO)}
    return {
        "type": wallet.kind.value,
        "currencies": rows,
        **_flex_totals(wallet),
        "excludedCollateralValue": as_double(ZERO),
    }


def _flex_row(wallet: Wallet, code: str) -> dict[str, JsonValue]:
    quantity = wallet.balances[code]
    return {
        "quantity": as_double(quantity),
        "value": _usd(value_usd(code, quantity)),
        "collateral": _usd(collateral_usd(code, quantity)),
        "available": as_double(wallet.available(code)),
    }


def _flex_totals(wallet: Wallet) -> dict[str, JsonValue]:
    collateral = wallet.collateral_usd
    return {
        "initialMargin": _usd(wallet.initial_margin),
        "initialMarginWithOrders": _usd(wallet.initial_margin),
        "maintenanceMargin": _usd(wallet.initial_margin / 2),
        "balanceValue": _usd(wallet.value_usd),
        "portfolioValue": _usd(wallet.value_usd + wallet.profit),
        "collateralValue": _usd(collateral),
        "pnl": _usd(wallet.profit),
        "unrealizedFunding": _usd(ZERO),
        "totalUnrealized": _usd(wallet.profit),
        "totalUnrealizedAsMargin": _usd(wallet.profit),
        "availableMargin": _usd(wallet.available_margin),
        "marginEquity": _usd(collateral + wallet.profit),
    }


def _subaccount(account: Account) -> JsonValue:
    wallets = account.futures.wallets
    flex = wallets["flex"]
    return {
        "accountUid": account.futures_uid,
        "email": account.email,
        "fullName": account.label or None,
        "holdingAccounts": [
            {"currency": code, "amount": as_double(held)} for code, held in wallets["cash"].balances.items()
        ],
        "futuresAccounts": [
            {"name": slashed_name(wallet.name), "availableMargin": as_double(_free(wallet))}
            for wallet in wallets.values()
            if wallet.kind is WalletKind.MARGIN
        ],
        "flexAccount": {
            "currencies": [{"currency": code, **_flex_row(flex, code)} for code in flex.balances],
            **_flex_totals(flex),
        },
    }


def _free(wallet: Wallet) -> Decimal:
    return wallet.balances.get(wallet.currency, ZERO) + wallet.profit - wallet.initial_margin


def _usd(amount: Decimal) -> Decimal:
    return as_double(amount.quantize(_CENT))


ROUTES: tuple[Route, ...] = (
    ("GET", "accounts", Endpoint(accounts, Need.READ)),
    ("GET", "subaccounts", Endpoint(subaccounts, Need.READ)),
)
