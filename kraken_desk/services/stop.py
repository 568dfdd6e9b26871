"""The emergency stop: makes the list, does it step by step, and proves revocations on request.

A step is written before it begins and when it is over, so that a list that was cut off goes on. A store
that fails does not hold the stop up: the list is done and says that it could not be written.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import (
    InputError,
    KrakenDeskError,
    OutcomeUnknownError,
    StoreError,
    UnavailableError,
    UnknownNameError,
    UnreachableError,
)
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.rotation import ProofOutcome
from kraken_desk.domain.rotation_evidence import judge_proof
from kraken_desk.domain.stop import (
    StepKind,
    StepState,
    StopId,
    StopRun,
    StopStep,
    is_rehearsal,
    not_at_its_end,
    plan_stop,
    refuse_real_drill,
)
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.keys import KeysService
from kraken_desk.services.lease_ending import LeaseEnder
from kraken_desk.services.leases import LeasesService
from kraken_desk.services.ports import Clock, KeyLocks
from kraken_desk.services.rotation_proof import answer_of
from kraken_desk.services.stop_ports import Processes, StopStore
from kraken_desk.services.subaccounts import SubaccountsService
from kraken_desk.services.tasks import all_of
from kraken_desk.services.topics import Topic

_NO_ANSWER = (UnreachableError, UnavailableError, OutcomeUnknownError)


class StopService:
    """One stop at a time in an environment; `state` is the list that was looked at or done last."""

    def __init__(
        self,
        environment: Environment,
        store: StopStore,
        fleet: FleetService,
        keys: KeysService,
        subaccounts: SubaccountsService,
        leases: LeasesService,
        processes: Processes,
        locks: KeyLocks,
        clock: Clock,
        *,
        ender: LeaseEnder | None = None,
    ) -> None:
        self._environment = environment
        self._store = store
        self._fleet = fleet
        self._keys = keys
        self._subaccounts = subaccounts
        self._leases = leases
        self._ender = ender or LeaseEnder(leases, processes)
        self._locks = locks
        self._clock = clock
        self.state: Topic[StopRun | None] = Topic(None)

    @property
    def always_drill(self) -> bool:
        """Say whether everything here is a rehearsal."""
        return is_rehearsal(self._environment)

    async def runs(self) -> tuple[StopRun, ...]:
        """Return the stops of this environment, newest first."""
        return await self._store.runs(self._environment.name)

    async def unfinished(self) -> StopRun | None:
        """Return the list that was cut off, if any."""
        return next((run for run in await self.runs() if run.ended_at is None), None)

    async def tell_unfinished(self) -> None:
        """Raise RuleError while a stop that is no drill has not come to its end: nobody may forget it."""
        left = await self.unfinished()
        if left is not None and (self.always_drill or not left.drill):
            raise not_at_its_end(left)

    async def preview(self, *, drill: bool) -> StopRun:
        """Return the list as it would be done now; nothing is written or sent.

        An unfinished one is shown as it stands, with what has come since.
        """
        if drill:
            refuse_real_drill(self._environment)
        await self._fleet.load()
        runs = await self.runs()
        proven = frozenset(
            step.target for run in runs for step in run.steps if step.proof_outcome is ProofOutcome.REVOKED
        )
        plan = plan_stop(
            StopId(secrets.token_hex(4)),
            self._environment,
            self._fleet.snapshot.value,
            await self._leases.current(),
            self._clock.now(),
            drill=drill,
            proven=proven,
        )
        unfinished = next((r for r in runs if r.ended_at is None and r.drill == drill), None)
        return unfinished.extended(plan) if unfinished is not None else plan

    async def run(self, *, drill: bool) -> StopRun:
        """Do the list, or go on with the unfinished one; returns it as it ended.

        Steps that fail say so and do not hold up the others. Raises RuleError for a drill of
        something real; everything else is in the steps.
        """
        if drill:
            refuse_real_drill(self._environment)
        async with self._alone():
            run = await self._opened(drill)
            self.state.publish(run)
            await self._at_kraken(patient=False)
            await all_of([self._do(step) for step in self._now().of(StepKind.LEASE)])
            await self._at_kraken(patient=True)
            return await self._close()

    async def prove(self, stop_id: StopId, number: int) -> StopRun:
        """Call Kraken once with a key that should be gone; only a refusal of the key itself proves it.

        A key that is proven revoked already is not called again.
        """
        async with self._alone():
            run = await self._run(stop_id)
            self.state.publish(run)
            step = run.step(number)
            if step.kind is not StepKind.REVOKE:
                raise InputError("Not a key", "Only the deletion of a key can be proven.", "")
            if step.proof_outcome is ProofOutcome.REVOKED:
                return run
            slot = next((s for s in self._fleet.slots() if s.key_id == step.target), None)
            if slot is None:
                raise UnknownNameError(
                    "The key is no longer here",
                    f"{step.label} was removed or replaced in this desk, so nothing can call with it.",
                    "Look at Kraken's page whether it is deleted.",
                )
            asked = replace(step, proof_asked_at=self._clock.now(), proof_outcome=None, proof_text="")
            await self._store.save_step(stop_id, asked)
            answer = await answer_of(self._keys.ask_once(slot))
            check = self._fleet.check_of(KeyId(step.target))
            seen = check is not None and check.info is not None
            outcome, text = judge_proof(answer, slot.venue, answered_before=seen)
            proven = replace(asked, proof_outcome=outcome, proof_text=text)
            if outcome is ProofOutcome.REVOKED:
                now = self._clock.now()
                proven = replace(proven, state=StepState.DONE, started_at=asked.proof_asked_at, ended_at=now)
            await self._save(proven)
            return self._now()

    # the list

    async def _opened(self, drill: bool) -> StopRun:
        """Return the list to do, written; one of the other kind that was left open ends here."""
        run = await self.preview(drill=drill)
        try:
            left = await self.unfinished()
            if left is not None and left.drill != drill:
                await self._store.end(left.stop_id, self._clock.now())
                left = None
            if left is None:
                await self._store.begin(run)
            else:
                known = {step.number for step in left.steps}
                for step in run.steps:
                    if step.number not in known:
                        await self._store.save_step(run.stop_id, step)
        except StoreError:
            return replace(run, unwritten=True)
        return run

    async def _at_kraken(self, *, patient: bool) -> None:
        """Do what Kraken does, also for subaccounts that turn up meanwhile.

        Without an answer the rest waits until the processes have ended, unless `patient`: each
        further call could take as long.
        """
        while True:
            steps = self._now().of(StepKind.TRADING, StepKind.FIND)
            step = next((s for s in steps if not s.state.is_over), None)
            if step is None:
                return
            error = await self._do(step)
            if isinstance(error, _NO_ANSWER) and not patient:
                return

    async def _do(self, step: StopStep) -> KrakenDeskError | None:
        """Do one step; what it comes to is in the list, whatever it is. Returns the error it ended with."""
        if step.state.is_over:
            return None
        begun = step.begun(self._clock.now())
        await self._save(begun)
        raised: KrakenDeskError | None = None
        try:
            failed, text = await self._act(begun)
        except KrakenDeskError as error:
            raised, failed = error, True
            text = " ".join(part for part in (f"{error.title}.", error.detail) if part)
        await self._save(begun.over(self._clock.now(), text, failed=failed))
        return raised

    async def _act(self, step: StopStep) -> tuple[bool, str]:
        """Return whether a step failed, and what came of it."""
        if step.kind is StepKind.TRADING:
            return await self._disable(step.target)
        if step.kind is StepKind.FIND:
            return await self._find()
        lease = next((each for each in await self._leases.current() if each.lease_id == step.target), None)
        if lease is None:
            return False, "It had ended already."
        ending = await self._ender.end(lease)
        return not ending.ended, ending.text

    async def _disable(self, uid: str) -> tuple[bool, str]:
        """Disable trading and read it back; a switch may be turned twice, unlike money."""
        for tries in ("", " A second request was needed."):
            if not await self._subaccounts.switch_trading(uid, enabled=False):
                return False, f"Kraken says that trading is disabled.{tries}"
        return True, "Kraken still says that trading is enabled. Disable it at Kraken."

    async def _find(self) -> tuple[bool, str]:
        known = {step.target for step in self._now().of(StepKind.TRADING)}
        new = [s for s in await self._subaccounts.linked() if s.futures_uid not in known]
        for each in new:
            number = self._now().next_number()
            label = each.name or each.futures_uid
            await self._save(StopStep(number, StepKind.TRADING, each.futures_uid, label))
        return False, f"{len(new)} more found; they are in the list." if new else "None."

    async def _close(self) -> StopRun:
        run, now = self._now(), self._clock.now()
        try:
            await self._store.end(run.stop_id, now)
        except StoreError:
            run = replace(run, unwritten=True)
        await self._look_again()
        ended = replace(run, ended_at=now)
        self.state.publish(ended)
        return ended

    async def _look_again(self) -> None:
        """Show in the tree which leases are over."""
        with suppress(StoreError):
            await self._fleet.look_at_leases()

    async def _save(self, step: StopStep) -> None:
        run = self._now().with_step(step)
        try:
            await self._store.save_step(run.stop_id, step)
        except StoreError:
            run = replace(run, unwritten=True)
        # steps run side by side: take what others have written meanwhile
        latest = self._now()
        self.state.publish(replace(latest.with_step(step), unwritten=run.unwritten or latest.unwritten))

    def _now(self) -> StopRun:
        run = self.state.value
        assert run is not None
        return run

    async def _run(self, stop_id: StopId) -> StopRun:
        for run in await self.runs():
            if run.stop_id == stop_id:
                return run
        raise UnknownNameError("No such stop", f"No stop is called “{stop_id}”.", "")

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Let one program at a time do the list; the other waits and finds it done."""
        name = hashlib.sha256(f"stop\n{self._environment.name}".encode()).hexdigest()[:32]
        async with self._locks.hold(name):
            yield
