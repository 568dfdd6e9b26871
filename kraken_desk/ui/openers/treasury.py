"""Dialogs about money."""

from __future__ import annotations

from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.badges import Badge, badges
from kraken_desk.domain.balances import SPOT_WALLET
from kraken_desk.domain.keys import KeyId, Venue
from kraken_desk.domain.legs import Place
from kraken_desk.domain.limits import Consent, LimitKind
from kraken_desk.domain.money import Asset
from kraken_desk.domain.sweep import Difference, SweepRule, Target
from kraken_desk.domain.transfers import TransferPlan, TransferRecord
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.dialogs.limits import LimitsDialog, LimitSteps, RuleEnds
from kraken_desk.ui.dialogs.sweep import SweepDialog, SweepSteps
from kraken_desk.ui.dialogs.transfer import TransferDialog
from kraken_desk.ui.dialogs.transfer_steps import TransferStart, TransferSteps
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.openers.plans import run_difference
from kraken_desk.ui.views.audit_facts import ability_of

JOURNAL = "journal"


def transfer(kit: Kit) -> None:
    """Open the transfer dialog; when one was sent, the journal comes to the front."""
    desk = kit.bridge.desk
    start = TransferStart(source=kit.selection.account_id)
    dialog = TransferDialog(_steps(kit.bridge), desk.scope, desk.environment, kit.theme, start, kit.window)
    dialog.accepted.connect(lambda: kit.show_pane(JOURNAL))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def sweep(kit: Kit) -> None:
    """Open the sweep dialog on the selected account, or on every account."""
    desk, bridge = kit.bridge.desk, kit.bridge
    accounts = tuple(node.account for node in bridge.fleet.accounts())
    master = next((account for account in accounts if account.is_master), accounts[0])
    home = Place(master.account_id, SPOT_WALLET)
    sweeps, routes = desk.treasury.sweeps, desk.transfers.routes
    held = {row.asset for sheet in bridge.balances.sheets for row in sheet.rows if row.total}

    async def work_out(account: AccountId | None, asset: Asset | None, floor: Decimal) -> Difference:
        rules = (SweepRule(asset=asset, floor=floor),) if floor else ()
        assets = frozenset({asset}) if asset else None
        branches = frozenset({account}) if account else None
        return await sweeps.sweep(home, rules, assets=assets, branches=branches)

    async def fund(account: AccountId | None, asset: Asset, quantity: Decimal) -> Difference:
        wanted = [a.account_id for a in accounts if not a.is_master and account in (None, a.account_id)]
        targets = tuple(Target(Place(account_id, SPOT_WALLET), asset, quantity) for account_id in wanted)
        return await sweeps.fund(home, targets)

    selected = bridge.fleet.account(kit.selection.account_id) if kit.selection.account_id else None
    start = None if selected is None or selected.account.is_master else selected.account.account_id
    steps = SweepSteps(accounts, tuple(sorted(held)), routes.label(home), work_out, fund, routes.label)
    dialog = SweepDialog(steps, desk.scope, desk.environment, kit.theme, start, kit.window)

    def on_accepted() -> None:
        if dialog.difference is not None:
            run_difference(kit, dialog.purpose, dialog.title, dialog.difference)

    dialog.accepted.connect(on_accepted)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def limits(kit: Kit) -> None:
    """Open the dialog about limits and the read-only switch."""
    desk = kit.bridge.desk
    service, switch = desk.treasury.limits, desk.treasury.read_only

    async def add(
        kind: LimitKind, amount: Decimal | None, currency: Asset | None, seconds: int | None, ends: RuleEnds
    ) -> None:
        await service.add(
            kind,
            source=ends.source,
            destination=ends.destination,
            currency=currency,
            amount=amount,
            seconds=seconds,
        )

    def label(account: str | None) -> str:
        if account is None:
            return "any account"
        node = kit.bridge.fleet.account(AccountId(account))
        return node.account.label if node else account

    async def turn(on: bool) -> None:  # a check box's own answer
        await switch.switch(on=on)

    accounts = tuple(node.account for node in kit.bridge.fleet.accounts())
    steps = LimitSteps(service.standing, add, service.remove, label, switch.load, turn, accounts)
    dialog = LimitsDialog(steps, desk.scope, desk.environment, kit.theme, kit.window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _steps(bridge: Bridge) -> TransferSteps:
    transfers = bridge.desk.transfers

    def held(account_id: AccountId, venue: Venue) -> tuple[Asset, ...]:
        sheet = bridge.balances.sheet(account_id, venue)
        rows = sheet.rows if sheet else ()
        return tuple(dict.fromkeys(row.asset for row in rows if row.total))

    def badges_of(key_id: KeyId) -> tuple[Badge, ...]:
        node = bridge.fleet.key(key_id)
        info = node.check.info if node and node.check else None
        return badges(info.permissions) if info else ()

    async def send(plan: TransferPlan, consent: Consent, otp: str) -> TransferRecord:
        return await transfers.send(plan, consent=consent, otp=otp)

    def two_factor(key_id: KeyId) -> bool:
        node = bridge.fleet.key(key_id)
        return node is not None and node.slot.two_factor

    return TransferSteps(
        ends=transfers.ends,
        assets=transfers.assets,
        places=transfers.places,
        available=transfers.available,
        held=held,
        plan=transfers.plan,
        send=send,
        badges=badges_of,
        two_factor=two_factor,
        ability=lambda key_id: ability_of(bridge.fleet, key_id),
    )
