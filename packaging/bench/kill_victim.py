"""The program at work, to be killed: it says what it begins and what is done, and never lies about it.

Run as a module with the environment variables of a session. One job in JSON comes on a line of its
standard input and is carried out by a fork of this warm process, which the campaign kills; `check` is the job
of starting again and telling what is there.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.kill_commands import ENVIRONMENT, IMPORTED, Typist, roles_file, say
from kraken_desk.app.profile import OpenProfile, open_profile
from kraken_desk.app.settings_file import SettingsFile
from kraken_desk.app.single_window import SingleWindow
from kraken_desk.cli.commands.backup import _write as write_backup
from kraken_desk.cli.commands.journal_copies import _write as write_copy
from kraken_desk.domain.errors import KrakenDeskError, SecretMissingError
from kraken_desk.domain.handover import RunRequest
from kraken_desk.domain.handover_form import HandOverForm
from kraken_desk.domain.keys import DESK_PROCESS, KeySlot, Venue
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.locking import LockPolicy
from kraken_desk.domain.money import Asset
from kraken_desk.domain.roles import Role
from kraken_desk.domain.secrets import ApiSecret, Passphrase
from kraken_desk.domain.transfers import Route, TransferRecord, TransferState
from kraken_desk.reports.journal_lines import jsonl
from kraken_desk.services.desk import Desk
from kraken_desk.services.keys import SlotDetails
from kraken_desk.services.ports import KeyVault
from kraken_desk.services.preferences import PreferencesService

EXECUTED = (TransferState.CONFIRMED, TransferState.EXECUTED)
PASSPHRASE = "seven kilograms of copper wire"  # noqa: S105  # of a rehearsal
SETTING = "totals_currency"
USD = Asset("USD")
LEASES_GONE_S = 10.0


class Worker:
    """Does one thing after another, at random, on an open profile."""

    def __init__(self, profile: OpenProfile, desk: Desk, job: dict[str, Any]) -> None:
        self._profile, self._desk = profile, desk
        self._home = Path(job["home"])
        self._noted: str = job["accounts"][0]
        self._pairs: list[dict[str, str]] = job["pairs"]
        self._round = int(job["round"])
        self._random = random.Random(job["seed"])  # noqa: S311  # a repeatable course, no secret
        self._number = 0
        self._settings = PreferencesService(SettingsFile(self._home))
        self._settings.load()

    async def work(self) -> None:
        acts = (
            *(
                self._add,
                self._add,
                self._transfer,
                self._transfer,
                self._rename,
                self._describe,
                self._check,
            ),
            *(self._remove, self._prefer, self._set, self._lease, self._export, self._back_up),
            *(self._note, self._import, self._lock),
        )
        while True:
            self._number += 1
            try:
                await self._random.choice(acts)()
            except KrakenDeskError as error:
                say(refused=error.category, title=error.title)

    async def _add(self) -> None:
        if not self._pairs:
            return
        pair, name = self._pairs.pop(), self._new_name()
        say(act="add", api_key=pair["api_key"], name=name)
        secret = ApiSecret(pair["api_secret"])
        tried = await self._desk.keys.try_pair(Venue.SPOT, pair["api_key"], secret)
        await self._desk.keys.add(tried, secret, SlotDetails(name=name, process=f"bot {name}"))
        say(done="add")

    async def _remove(self) -> None:
        if slot := self._any_slot():
            say(act="remove", api_key=slot.api_key)
            await self._desk.keys.remove(slot.slot_id)
            say(done="remove")

    async def _rename(self) -> None:
        if slot := self._any_slot():
            name = self._new_name()
            say(act="rename", api_key=slot.api_key, name=name)
            await self._desk.keys.rename(slot.slot_id, name)
            say(done="rename")

    async def _describe(self) -> None:
        if slot := self._any_slot():
            role = f"role {self._new_name()}"
            say(act="role", api_key=slot.api_key, role=role)
            await self._desk.keys.set_role(slot.slot_id, role)
            say(done="role")

    async def _check(self) -> None:
        if slot := self._any_slot():
            say(act="check")
            await self._desk.keys.check((slot.slot_id,))
            say(done="check")

    async def _transfer(self) -> None:
        one, other = self._random.sample(self._desk.fleet.accounts(), 2)
        route = Route(
            self._desk.environment.name, Venue.SPOT, one.account_id, other.account_id, "spot", "spot"
        )
        amount = Decimal(self._round * 1000 + self._number) / 1000
        plan = await self._desk.transfers.plan(route, USD, amount)
        say(act="transfer")
        record = await self._desk.transfers.send(plan, consent=Consent(destination=True))
        say(done="transfer", journal_id=record.journal_id, state=record.state)

    async def _prefer(self) -> None:
        percent = self._random.randint(80, 200)
        say(act="prefer", value=percent)
        await self._settings.change(replace(self._settings.preferences.value, font_percent=percent))
        say(done="prefer")

    async def _note(self) -> None:
        account, text = self._desk.fleet.account_named(self._noted), f"note {self._new_name()}"
        say(act="note", value=text)
        await self._desk.fleet.describe_account(account.account_id, note=text)
        say(done="note")

    async def _import(self) -> None:
        days = self._random.randint(30, 900)
        say(act="import", value=days)
        await self._desk.roles.import_(roles_file(days))
        say(done="import")

    async def _lock(self) -> None:
        minutes = self._random.randint(1, 60)
        await self._profile.locking.load()
        policy = replace(self._profile.locking.policy.value, idle=timedelta(minutes=minutes))
        say(act="lock", value=minutes)
        await self._profile.locking.set_policy(policy)
        say(done="lock")

    async def _set(self) -> None:
        value = self._new_name()
        say(act="set", value=value)
        await self._profile._store.save_setting(SETTING, value)  # noqa: SLF001  # what all settings go through
        say(done="set")

    async def _lease(self) -> None:
        if slot := self._any_slot():
            say(act="lease")
            held = await self._profile.leases.take(slot, "bot")
            await held.child_started(os.getpid())
            await held.release()
            say(done="lease")

    async def _export(self) -> None:
        path = self._home.parent / "out" / f"{self._new_name()}.jsonl"
        lines = await self._desk.journal.lines()
        say(act="export")
        head = lines[-1]["hash"] if lines else ""
        write_copy(path, "".join(jsonl(lines, head, len(lines))))
        say(done="export", file=str(path), head=head)

    async def _back_up(self) -> None:
        path = self._home.parent / "out" / f"{self._new_name()}.backup"
        say(act="backup")
        sealed = await self._profile.backups.make(Passphrase(PASSPHRASE), with_secrets=True)
        await asyncio.to_thread(write_backup, path, sealed)
        say(done="backup", file=str(path), slots=len(self._desk.fleet.slots()))

    def _new_name(self) -> str:
        return f"{self._round}-{self._number}"

    def _any_slot(self) -> KeySlot | None:
        own = [slot for slot in self._desk.fleet.slots() if slot.process != DESK_PROCESS]
        return self._random.choice(own) if own else None


async def work(job: dict[str, Any]) -> None:
    home = Path(job["home"])
    window = SingleWindow(home)
    window.take()
    async with open_profile(home) as profile:
        await _work_on(profile, await profile.desk(ENVIRONMENT), job)


async def _work_on(profile: OpenProfile, desk: Desk, job: dict[str, Any]) -> None:
    say(started=True)
    await Worker(profile, desk, job).work()


def commands(job: dict[str, Any]) -> None:
    Typist(job).work()


def shown(job: dict[str, Any]) -> None:
    from bench.kill_window import shown_work

    shown_work(job, ENVIRONMENT, _work_on)


async def check(job: dict[str, Any]) -> None:
    """Start again on what a killed program has left, and tell what is there."""
    home = Path(job["home"])
    window = SingleWindow(home)
    window.take()
    async with open_profile(home) as profile:
        desk = await profile.desk(ENVIRONMENT)
        await desk.settling.settle_all()
        store, vault = profile._store, profile.vault  # noqa: SLF001  # looked into, not used
        secrets, half_removed = await _secrets(desk, vault)
        slots = desk.fleet.slots()
        preferences = PreferencesService(SettingsFile(home))
        preferences.load()
        report = await desk.journal.verify()
        await profile.locking.load()
        records = await store.journal.records(desk.environment.name)
        leases = await _leases_when_children_are_gone(profile)
        say(
            started=True,
            integrity=list(await store.integrity()),
            journal=[finding.text for finding in report.findings],
            lines=report.lines,
            slots={s.api_key: {"name": s.name, "role": s.role} for s in slots},
            accounts=[account.iiban for account in desk.fleet.accounts() if account.iiban],
            slot_ids=[s.slot_id for s in slots],
            secrets=secrets,
            half_removed=half_removed,
            strangers=sorted(
                (await vault.ids() or frozenset())  # type: ignore[attr-defined]  # the real vault
                - {s.key_id for s in slots}
                - set(await desk.fleet.abandoned_secrets())
            ),
            leases=leases,
            prefer=preferences.preferences.value.font_percent,
            prefer_problem=str(preferences.problem.value or ""),
            set=await store.setting(SETTING),
            note=desk.fleet.account_named(job["accounts"][0]).note or None,
            lock=None if profile.locking.policy.value == LockPolicy() else _minutes(profile),
            **{"import": _days(await desk.roles.load())},
            records={r.journal_id: r.state for r in records},
            moved=[_moved(desk, r) for r in records if r.state in EXECUTED],
            open=[_moved(desk, r) for r in records if r.state.open],
        )
    window.free()


async def drill(job: dict[str, Any]) -> None:
    """Try a backup."""
    async with open_profile(Path(job["home"])) as profile:
        sealed = await asyncio.to_thread(Path(job["file"]).read_bytes)
        report = await profile.backups.drill(sealed, Passphrase(PASSPHRASE))
        say(holds=dict(report.holds), secrets=report.secrets)


async def tidy(job: dict[str, Any]) -> None:
    """Add one key the usual way, which also removes the secrets of additions that were killed."""
    async with open_profile(Path(job["home"])) as profile:
        desk = await profile.desk(ENVIRONMENT)
        pair = job["pairs"][0]
        secret = ApiSecret(pair["api_secret"])
        tried = await desk.keys.try_pair(Venue.SPOT, pair["api_key"], secret)
        await desk.keys.add(tried, secret, SlotDetails(name="last", process="last"))
        ids = await profile.vault.ids()  # type: ignore[attr-defined]  # the real vault
        say(
            items=len(ids), slots=len(desk.fleet.slots()), abandoned=len(await desk.fleet.abandoned_secrets())
        )


def run(job: dict[str, Any]) -> None:
    """Hand a key over by a file to a child that outlives the kill, if it is let."""
    from kraken_desk.app.run_slot import run_slot

    say(act="run")
    run_slot(Path(job["home"]), ENVIRONMENT, RunRequest(job["slot"], ("sleep", "30"), form=HandOverForm.FILE))


def window(job: dict[str, Any]) -> None:
    """Become the real window."""
    say(act="window")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(2):
        os.dup2(nowhere, number)
    words = ["--home", job["home"], "--environment", ENVIRONMENT]
    os.execv(sys.executable, [sys.executable, "-m", "kraken_desk", *words])  # noqa: S606  # ourselves


async def _secrets(desk: Desk, vault: KeyVault) -> tuple[dict[str, str], list[str]]:
    """Return a mark of every key's secret; a key that has lost it was being removed, and is removed again."""
    marks, half_removed = {}, []
    for slot in desk.fleet.slots():
        try:
            marks[slot.api_key] = _mark((await vault.get(slot.key_id)).reveal())
        except SecretMissingError:
            half_removed.append(slot.api_key)
            await desk.keys.remove(slot.slot_id)
    return marks, half_removed


