"""Checks, figures and money: the choices that window and command line share."""

from __future__ import annotations

from kraken_desk.domain.prices import CURRENCIES
from kraken_desk.ui.settings.editor import SettingsEditor
from kraken_desk.ui.settings.rows import ChoiceRow, SettingsPage, SwitchRow


def build(editor: SettingsEditor) -> SettingsPage:
    """Make the page."""
    desk = editor.kit.bridge.desk
    page = SettingsPage("checks", "Checks and figures")
    daily = SwitchRow(
        "daily-checks",
        "Check process keys daily",
        editor.kit.bridge.check_process_keys,
        "Once a day each, while the key is not leased. Each check spends one of its nonces.",
        "schedule nonce",
    )
    currency = ChoiceRow(
        "currency",
        "Totals in",
        [(str(code), str(code)) for code in CURRENCIES],
        lambda value: editor.kit.bridge.choose_currency(str(value)),
        "Worked out with Kraken's public prices.",
    )
    read_only = SwitchRow(
        "read-only",
        "Read only",
        lambda on: editor.run(desk.treasury.read_only.switch(on=on)),
        "While it is on, nothing that moves money is sent, here and on the command line.",
        "transfer money safety",
    )
    for row in (daily, currency, read_only):
        page.add(row)
    editor.keep(desk.schedule.process_keys.subscribe(daily.show_value))
    editor.keep(desk.valuation.rates.subscribe(lambda rates: currency.show_value(str(rates.currency))))
    editor.keep(desk.treasury.read_only.state.subscribe(read_only.show_value))
    return page
