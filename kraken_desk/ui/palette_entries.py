"""What the command palette offers: every act of the window, and everything that has a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import AccountNode, KeyNode
from kraken_desk.domain.quick_find import Entry, EntryKind
from kraken_desk.ui.kit import Kit

OWN = "palette"
"""The palette's own act, which it need not offer."""

Offer = tuple[Entry, Callable[[], None]]
"""An entry, and what choosing it does."""


def offers(kit: Kit) -> Iterator[Offer]:
    """Yield everything that can be found, in no order."""
    yield from _commands(kit)
    for account in kit.bridge.fleet.accounts():
        yield _account(kit, account)
        for key in account.keys:
            yield _key(kit, account, key)
    yield from _processes(kit)
    yield from _hosts(kit)
    yield from _findings(kit)


def _commands(kit: Kit) -> Iterator[Offer]:
    seen = {OWN, ""}
    for action in kit.window.actions():
        own_widget = action.shortcutContext() is Qt.ShortcutContext.WidgetShortcut
        if action.objectName() in seen or own_widget or not action.text():
            continue
        seen.add(action.objectName())
        shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = action.toolTip().removesuffix(f" ({shortcut})")
        entry = Entry(
            f"command:{action.objectName()}",
            EntryKind.COMMAND,
            action.text().replace("&", ""),
            tip if action.isEnabled() else f"{tip} · not possible now",
            note=shortcut,
            possible=action.isEnabled(),
        )
        yield entry, action.trigger


def _account(kit: Kit, node: AccountNode) -> Offer:
    account = node.account
    number = len(node.keys)
    entry = Entry(
        f"account:{account.account_id}",
        EntryKind.ACCOUNT,
        account.label,
        f"{number} {'key' if number == 1 else 'keys'}",
        f"{account.iiban or ''} {account.futures_uid or ''}",
    )
    return entry, lambda: _show_account(kit, account.account_id)


def _key(kit: Kit, account: AccountNode, node: KeyNode) -> Offer:
    slot = node.slot
    detail = " · ".join(part for part in (account.account.label, slot.process, slot.role) if part)
    entry = Entry(f"key:{slot.slot_id}", EntryKind.KEY, slot.name, detail, slot.venue.value)
    return entry, lambda: _show_key(kit, node)


def _processes(kit: Kit) -> Iterator[Offer]:
    first: dict[str, KeyNode] = {}
    numbers: dict[str, int] = {}
    nodes = kit.bridge.fleet.keys()
    for node in nodes:
        if node.slot.process:
            first.setdefault(node.slot.process, node)
            numbers[node.slot.process] = numbers.get(node.slot.process, 0) + 1
    for name, node in first.items():
        detail = f"holds {numbers[name]} {'key' if numbers[name] == 1 else 'keys'}"
        entry = Entry(f"process:{name}", EntryKind.PROCESS, name, detail)
        yield entry, lambda node=node: _show_key(kit, node, "processes")  # type: ignore[misc]  # bound now


def _hosts(kit: Kit) -> Iterator[Offer]:
    for host in kit.bridge.desk.hosts.hosts.value:
        entry = Entry(f"host:{host.name}", EntryKind.HOST, host.name, ", ".join(host.addresses), host.note)
        yield entry, lambda: kit.show_pane("hosts")


def _findings(kit: Kit) -> Iterator[Offer]:
    """Yield the audit's open findings; before the first audit, what the tree's own rules say."""
    report = kit.bridge.desk.audit.report.value
    nodes = kit.bridge.fleet.keys()
    keys = {node.slot.slot_id: node for node in nodes}
    if not report.ready:
        for slot_id, node in keys.items():
            for remark in node.health.remarks:
                ref = f"finding:{remark.title}:{slot_id}"
                entry = Entry(ref, EntryKind.FINDING, remark.title, node.slot.name, remark.detail)
                yield entry, lambda node=node: _show_key(kit, node)  # type: ignore[misc]  # bound now
        return
    by_ref = {str(slot_id): node for slot_id, node in keys.items()}
    for finding in report.open():
        subject = finding.subject
        entry = Entry(
            f"finding:{finding.rule}:{subject.ref}",
            EntryKind.FINDING,
            finding.title,
            f"{finding.severity.word} · {subject.name}",
            f"{finding.rule} {subject.account} {subject.process}",
        )
        node_of = by_ref.get(subject.ref)
        account_id = subject.account_id or subject.ref
        yield entry, lambda n=node_of, a=account_id: _show_subject(kit, n, a)  # type: ignore[misc]  # bound now


def _show_subject(kit: Kit, node: KeyNode | None, account_id: str) -> None:
    if node is not None:
        _show_key(kit, node, "findings")
    else:
        if kit.bridge.fleet.account(AccountId(account_id)) is not None:
            _show_account(kit, AccountId(account_id))
        kit.show_pane("findings")


def _show_account(kit: Kit, account_id: AccountId) -> None:
    kit.selection.select_account(account_id)
    _to_tree(kit)


def _show_key(kit: Kit, node: KeyNode, pane: str = "") -> None:
    kit.selection.select_key(node.slot.slot_id, node.slot.account_id)
    _to_tree(kit)
    if pane:
        kit.show_pane(pane)


def _to_tree(kit: Kit) -> None:
    action = next((a for a in kit.window.actions() if a.objectName() == "show-tree"), QAction())
    action.trigger()
