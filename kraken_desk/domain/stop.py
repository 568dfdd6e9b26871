"""The emergency stop: an ordered list of what takes the fleet out of trading, kept step by step.

First what Kraken does at once (trading of Futures subaccounts), then what this machine does (end the
processes that hold keys), then what only a person can do (delete keys at Kraken), most dangerous keys
first. Nothing in the list moves money, and each step may be done twice without harm, so a list that was
cut off goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType
from urllib.parse import urlsplit

from kraken_desk.domain.audit.findings import FUTURES_KEYS_PAGE, SPOT_KEYS_PAGE
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName, is_loopback
from kraken_desk.domain.errors import RuleError
from kraken_desk.domain.fleet import FleetSnapshot, KeyNode
from kraken_desk.domain.keys import (
    FuturesAccess,
    FuturesLevel,
    KeyId,
    Permissions,
    SpotPermission,
    Venue,
)
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.rotation import ProofOutcome
from kraken_desk.domain.values import dataclass

StopId = NewType("StopId", str)

NOT_STOPPED = (
    "Kraken has no call that stops Spot trading or a master's own Futures trading, and what happens to "
    "resting orders is not documented: for those, delete the keys and cancel the orders at Kraken."
)


class StepKind(StrEnum):
    """What a step does; the order is the list's."""

    TRADING = "disable trading"
    FIND = "find unknown subaccounts"
    LEASE = "end process"
    REVOKE = "revoke key"


_ORDER = {kind: place for place, kind in enumerate(StepKind)}


class StepState(StrEnum):
    """How far a step is; `yours` waits for a person."""

    WAITING = "waiting"
    RUNNING = "under way"
    DONE = "done"
    FAILED = "failed"
    YOURS = "yours to do"

    @property
    def is_over(self) -> bool:
        return self in (StepState.DONE, StepState.FAILED)


@dataclass(frozen=True, slots=True)
class StopStep:
    """One line of the list. `target` is a Futures uid, a lease's id or a key's id, by kind.

    The proof is of a key to be revoked: when its one call was asked for, and what it showed.
    """

    number: int
    kind: StepKind
    target: str
    label: str
    state: StepState = StepState.WAITING
    started_at: datetime | None = None
    ended_at: datetime | None = None
    result: str = ""
    page: str = ""
    proof_asked_at: datetime | None = None
    proof_outcome: ProofOutcome | None = None
    proof_text: str = ""

    @property
    def took(self) -> timedelta | None:
        if self.started_at is None or self.ended_at is None:
            return None
        return max(self.ended_at - self.started_at, timedelta(0))

    def begun(self, now: datetime) -> StopStep:
        return replace(self, state=StepState.RUNNING, started_at=now, ended_at=None, result="")

    def over(self, now: datetime, result: str, *, failed: bool = False) -> StopStep:
        state = StepState.FAILED if failed else StepState.DONE
        return replace(self, state=state, ended_at=now, result=result)


