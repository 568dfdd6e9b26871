"""Locking: one state for the whole window, a passphrase that is known by its verifier only."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from kraken_desk.domain.errors import InputError, RuleError, SealError
from kraken_desk.domain.locking import LockPolicy, LockReason, LockState, wait_after, weakness
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.domain.setting_names import LOCK_POLICY as POLICY
from kraken_desk.domain.setting_names import LOCK_VERIFIER as VERIFIER
from kraken_desk.services.lock_ports import PassphraseSeal, SystemQuestion
from kraken_desk.services.ports import Clock, Settings
from kraken_desk.services.topics import Topic

TRIES = "lock.wrong-tries"


class LockService:
    """Says whether the window is locked; whoever shows or fetches something listens to `state`.

    Wrong tries are counted in the store, so that a restart gives no fresh ones.
    """

    def __init__(
        self, settings: Settings, seal: PassphraseSeal, clock: Clock, system: SystemQuestion | None = None
    ) -> None:
        self._settings = settings
        self._seal = seal
        self._clock = clock
        self.system = system
        self._verifier = ""
        self._wrong = 0
        self._last_try: datetime | None = None
        self.state: Topic[LockState] = Topic(LockState())
        self.policy: Topic[LockPolicy] = Topic(LockPolicy())

    async def load(self) -> None:
        """Read what is set; a window that a click does not unlock starts locked."""
        self._verifier = await self._settings.setting(VERIFIER) or ""
        self._wrong, self._last_try = _tries(await self._settings.setting(TRIES))
        self.policy.publish(_policy(await self._settings.setting(POLICY)))
        if self._verifier or self._by_system:
            self.lock(LockReason.START)

    def lock(self, reason: LockReason) -> None:
        """Lock at once; a locked window keeps its first reason."""
        if not self.state.value.locked:
            has_one, wait = bool(self._verifier), self._wait_until()
            self.state.publish(LockState(True, reason, self._clock.now(), has_one, wait, self._by_system))

    async def unlock(self, passphrase: Passphrase | None) -> None:
        """Unlock; raises SealError for a wrong passphrase and RuleError while a wait is running."""
        if self._verifier:
            await self._prove(passphrase)
        elif self._by_system:
            raise RuleError("There is no passphrase", "This window is unlocked by the system's login.", "")
        self._open()

    async def unlock_by_system(self) -> None:
        """Let the system ask, and unlock; raises SealError and RuleError as the question does."""
        if self.system is None or not self._by_system:
            raise RuleError("The system is not asked here", "It was not chosen in the settings.", "")
        await self.system.ask()
        self._open()

    async def set_by_system(self, on: bool) -> None:
        """Let the system's question unlock too, or no longer; it is tried once before it counts."""
        if on and self.system is not None:
            await self.system.ask()
        await self.set_policy(replace(self.policy.value, by_system=on))

    async def set_passphrase(self, new: Passphrase, present: Passphrase | None = None) -> None:
        """Set or change the passphrase; the present one is asked for where there is one."""
        if reason := weakness(new.reveal()):
            raise InputError("The passphrase is too weak", reason, "Several words are easy to remember.")
        if self._verifier:
            await self._prove(present)
        await self._keep_verifier(await self._seal.make_verifier(new))

    async def remove_passphrase(self, present: Passphrase | None) -> None:
        """Unlock with a click from now on."""
        if self._verifier:
            await self._prove(present)
        await self._keep_verifier("")

    async def forget_passphrase(self) -> None:
        """Do without the passphrase that nobody remembers, the system's question, and the count of tries."""
        await self._count(0)
        await self.set_policy(replace(self.policy.value, by_system=False))
        await self._keep_verifier("")

    async def set_policy(self, policy: LockPolicy) -> None:
        await self._settings.save_setting(POLICY, _policy_text(policy))
        self.policy.publish(policy)

    @property
    def _by_system(self) -> bool:
        return self.system is not None and self.policy.value.by_system

    def _open(self) -> None:
        self.state.publish(LockState(has_passphrase=bool(self._verifier), by_system=self._by_system))

    async def _keep_verifier(self, verifier: str) -> None:
        await self._settings.save_setting(VERIFIER, verifier)
        self._verifier = verifier
        self.state.publish(replace(self.state.value, has_passphrase=bool(verifier)))

    async def _prove(self, passphrase: Passphrase | None) -> None:
        """Check a passphrase; every try is counted before its result is known."""
        until = self._wait_until()
        if until is not None:
            left = max(1, round((until - self._clock.now()).total_seconds()))
            raise RuleError(
                "Too many wrong passphrases",
                f"The next try is possible in {left} s.",
                "Wait, then try again.",
            )
        if passphrase is None or not passphrase.reveal():
            raise InputError("The passphrase is missing", "", "Type it.")
        await self._count(self._wrong + 1)
        if not await self._seal.is_right(passphrase, self._verifier):
            self.state.publish(replace(self.state.value, wait_until=self._wait_until()))
            raise SealError("The passphrase is wrong", "", "Check the keyboard layout and Caps Lock.")
        await self._count(0)

    async def _count(self, wrong: int) -> None:
        self._wrong, self._last_try = wrong, self._clock.now()
        await self._settings.save_setting(TRIES, json.dumps([wrong, self._last_try.isoformat()]))

    def _wait_until(self) -> datetime | None:
        """Return when the next try may be made, or None for now; a clock set back gives no shorter wait."""
        if self._last_try is None:
            return None
        now, wait = self._clock.now(), wait_after(self._wrong)
        until = self._last_try + wait
        return until if now < until <= now + wait else None if now >= until else now + wait


def _tries(text: str | None) -> tuple[int, datetime | None]:
    """Read the count of wrong tries; one that cannot be read is none: it must not keep the program shut."""
    if not text:
        return 0, None
    try:
        number, at = json.loads(text)
        last = datetime.fromisoformat(at)
        return (int(number), last) if last.tzinfo is not None else (0, None)
    except (ValueError, TypeError):
        return 0, None


def _policy(text: str | None) -> LockPolicy:
    """Read a policy; one that cannot be read is the one that locks of itself."""
    if not text:
        return LockPolicy()
    try:
        kept = json.loads(text)
        idle = kept["idle_s"]
        return LockPolicy(
            idle=timedelta(seconds=idle) if idle else None,
            on_screen_lock=bool(kept["on_screen_lock"]),
            on_suspend=bool(kept["on_suspend"]),
            by_system=bool(kept.get("by_system", False)),
        )
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError):
        return LockPolicy()


def _policy_text(policy: LockPolicy) -> str:
    return json.dumps(
        {
            "idle_s": policy.idle.total_seconds() if policy.idle else 0,
            "on_screen_lock": policy.on_screen_lock,
            "on_suspend": policy.on_suspend,
            "by_system": policy.by_system,
        }
    )
