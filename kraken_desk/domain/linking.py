"""Linking a Futures subaccount: Kraken does it by support ticket, so here it is a tracked checklist.

The steps are those of Kraken's support article on Derivatives subaccounts: a Kraken account of its own,
verified, Futures unlocked on it, a ticket from the master's address that names the subaccount's, and a
confirmation by mail from the subaccount. Only Kraken's own list proves the end.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.subaccounts import LinkedSubaccount
from kraken_desk.domain.values import dataclass

LinkingId = NewType("LinkingId", str)

SUPPORT_PAGE = "https://support.kraken.com/"
ACCOUNT_PAGE = "https://www.kraken.com/sign-up"
FUTURES_PAGE = "https://www.kraken.com/u/launch-futures"


class LinkStep(StrEnum):
    """The steps in their order; the last is Kraken's to tell."""

    ACCOUNT = "account"
    FUTURES = "futures"
    TICKET = "ticket"
    CONFIRMATION = "confirmation"
    LINKED = "linked"


STEPS = tuple(LinkStep)

TITLES = {
    LinkStep.ACCOUNT: "Own Kraken account, verified",
    LinkStep.FUTURES: "Futures unlocked on it",
    LinkStep.TICKET: "Ticket sent to Kraken's support",
    LinkStep.CONFIRMATION: "Confirmed from the subaccount's mail",
    LinkStep.LINKED: "Listed by Kraken below the master",
}

HELP = {
    LinkStep.ACCOUNT: (
        "Sign up with an e-mail address of its own, under the same owner as the master, and verify it: "
        "Intermediate or Pro for a person, Pro for a business."
    ),
    LinkStep.FUTURES: "Sign in as the subaccount and unlock Futures there.",
    LinkStep.TICKET: "Send the text below from the master's e-mail address.",
    LinkStep.CONFIRMATION: "Support writes to the subaccount's address; answer from there.",
    LinkStep.LINKED: "The master's Futures key asks Kraken for its list of subaccounts.",
}

PAGES = {
    LinkStep.ACCOUNT: ACCOUNT_PAGE,
    LinkStep.FUTURES: FUTURES_PAGE,
    LinkStep.TICKET: SUPPORT_PAGE,
}


@dataclass(frozen=True, slots=True)
class Linking:
    """One subaccount on its way; `done` holds the finished steps with their times, in order."""

    linking_id: LinkingId
    environment: EnvironmentName
    label: str
    master_email: str
    email: str
    started_at: datetime
    changed_at: datetime
    done: tuple[tuple[LinkStep, datetime], ...] = ()
    futures_uid: str | None = None
    closed_at: datetime | None = None

    @property
    def is_linked(self) -> bool:
        return self.futures_uid is not None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def next_step(self) -> LinkStep | None:
        """Return the step that is due; None when all are done or it was given up."""
        if not self.is_open or self.is_linked:
            return None
        return STEPS[len(self.done)] if len(self.done) < len(STEPS) else None

    def done_at(self, step: LinkStep) -> datetime | None:
        return next((at for each, at in self.done if each is step), None)


def stepped(linking: Linking, step: LinkStep, now: datetime) -> Linking:
    """Take the operator's word that a step is done; raises InputError out of order and for Kraken's step."""
    _refuse_closed(linking)
    if step is LinkStep.LINKED:
        raise InputError(
            "Only Kraken can tell that",
            "That a subaccount is linked is read from Kraken's own list.",
            "Ask Kraken for it.",
        )
    if linking.done_at(step) is not None:
        return linking
    if step is not linking.next_step:
        due = linking.next_step or LinkStep.LINKED
        raise InputError("Not in this order", f"“{TITLES[due]}” comes first.", "Do it, or mark it as done.")
    return replace(linking, done=(*linking.done, (step, now)), changed_at=now)


def undone(linking: Linking, now: datetime) -> Linking:
    """Take back the last step that was marked; raises InputError without one."""
    _refuse_closed(linking)
    if not linking.done:
        raise InputError("Nothing to take back", "No step is marked as done.", "")
    return replace(linking, done=linking.done[:-1], changed_at=now)


def seen_linked(
    linking: Linking,
    listed: tuple[LinkedSubaccount, ...],
    accounts: tuple[Account, ...],
    now: datetime,
    uid: str = "",
) -> Linking:
    """Look for the subaccount in Kraken's list, by its address or by the uid that the operator names.

    Steps that nobody marked count as done: Kraken would not have linked it otherwise. Raises
    InputError when it is not there, naming the listed ones that this desk does not know.
    """
    _refuse_closed(linking)
    wanted = linking.email.casefold()
    found = [
        s for s in listed if (uid and s.futures_uid == uid) or (not uid and s.email.casefold() == wanted)
    ]
    if len(found) == 1:
        times = dict(linking.done)
        done = tuple((step, times.get(step, now)) for step in STEPS)
        return replace(linking, done=done, futures_uid=found[0].futures_uid, closed_at=now, changed_at=now)
    known = {account.futures_uid for account in accounts}
    new = [s.futures_uid for s in listed if s.futures_uid not in known]
    others = f"It lists others that this desk does not know: {', '.join(new)}." if new else ""
    raise InputError(
        "Not linked yet",
        f"Kraken does not list {uid or linking.email} below the master. {others}".strip(),
        "If one of those is it, name its uid." if new else "Support may take some days; look again later.",
    )


def ticket_text(linking: Linking, master: Account | None) -> str:
    """Return the text of the ticket, to be sent from the master's address."""
    ids = ""
    if master is not None:
        named = ((master.iiban, "IIBAN"), (master.futures_uid, "Futures uid"))
        ids = "".join(f"\n{what}: {value}" for value, what in named if value)
    return (
        "Subject: Link a Futures (Derivatives) subaccount to my master account\n"
        "\n"
        "Hello,\n"
        "\n"
        "please link this account to mine as a Futures subaccount:\n"
        "\n"
        f"Master account: {linking.master_email}{ids}\n"
        f"Subaccount: {linking.email}\n"
        "\n"
        "Both accounts belong to the same owner and are verified, and Futures is unlocked on both. "
        "I write from the master account's e-mail address and will confirm from the subaccount's.\n"
        "\n"
        "Thank you."
    )


def _refuse_closed(linking: Linking) -> None:
    if not linking.is_open:
        state = "is linked" if linking.is_linked else "was given up"
        raise InputError("This linking is over", f"{linking.label} {state}.", "Start another one.")