@dataclass(frozen=True, slots=True)
class StopRun:
    """One emergency stop, or a drill of it. `unwritten` says that the store failed while it ran."""

    stop_id: StopId
    environment: EnvironmentName
    drill: bool
    started_at: datetime
    steps: tuple[StopStep, ...]
    ended_at: datetime | None = None
    unwritten: bool = False

    def ordered(self) -> tuple[StopStep, ...]:
        """Return the steps as they are done and shown."""
        return tuple(sorted(self.steps, key=lambda step: (_ORDER[step.kind], step.number)))

    def of(self, *kinds: StepKind) -> tuple[StopStep, ...]:
        return tuple(step for step in self.ordered() if step.kind in kinds)

    @property
    def due(self) -> tuple[StopStep, ...]:
        """Return the steps that the program has still to do."""
        return tuple(s for s in self.ordered() if s.state in (StepState.WAITING, StepState.RUNNING))

    @property
    def failed(self) -> tuple[StopStep, ...]:
        return tuple(s for s in self.ordered() if s.state is StepState.FAILED)

    @property
    def yours(self) -> tuple[StopStep, ...]:
        """Return the keys that a person has still to delete, as far as is proven."""
        return tuple(s for s in self.ordered() if s.state is StepState.YOURS)

    @property
    def took(self) -> timedelta | None:
        return None if self.ended_at is None else max(self.ended_at - self.started_at, timedelta(0))

    def step(self, number: int) -> StopStep:
        return next(step for step in self.steps if step.number == number)

    def with_step(self, step: StopStep) -> StopRun:
        """Return the run with a step changed, or added behind the others."""
        known = any(each.number == step.number for each in self.steps)
        steps = tuple(step if each.number == step.number else each for each in self.steps)
        return replace(self, steps=steps if known else (*steps, step))

    def next_number(self) -> int:
        return max((step.number for step in self.steps), default=0) + 1

    def extended(self, plan: StopRun) -> StopRun:
        """Add what has come since this list was made: new processes, accounts and keys."""
        known = {(step.kind, step.target) for step in self.steps}
        run = self
        for step in plan.ordered():
            if (step.kind, step.target) not in known:
                run = run.with_step(replace(step, number=run.next_number()))
        return run


def not_at_its_end(run: StopRun) -> RuleError:
    """Return what there is to say of a stop that has not come to its end."""
    due = len(run.due)
    return RuleError(
        f"The stop of {run.started_at:%Y-%m-%d %H:%M} UTC has not come to its end",
        f"{due} of its steps {'is' if due == 1 else 'are'} still to be done: subaccounts may trade, and"
        " processes may hold keys.",
        "“Stop everything…” goes on where it was, and so does kraken-desk stop.",
    )


def is_rehearsal(environment: Environment) -> bool:
    """Say whether an environment is the local exchange, where a drill harms nobody."""
    if environment.kind is EnvironmentKind.DEMO:
        return True
    urls = (environment.spot_url, environment.futures_url)
    return any(urls) and all(is_loopback(urlsplit(url).hostname or "") for url in urls if url)


def refuse_real_drill(environment: Environment) -> None:
    """Raise RuleError for a drill that would stop real processes and accounts."""
    if not is_rehearsal(environment):
        raise RuleError(
            "A drill needs the local exchange",
            f"“{environment.name}” is not on this machine, so a drill there would be the real thing.",
            "Nothing was done. Drill with: kraken-desk stop --drill --environment demo",
        )


def plan_stop(
    stop_id: StopId,
    environment: Environment,
    fleet: FleetSnapshot,
    leases: Iterable[Lease],
    now: datetime,
    *,
    drill: bool,
    proven: frozenset[str] = frozenset(),
) -> StopRun:
    """Make the list for a fleet; `proven` are the ids of keys already proven to be revoked."""
    steps: list[tuple[StepKind, str, str, str, StepState]] = []
    waiting, every = StepState.WAITING, fleet.keys()
    for uid, label in _subaccounts(environment, fleet):
        steps.append((StepKind.TRADING, uid, label, "", waiting))
    if environment.futures_url and any(key.slot.venue is Venue.FUTURES for key in every):
        steps.append((StepKind.FIND, "", "Others that Kraken lists", "", waiting))
    names = {key.slot.slot_id: key.slot.name for key in every}
    for lease in leases:
        if lease.environment == environment.name:
            pid = lease.child.pid if lease.child else lease.holder.pid
            key_name = names.get(lease.slot_id, "a removed key")
            steps.append(
                (StepKind.LEASE, lease.lease_id, f"{lease.command} ({pid}) on {key_name}", "", waiting)
            )
    labels = {node.account.account_id: node.account.label for node in fleet.accounts()}
    for key in sorted(every, key=_danger):
        if key.slot.key_id not in proven:
            label = f"{key.slot.name} of {labels.get(key.slot.account_id, '')}"
            page = key_page(environment, key.slot.venue)
            steps.append((StepKind.REVOKE, key.slot.key_id, label, page, StepState.YOURS))
    made = tuple(
        StopStep(number, kind, target, label, state, page=page, result=_hint(kind, target, fleet))
        for number, (kind, target, label, page, state) in enumerate(steps, 1)
    )
    return StopRun(stop_id, environment.name, drill, now, made)


