"""PlanConsent: what a person has to say before a plan of several legs runs."""

from __future__ import annotations

from kraken_desk.domain.limits import Cure
from kraken_desk.services.plan_checks import LegCheck
from kraken_desk.ui.dialogs.consent_fields import ConsentFields


class PlanConsent(ConsentFields):
    """Names every destination once; the code is for the first leg whose key has 2FA."""

    def ask(self, found: tuple[LegCheck, ...]) -> None:
        """Show what these legs need a person to say."""
        typed = dict.fromkeys(c.destination_label for c in found for b in c.breaches if b.cure is Cure.TYPE)
        first = dict.fromkeys(
            c.destination_label for c in found for b in c.breaches if b.cure is Cure.CONFIRM
        )
        why = list(dict.fromkeys(b.text for c in found for b in c.breaches if b.cure is Cure.TYPE))
        if typed:
            why.append(f"Type: {', '.join(typed)}")
        code = next((c for c in found if c.wants_code), None)
        if code is not None:
            self.set_code_hint(
                f"“{code.key_name}” has 2FA: its current code signs leg {code.leg.number} and is not stored."
            )
        self.show_asked(
            first=tuple(name for name in first if name not in typed),
            typed=tuple(typed),
            why=" ".join(why),
            code=code is not None,
        )
