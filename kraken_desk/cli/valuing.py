"""Values of holdings as the command line shows them: documents and table cells."""

from __future__ import annotations

from decimal import Decimal

from kraken_desk.cli.documents import value
from kraken_desk.cli.output import Document, problem_document
from kraken_desk.domain.balances import Balance, BalanceSheet, Margin
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.money import format_quantity
from kraken_desk.domain.parts import parts_of
from kraken_desk.domain.prices import Rates
from kraken_desk.domain.worth import Worth, rounded, tree_worth, worth_of


def figure(quantity: Decimal | None, *, places: int | None = None) -> str:
    """Write a figure, or nothing where there is none: that is not zero."""
    return "" if quantity is None else format_quantity(quantity, places=places)


def worth_text(worth: Worth) -> str:
    """Write a value with its currency and what it leaves out."""
    if not worth.known:
        return "not read"
    text = f"{format_quantity(rounded(worth.value, worth.currency))} {worth.currency}"
    gaps = ", ".join(worth.not_valued)
    return f"{text}, without {gaps} (not valued)" if gaps else text


def worth(item: Worth) -> Document:
    return {
        "currency": item.currency,
        "value": value(rounded(item.value, item.currency)) if item.known else None,
        "not_valued": list(item.not_valued),
        "read_at": value(item.read_at),
        "priced_at": value(item.priced_at),
        "stale": item.stale,
    }


def row_value(rates: Rates, row: Balance) -> Decimal | None:
    """Return a row's value as shown, None when no market leads to the currency."""
    exact = rates.value(row.asset, row.total)
    return None if exact is None else rounded(exact, rates.currency)


def parts(rows: list[Balance]) -> Document:
    """Return the parts of one asset by kind."""
    return {part.kind.value: value(part.quantity) for part in parts_of(rows)}


def margin(item: Margin) -> Document:
    return {
        "wallet": item.wallet,
        "unit": item.unit,
        "initial_margin": value(item.initial),
        "initial_margin_with_orders": value(item.with_orders),
        "maintenance_margin": value(item.maintenance),
        "available_margin": value(item.available),
        "equity": value(item.equity),
        "pnl": value(item.profit),
        "unrealized_funding": value(item.funding),
        "collateral_value": value(item.collateral),
    }


def tree(fleet: FleetSnapshot, sheets: tuple[BalanceSheet, ...], rates: Rates) -> list[Document]:
    """Return every account's own worth and, for a master, the worth of it and all below."""
    own = {
        node.account.account_id: worth_of(
            [s for s in sheets if s.account_id == node.account.account_id], rates
        )
        for node in fleet.accounts()
    }
    found: list[Document] = []
    for top in fleet.masters:
        totals = tree_worth(top, own, rates.currency)
        for node in top.walk():
            account_id = node.account.account_id
            if own[account_id].known or totals[account_id].known:
                found.append(
                    {
                        "account": node.account.label,
                        "kind": node.account.kind.value,
                        "own": worth(own[account_id]),
                        "with_subaccounts": worth(totals[account_id]),
                    }
                )
    return found


def prices(rates: Rates, assets: set[str]) -> Document:
    """Return the rates used, with the markets on the way, and why prices could not be read anew."""
    problem = rates.book.problem
    used = {}
    for asset in sorted(assets):
        rate = rates.of(asset)  # type: ignore[arg-type]  # names of assets out of the sheets
        if rate is not None and rate.markets:
            used[asset] = {
                "rate": value(rate.factor),
                "markets": list(rate.markets),
                "read_at": value(rate.read_at),
            }
    return {
        "currency": rates.currency,
        "rates": used,
        "problem": problem_document(problem) if problem else None,
    }


def margin_text(item: Margin) -> str:
    """Write the margin figures that Kraken tells, with their unit."""
    told = (
        ("initial", item.initial),
        ("maintenance", item.maintenance),
        ("available", item.available),
        ("equity", item.equity),
        ("PnL", item.profit),
    )
    words = [f"{name} {format_quantity(quantity)}" for name, quantity in told if quantity is not None]
    return f"{', '.join(words) or 'none told'} {item.unit}" if words else "none told"
