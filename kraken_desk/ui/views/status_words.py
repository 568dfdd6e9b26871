"""The status bar's words: connection, keychain, lockout and the age of the figures; pure functions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from kraken_desk.domain.values import dataclass
from kraken_desk.ui.formatting import ago, countdown, moment
from kraken_desk.ui.models.clock_text import age_text
from kraken_desk.ui.theme import Tone

if TYPE_CHECKING:  # the first words are said before anything is known
    from kraken_desk.domain.balances import BalancesSnapshot
    from kraken_desk.domain.deskstatus import DeskStatus

OLD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Words:
    """A short text, what it means, and the whole story as tooltip."""

    text: str
    tone: Tone = Tone.MUTED
    tip: str = ""


NOT_CONNECTED = Words("Not connected yet")
KEYCHAIN_NOT_ASKED = Words("Keychain: not asked yet")
NO_FIGURES = Words("No figures yet")
"""What is said before anything is known."""


def connection_words(status: DeskStatus, now: datetime) -> Words:
    problem = status.connection
    if problem is not None:
        last = f"Last reached {ago(now, status.reached_at)}." if status.reached_at else "Never reached yet."
        tip = " ".join(part for part in (problem.detail, problem.hint, last) if part)
        return Words(problem.title, Tone.DANGER, tip)
    if status.reached_at is None:
        return NOT_CONNECTED
    offsets = "".join(f"\n{v.label}'s clock is {offset:+.1f} s from this one" for v, offset in status.offsets)
    tip = f"{ago(now, status.reached_at)}, {moment(status.reached_at)}{offsets}"
    return Words("Kraken reached", Tone.OK, tip)


def feeds_words(status: DeskStatus) -> Words | None:
    """Say how many balances are followed live, or None where no key allows it."""
    feeds = status.feeds
    if not feeds:
        return None
    from kraken_desk.domain.live import FeedState

    live = sum(report.live.state is FeedState.LIVE for report in feeds)
    connecting = sum(report.live.state is FeedState.CONNECTING for report in feeds)
    problems = sorted({f"{r.live.problem.title}. {r.live.problem.detail}" for r in feeds if r.live.problem})
    text = f"Live, {live} of {len(feeds)} feeds"
    if live == len(feeds):
        return Words(text, Tone.MUTED, "Balances follow as soon as Kraken tells a change")
    tone = Tone.MUTED if live + connecting == len(feeds) else Tone.WARN
    tip = "\n".join(["The others are read at intervals.", *problems])
    return Words(text, tone, tip)


def rate_words(status: DeskStatus) -> Words | None:
    """Say how much of the tightest desk key's call allowance is free."""
    states = [(state, rate.key_name) for rate in status.rates for state in rate.states]
    if not states:
        return None
    state, name = min(states, key=lambda pair: (pair[0].limit - pair[0].used) / pair[0].limit)
    free = max(0, int(state.limit - state.used))
    tone = Tone.WARN if free < state.limit / 4 else Tone.MUTED
    tip = f"{name}, {state.pool}: calls wait when none is left; {state.per_second:g} a second become free"
    return Words(f"Rate budget {free}/{state.limit:g}", tone, tip)


def keychain_words(status: DeskStatus) -> Words:
    vault = status.vault
    if vault is None:
        return KEYCHAIN_NOT_ASKED
    if not vault.usable:
        problem = vault.problem
        tip = (
            " ".join(part for part in (problem.title, problem.detail, problem.hint) if part)
            if problem
            else ""
        )
        return Words("Keychain: not usable", Tone.DANGER, tip)
    if not vault.persistent:
        return Words(f"Keychain: {vault.name}", Tone.MUTED, "Secrets are forgotten when the program ends")
    return Words(f"Keychain: {vault.name}", Tone.MUTED, "Secrets are kept here and nowhere else")


def lockout_words(status: DeskStatus, now: datetime) -> Words | None:
    """Return the countdown of a lockout, or None when there is none."""
    end = status.locked_out_until
    if end is None or end <= now:
        return None
    tip = f"Kraken refuses this address until {moment(end)}. Private calls wait; nothing is sent meanwhile."
    return Words(f"Locked out, {countdown(now, end)} left", Tone.DANGER, tip)


def figures_words(balances: BalancesSnapshot, now: datetime) -> Words:
    """Say how old the oldest figure is, and how many accounts could not be read."""
    read = [sheet for sheet in balances.sheets if sheet.as_of is not None]
    failed = [sheet for sheet in read if sheet.stale]
    oldest = min((sheet.as_of for sheet in read if sheet.as_of), default=None)
    if oldest is None:
        return NO_FIGURES
    age = age_text(oldest, now)
    if failed:
        titles = sorted({sheet.problem.title for sheet in failed if sheet.problem})
        return Words(f"Figures {age} old, {len(failed)} stale", Tone.WARN, "\n".join(titles))
    return Words(f"Figures {age} old", Tone.WARN if now - oldest > OLD else Tone.MUTED, moment(oldest))