async def _leases_when_children_are_gone(profile: OpenProfile) -> list[str]:
    """A killed run's child is told to end by the system; it holds the lease for that long."""
    deadline = asyncio.get_running_loop().time() + LEASES_GONE_S
    while held := await profile.leases.current():
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.02)
    return [lease.slot_id for lease in held]


def _minutes(profile: OpenProfile) -> float | None:
    idle = profile.locking.policy.value.idle
    return None if idle is None else idle.total_seconds() / 60


def _days(roles: tuple[Role, ...]) -> object:
    """Return what both imported roles say; whatever else there is will not be what was expected."""
    days = [role.rotation_days for role in roles if role.name in IMPORTED]
    return None if not days else days[0] if len(days) == len(IMPORTED) and len(set(days)) == 1 else days


def _moved(desk: Desk, record: TransferRecord) -> list[str]:
    route = record.request.route
    ends = (desk.fleet.account(each).iiban or "" for each in (route.source, route.destination))
    return [*ends, str(record.request.quantity)]


def _mark(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


COROUTINES: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
    "work": work,
    "check": check,
    "drill": drill,
    "tidy": tidy,
}
FUNCTIONS: dict[str, Callable[[dict[str, Any]], None]] = {
    "run": run,
    "window": window,
    "commands": commands,
    "shown": shown,
}