def key_page(environment: Environment, venue: Venue) -> str:
    """Return Kraken's page where the keys of a venue are deleted; "" for the local exchange."""
    if is_rehearsal(environment):
        return ""
    return SPOT_KEYS_PAGE if venue is Venue.SPOT else FUTURES_KEYS_PAGE


def rights_word(permissions: Permissions) -> str:
    """Say the worst that a key can do."""
    if isinstance(permissions, FuturesAccess):
        if permissions.transfer == FuturesLevel.FULL_ACCESS:
            return "can withdraw to Spot"
        return "can trade and transfer" if permissions.general == FuturesLevel.FULL_ACCESS else "reads"
    if SpotPermission.WITHDRAW_FUNDS in permissions.known:
        return "can withdraw"
    trades = {SpotPermission.MODIFY_TRADES, SpotPermission.CLOSE_TRADES} & permissions.known
    return "can trade" if trades else "reads"


_DANGER = {
    "can withdraw": 0,
    "can withdraw to Spot": 1,
    "can trade and transfer": 1,
    "can trade": 2,
    "reads": 4,
}


def _danger(key: KeyNode) -> tuple[bool, int, str]:
    """Put the desk's own keys last: they show what the others do."""
    info = key.check.info if key.check else None
    rank = 3 if info is None else _DANGER[rights_word(info.permissions)]
    return key.slot.is_desk_key, rank, key.slot.name.casefold()


def _hint(kind: StepKind, target: str, fleet: FleetSnapshot) -> str:
    if kind is not StepKind.REVOKE:
        return ""
    key = fleet.key(KeyId(target))
    assert key is not None
    info = key.check.info if key.check else None
    word = "never checked: rights not known" if info is None else rights_word(info.permissions)
    own = "; Kraken Desk's own key" if key.slot.is_desk_key else ""
    second = "; a rotation holds a second key of it" if key.rotation is not None else ""
    return f"{word}{own}{second}"


def _subaccounts(environment: Environment, fleet: FleetSnapshot) -> list[tuple[str, str]]:
    if not environment.futures_url:
        return []
    accounts = (node.account for node in fleet.accounts())
    return [(a.futures_uid, a.label) for a in accounts if a.futures_uid and not a.is_master]


def seconds_text(took: timedelta | None) -> str:
    """Return a step's time like “0.42 s”, "" while it is not known."""
    return "" if took is None else f"{took.total_seconds():.2f} s"


def step_title(step: StopStep) -> str:
    """Say what a step does, in words for a list."""
    return {
        StepKind.TRADING: f"Disable Futures trading of {step.label}",
        StepKind.FIND: "Ask Kraken for subaccounts that this desk does not know",
        StepKind.LEASE: f"End {step.label}",
        StepKind.REVOKE: f"Delete {step.label} at Kraken",
    }[step.kind]


def summary(run: StopRun) -> str:
    """Say in one sentence how a list stands."""
    done = sum(s.state is StepState.DONE and s.kind is not StepKind.REVOKE for s in run.steps)
    parts = [f"{done} done"]
    if run.failed:
        parts.append(f"{len(run.failed)} failed")
    if run.due:
        parts.append(f"{len(run.due)} to go")
    revoked = sum(s.state is StepState.DONE and s.kind is StepKind.REVOKE for s in run.steps)
    if run.yours or revoked:
        keys = "key" if len(run.yours) == 1 else "keys"
        parts.append(f"{len(run.yours)} {keys} to delete at Kraken")
    if revoked:
        parts.append(f"{revoked} proven deleted")
    took = f" in {seconds_text(run.took)}" if run.took is not None else ""
    return f"{', '.join(parts)}{took}"
