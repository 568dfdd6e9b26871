"""The guide to a new key, the comparison when it is added, promotion, and the report's export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.judgement import judge
from kraken_desk.domain.audit.redaction import Redaction
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.environments import PRODUCTION, Environment
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.key_form import KeyWish
from kraken_desk.domain.key_guide import GuideRequest, KeyGuide, guide
from kraken_desk.domain.keys import SlotId, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import PriceBook, Rates
from kraken_desk.domain.rehearsal import Call, Rehearsal, configuration_of, points
from kraken_desk.domain.roles import STARTING_ROLES, Role, role_named
from kraken_desk.services.promotion import Promotion
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.add_key import AddKeyDialog
from kraken_desk.ui.dialogs.export_report import ExportReportDialog
from kraken_desk.ui.dialogs.guided_key import GuidedKey
from kraken_desk.ui.dialogs.key_guide import GuideSteps, KeyGuideDialog
from kraken_desk.ui.dialogs.promote import PromoteDialog, PromoteSteps
from kraken_desk.ui.openers.auditing import worst_cases
from kraken_desk.ui.report_files import ReportFile, save_report
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import LAB, NOW, a_balance, a_slot, spot_info
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import FakeKeys, child
from tests.ui.dialogs.test_add_key import KEY, KNOWN, SPOT_SECRET, key_of, secret_of
from tests.ui.money_samples import DEMO, MOMENTUM
from tests.unit.domain.audit.facts import BOX
from tests.unit.reports.audit_samples import dossier
from tests.unit.reports.audit_samples import facts as audit_facts

ROLES = tuple(role for role in STARTING_ROLES if role.role_id in ("trading", "dashboard", "market-data"))


class Doors:
    """The guide's services: the real rule, with one role and one host."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[dict[str, Any]] = []

    async def roles(self) -> tuple[Role, ...]:
        return ROLES

    async def hosts(self) -> tuple[Any, ...]:
        return (BOX,)

    async def guide(self, **words: Any) -> KeyGuide:
        self.asked.append(words)
        if self.error is not None:
            raise self.error
        role = role_named(words["role"], ROLES)
        hosts = (BOX,) if words["hosts"] else ()
        request = GuideRequest(role, words["process"], MOMENTUM, words["venue"], words["client"], hosts)
        return guide(request, PRODUCTION, NOW)

    def steps(self) -> GuideSteps:
        return GuideSteps(self.roles, self.hosts, (MOMENTUM,), ("mm-bot",), self.guide)


