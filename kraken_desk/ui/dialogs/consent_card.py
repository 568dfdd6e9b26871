"""ConsentCard: what a person has to say beside “send” for one transfer."""

from __future__ import annotations

from kraken_desk.domain.limits import LimitKind
from kraken_desk.domain.transfers import TransferPlan
from kraken_desk.ui.dialogs.consent_fields import ConsentFields

_TYPED = {LimitKind.TYPED_ABOVE.value, LimitKind.COOLING_OFF.value}


class ConsentCard(ConsentFields):
    """Typing the destination's name confirms its first use too."""

    def ask(self, plan: TransferPlan, *, two_factor: bool) -> None:
        """Show what this plan needs a person to say."""
        asked = {check.name: check.text for check in plan.checks if check.holds}
        typed = [text for name, text in asked.items() if name in _TYPED]
        label = (plan.destination_label,)
        self.show_asked(
            first=label if "first use" in asked and not typed else (),
            typed=label if typed else (),
            why=" ".join(typed),
            code=two_factor,
        )