def _carried_out(job: dict[str, Any]) -> int:
    try:
        if job["kind"] in FUNCTIONS:
            FUNCTIONS[job["kind"]](job)
        else:
            asyncio.run(COROUTINES[job["kind"]](job))  # type: ignore[arg-type]  # all are coroutines
    except BaseException:  # noqa: BLE001  # told to the campaign, whatever it is
        say(failed=traceback.format_exc())
        return 1
    return 0


async def _warm_up(home: Path) -> None:
    """Import what the work imports."""
    async with open_profile(home) as profile:
        urls = dict.fromkeys(("spot_url", "futures_url"), "http://127.0.0.1:9")
        await profile.environments.add(ENVIRONMENT, "custom", **urls)
        desk = await profile.desk(ENVIRONMENT)
        await profile.vault.ids()  # type: ignore[attr-defined]  # the real vault
        await profile.backups.make(Passphrase(PASSPHRASE), with_secrets=False)
        await profile.locking.load()
        await desk.roles.import_(roles_file(30))
        import_module("kraken_desk.cli.parser")
        with suppress(KrakenDeskError):
            await desk.keys.try_pair(Venue.SPOT, "x" * 56, ApiSecret("eA=="))
        await profile.vault.close()  # type: ignore[attr-defined]  # likewise


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kd-warm-") as home:
        asyncio.run(_warm_up(Path(home)))
    if threading.active_count() != 1:
        raise RuntimeError("a process with threads must not be forked")
    for line in sys.stdin:
        told, telling = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(telling)
            os.read(told, 1)  # until its number has been told, so that this comes first
            os._exit(_carried_out(json.loads(line)))
        say(pid=pid)
        os.close(telling)
        os.close(told)
        _, status = os.waitpid(pid, 0)
        say(ended=os.waitstatus_to_exitcode(status), by=int(signal.SIGKILL))


if __name__ == "__main__":
    main()