def guide_dialog(qtbot: QtBot, theme: Theme, doors: Doors) -> KeyGuideDialog:
    dialog = KeyGuideDialog(doors.steps(), TaskScope("test"), DEMO, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


async def ready(dialog: KeyGuideDialog) -> None:
    await wait_until(lambda: child(dialog, QComboBox, "guide_role").count() == 2)
    await wait_until(dialog.primary_button.isEnabled)


async def test_the_guide_shows_the_forms_values_and_hands_the_wish_on(qtbot: QtBot, theme: Theme) -> None:
    """A role without rights is not offered; the host's address is in the form."""
    doors = Doors()
    dialog = guide_dialog(qtbot, theme, doors)
    await ready(dialog)
    child(dialog, QComboBox, "guide_process").setEditText("grid")
    child(dialog, QComboBox, "guide_host").setCurrentIndex(1)

    dialog.primary_button.click()
    await wait_until(lambda: dialog.page == "values")
    shown = child(dialog, QLabel, "form-IP restriction").text()
    dialog.primary_button.click()

    assert "203.0.113.7" in shown
    assert doors.asked[0]["hosts"] == ("box",)
    assert dialog.result() == QDialog.DialogCode.Accepted
    assert dialog.guided is not None
    assert (dialog.guided.process, dialog.guided.role) == ("grid", "trading")
    assert dialog.guided.wish.ip_allowlist == ("203.0.113.7", "2001:db8::7")


async def test_the_guide_says_what_to_think_about(qtbot: QtBot, theme: Theme) -> None:
    """Also a second time, after going back."""
    dialog = guide_dialog(qtbot, theme, Doors())
    await ready(dialog)
    child(dialog, QComboBox, "guide_process").setEditText("grid")
    for _ in range(2):
        dialog.primary_button.click()
        await wait_until(lambda: dialog.page == "values")
        assert "No host is named" in child(dialog, QLabel, "guide_notes").text()
        assert "Copy" in child(dialog, QPushButton, "copy-Name").accessibleName()
        dialog.back_button.click()
        await wait_until(lambda: dialog.page == "choose")

    assert dialog.guided is None


async def test_a_guide_needs_a_process(qtbot: QtBot, theme: Theme) -> None:
    """It is said beside the field, and nobody is asked."""
    doors = Doors()
    dialog = guide_dialog(qtbot, theme, doors)
    await ready(dialog)

    dialog.primary_button.click()

    assert "Which process?" in child(dialog, QLabel, "guide_process_message").text()
    assert doors.asked == []


async def test_a_refused_guide_is_told(qtbot: QtBot, theme: Theme) -> None:
    """The choices stay."""
    dialog = guide_dialog(qtbot, theme, Doors(InputError("This role needs no key here", "x", "y")))
    await ready(dialog)
    child(dialog, QComboBox, "guide_process").setEditText("grid")

    dialog.primary_button.click()
    await wait_until(dialog.problem.isVisible)

    assert dialog.page == "choose"


WISH = KeyWish(Venue.SPOT, "grid-trading", KNOWN.info.permissions, ("203.0.113.7",), "ccxt", 0, None)


@pytest.mark.parametrize(
    ("allowlist", "said"),
    [(("203.0.113.7",), "as it was asked for"), ((), "lets in addresses that were not asked for")],
)
async def test_adding_a_guided_key_compares_it_with_what_was_asked(
    qtbot: QtBot, theme: Theme, allowlist: tuple[str, ...], said: str
) -> None:
    """Process, client and role are filled in already."""
    info = replace(KNOWN.info, ip_allowlist=IpAllowlist(allowlist), nonce_window=0, valid_until=None)
    wish = replace(WISH, permissions=spot_info("query-funds", "modify-trades").permissions)
    known = spot_info("query-funds", "modify-trades").permissions
    fake = FakeKeys(replace(KNOWN, info=replace(info, permissions=known)))
    asked = GuidedKey(wish, "grid", "trading")
    dialog = AddKeyDialog(fake.steps(), TaskScope("test"), DEMO, theme, asked=asked)
    qtbot.addWidget(dialog)
    dialog.open()
    key_of(dialog).setText(KEY)
    secret_of(dialog).setText(SPOT_SECRET)

    dialog.primary_button.click()
    await wait_until(lambda: dialog.page == "facts")

    assert said in child(dialog, QLabel, "differences").text()
    assert child(dialog, QComboBox, "role").currentText() == "Trading"
    assert child(dialog, QComboBox, "client").currentData() == "ccxt"
    assert child(dialog, QLineEdit, "process").text() == "grid"


def a_promotion() -> Promotion:
    slot = a_slot(1, name="grid", process="bot", role="trading", client="ccxt")
    wanted = configuration_of(slot, spot_info("modify-trades"))
    seen = Rehearsal(LAB.name, SlotId("slot-1"), "grid", wanted, Call.CHECK, NOW - timedelta(days=1), NOW, 2)
    found = points(wanted, (seen,), LAB, PRODUCTION, NOW)
    return Promotion(slot, LAB, PRODUCTION, wanted, found, WISH, "https://kraken.example", (seen,))


async def test_a_promotion_shows_what_was_not_rehearsed(qtbot: QtBot, theme: Theme) -> None:
    """In words, with the target's form beside it; its last button only closes."""
    asked: list[tuple[str, str, tuple[str, ...]]] = []

    async def propose(name: str, to: str, hosts: tuple[str, ...]) -> Promotion:
        asked.append((name, to, hosts))
        return a_promotion()

    async def targets() -> tuple[Environment, ...]:
        return (PRODUCTION,)

    steps = PromoteSteps(targets, Doors().hosts, propose)
    dialog = PromoteDialog("grid", steps, TaskScope("test"), LAB, theme, can="Can trade.")
    qtbot.addWidget(dialog)
    dialog.open()
    await wait_until(dialog.primary_button.isEnabled)
    assert child(dialog, QLabel, "ability").text() == "Can trade."

    dialog.primary_button.click()
    await wait_until(lambda: dialog.page == "shown")

    words = [label.text() for label in dialog.findChildren(QLabel) if label.objectName().startswith("point-")]
    assert asked == [("grid", "production", ())]
    assert "rehearsed" in words
    assert "not rehearsed" in words
    dialog.primary_button.click()
    assert dialog.result() == QDialog.DialogCode.Accepted


Where = Callable[[QWidget, str, str], str]


def export_dialog(qtbot: QtBot, theme: Theme, save: Any, where: Where) -> ExportReportDialog:
    dialog = ExportReportDialog(save, "audit-lab", TaskScope("test"), DEMO, theme, where=where)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


@pytest.mark.parametrize("form", list(ReportFile))
async def test_a_report_is_saved_in_every_form(
    qtbot: QtBot, theme: Theme, tmp_path: Path, form: ReportFile
) -> None:
    """With what is to be left out; the name that is offered has the form's ending."""
    offered: list[str] = []

    async def save(chosen: ReportFile, path: Path, levels: frozenset[Redaction]) -> int:
        return await save_report(dossier(), chosen, path, levels)

    def where(parent: QWidget, name: str, forms: str) -> str:
        offered.append(name)
        return str(tmp_path / name)

    dialog = export_dialog(qtbot, theme, save, where)
    combo = child(dialog, QComboBox, "report_form")
    combo.setCurrentIndex(combo.findData(form.value))
    child(dialog, QCheckBox, "redact_ids").setChecked(True)

    dialog.primary_button.click()
    await wait_until(lambda: dialog.result() == QDialog.DialogCode.Accepted)

    raw = (tmp_path / offered[0]).read_bytes()
    assert offered == [f"audit-lab{form.ending}"]
    assert b"slot-a" not in raw
    assert raw.startswith(b"%PDF") is (form is ReportFile.PDF)
    assert len(raw) > 1000


async def test_a_report_that_cannot_be_written_is_told(qtbot: QtBot, theme: Theme, tmp_path: Path) -> None:
    """The dialog stays for another place; no place chosen does nothing."""
    chosen = ["", str(tmp_path / "nowhere" / "a.pdf")]

    async def save(form: ReportFile, path: Path, levels: frozenset[Redaction]) -> int:
        return await save_report(dossier(), ReportFile.PDF, path, levels)

    dialog = export_dialog(qtbot, theme, save, lambda *_: chosen.pop(0))
    dialog.primary_button.click()
    assert not dialog.busy
    dialog.primary_button.click()
    await wait_until(dialog.problem.isVisible)

    assert dialog.isVisible()


def test_a_report_of_the_window_holds_the_worst_case_that_it_has_reckoned() -> None:
    """Before balances were read, there is none: not zero."""
    facts = audit_facts()
    account = facts.keys[0].slot.account_id
    sheet = BalanceSheet(account, Venue.SPOT, (a_balance("250"),), as_of=NOW)
    rates = Rates(PriceBook(), Asset("USD"))

    found = worst_cases(judge(facts, (), (sheet,), rates))

    assert str(found["slot-a"]) == "250.00 USD"
    assert worst_cases(judge(facts, (), (), rates)) == {}
    assert worst_cases(None) == {}
