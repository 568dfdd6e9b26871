"""Badges for dialogs: what a key may do and from where, each with its full meaning in the tooltip."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kraken_desk.domain.allowlist import AllowlistStatus, IpAllowlist
from kraken_desk.domain.badges import Badge
from kraken_desk.domain.reported import NotReported
from kraken_desk.ui.delegates.badge_painter import allowlist_look, permission_look
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.badge import BadgeLabel


def permission_labels(theme: Theme, badges: tuple[Badge, ...]) -> list[QWidget]:
    """Make a label for each badge; its tooltip names the single rights in Kraken's words."""
    return [BadgeLabel(theme, permission_look(badge), "\n".join(badge.rights)) for badge in badges]


def allowlist_label(theme: Theme, allowlist: IpAllowlist | NotReported) -> BadgeLabel:
    """Make the label of an allowlist's width; its tooltip lists the entries."""
    if not isinstance(allowlist, IpAllowlist):
        text = AllowlistStatus.NOT_REPORTED.value
        tip = "Kraken reports no allowlist for keys of this venue"
        return BadgeLabel(theme, allowlist_look(AllowlistStatus.NOT_REPORTED, text), tip)
    tip = "\n".join(allowlist.entries) or "The key can be used from any address"
    return BadgeLabel(theme, allowlist_look(allowlist.status, allowlist.summary), tip)
