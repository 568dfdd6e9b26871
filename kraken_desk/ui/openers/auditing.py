"""Dialogs about least privilege: the guide to a new key, promotion, and the audit's report."""

from __future__ import annotations

from pathlib import Path

from kraken_desk.domain.audit.judgement import Judgement
from kraken_desk.domain.audit.redaction import Redaction
from kraken_desk.domain.money import Amount
from kraken_desk.domain.worth import rounded
from kraken_desk.ui.dialogs.export_report import ExportReportDialog
from kraken_desk.ui.dialogs.key_guide import GuideSteps, KeyGuideDialog
from kraken_desk.ui.dialogs.promote import PromoteDialog, PromoteSteps
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.openers.keys import add_guided_key
from kraken_desk.ui.report_files import ReportFile, save_report
from kraken_desk.ui.views.audit_facts import ability_of


def guide(kit: Kit) -> None:
    """Open the guide; when the key was made, the dialog that adds it, with what was asked."""
    desk, fleet = kit.bridge.desk, kit.bridge.fleet
    accounts = tuple(node.account for node in fleet.accounts())
    nodes = fleet.keys()
    own = {n.slot.process for n in nodes if n.slot.process and not n.slot.is_desk_key}
    steps = GuideSteps(desk.roles.load, desk.hosts.load, accounts, tuple(sorted(own)), desk.guides.guide)
    dialog = KeyGuideDialog(steps, desk.scope, desk.environment, kit.theme, kit.window)

    def on_made() -> None:
        if dialog.guided is not None:
            add_guided_key(kit, dialog.guided)

    dialog.accepted.connect(on_made)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def promote(kit: Kit) -> None:
    """Open the promotion of the selected key."""
    desk, node = kit.bridge.desk, kit.situation.key
    if node is None:
        return
    service = desk.promotions
    steps = PromoteSteps(service.targets, desk.hosts.load, service.propose)
    can = ability_of(kit.bridge.fleet, node.slot.key_id)
    dialog = PromoteDialog(
        node.slot.name, steps, desk.scope, desk.environment, kit.theme, kit.window, can=can
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def export_report(kit: Kit) -> None:
    """Open the export of the audit's report."""
    desk = kit.bridge.desk

    async def save(form: ReportFile, path: Path, levels: frozenset[Redaction]) -> int:
        worst = worst_cases(desk.judging.judgement.value)
        return await save_report(await desk.audit.dossier(worst=worst), form, path, levels)

    name = f"audit-{desk.environment.name}-{desk.clock.now():%Y-%m-%d}"
    dialog = ExportReportDialog(save, name, desk.scope, desk.environment, kit.theme, kit.window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def worst_cases(judgement: Judgement | None) -> dict[str, Amount]:
    """Return what each key's thief could take, as the window has reckoned it; nothing before that."""
    if judgement is None or not judgement.exposure.known:
        return {}
    exposure = judgement.exposure
    return {
        slot: Amount(rounded(radius.worst, exposure.currency), exposure.currency)
        for slot, radius in exposure.blast.keys.items()
        if radius.worst is not None
    }
