"""`keys rotate NAME`: a guide on a terminal, and every step as a command of its own for scripts."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import click

from kraken_desk.cli import rotation_text
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.finding import find_slot
from kraken_desk.cli.output import can_ask, table, visible
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.typed_secrets import (
    read_otp,
    read_secret,
    read_secret_and_code,
    refuse_secret_argument,
)
from kraken_desk.domain.errors import InputError, RotationStepError
from kraken_desk.domain.keys import KeySlot
from kraken_desk.domain.pair_shape import inspect_pair
from kraken_desk.domain.rotation import ProofOutcome, Rotation, Stage
from kraken_desk.services.desk import Desk

_SPAN = re.compile(r"(\d{1,7})\s*(s|m|min|h|d)")
_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}

Step = Callable[[Desk, KeySlot], Awaitable[Rotation]]


class _Rotate(click.Group):
    """A group whose first word is a step, or else the name of a key to be guided through them."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:  # click's name
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            return "guide", self.commands["guide"], args
        return super().resolve_command(ctx, args)


class _Span(click.ParamType):  # type: ignore[type-arg]  # generic in the types only
    """A span of time such as 30m, 24h or 7d."""

    name = "span"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        match = _SPAN.fullmatch(str(value).strip().lower())
        if match is None:
            self.fail("write a span like 90s, 30m, 24h or 7d", param, ctx)
        return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


@click.group("rotate", cls=_Rotate)
@shared_options
def command(session: Session) -> None:
    """Replace a key by a new one: create, paste, compare, hand over, watch, revoke, prove, finish.

    `keys rotate NAME` shows where a rotation stands and, on a terminal, leads through the steps. Every
    step can be taken back until Kraken has refused the old key, and each goes on after any interruption.
    """


@command.command("guide")
@click.argument("name")
@shared_options
def guide(session: Session, name: str) -> None:
    """Go through the steps on a terminal; elsewhere, show where the rotation stands."""

    async def work(profile: Profile) -> None:
        desk, slot = await find_slot(session, profile, name)
        if session.as_json or not can_ask():
            await _answer(session, desk, slot, await _under_way(desk, slot))
            return
        await _guided(desk, slot)

    session.run(work)


@command.command("start")
@click.argument("name")
@shared_options
def start(session: Session, name: str) -> None:
    """Begin; shows the values for Kraken's form for the new key."""
    _take(session, name, lambda desk, slot: desk.rotations.start(slot.slot_id))


@command.command("status")
@click.argument("name", required=False)
@shared_options
def status(session: Session, name: str | None) -> None:
    """Show where a key's rotation stands, or all that are under way; nothing is sent."""
    if name is not None:
        _take(session, name, _under_way)
        return

    async def work(profile: Profile) -> None:
        reports = [
            await desk.rotations.report(rotation)
            for desk in await session.desks(profile)
            for slot in desk.fleet.slots()
            if (rotation := desk.fleet.rotation_of(slot.slot_id)) is not None
        ]
        rows = [(report.slot.name, report.rotation.stage.value, report.next_step) for report in reports]
        session.answer(
            {"rotations": [rotation_text.document(report) for report in reports]},
            table(("Key", "Step", "Next"), rows) if rows else "No rotation is under way.",
        )

    session.run(work)


@command.command("paste")
@click.argument("name")
@click.option("--api-key", required=True, help="The public half of the new key.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from standard input.")
@click.option("--secret-fd", type=int, help="Read the secret from this file descriptor.")
@click.option("--otp-stdin", is_flag=True, help="The key has 2FA: its code is standard input's last line.")
@shared_options
def paste(
    session: Session, name: str, api_key: str, secret_stdin: bool, secret_fd: int | None, otp_stdin: bool
) -> None:
    """Check the new key with one call and store it beside the old one."""

    async def step(desk: Desk, slot: KeySlot) -> Rotation:
        secret, otp = read_secret_and_code(stdin=secret_stdin, fd=secret_fd, code=otp_stdin)
        pair = inspect_pair(api_key, secret)
        refuse_secret_argument(api_key, pair.secret)
        return await desk.rotations.paste(slot.slot_id, pair.api_key, pair.secret, otp=otp)

    _take(session, name, step)


@command.command("compare")
@click.argument("name")
@click.option("--accept", is_flag=True, help="Take the differences for wanted and go on.")
@shared_options
def compare(session: Session, name: str, accept: bool) -> None:
    """Compare rights, allowlist, window and expiry with the old key; exits with 1 when they differ."""

    async def work(profile: Profile) -> int:
        desk, slot = await find_slot(session, profile, name)
        if accept:
            rotation = await desk.rotations.accept(slot.slot_id)
            await _answer(session, desk, slot, rotation)
            return ExitCode.DONE
        rotation = await _under_way(desk, slot)
        report = await desk.rotations.report(rotation)
        if not report.comparison:
            raise RotationStepError("Nothing to compare", "The new key is not here yet.", report.next_step)
        session.answer({"rotation": rotation_text.document(report)}, rotation_text.comparison_text(report))
        return ExitCode.FINDINGS if report.differences else ExitCode.DONE

    session.run(work)


@command.command("hand-over")
@click.argument("name")
@shared_options
def hand_over(session: Session, name: str) -> None:
    """Make the new key the one that `run` and leases hand out; then restart the process."""
    _take(session, name, lambda desk, slot: desk.rotations.hand_over(slot.slot_id))


@command.command("watch")
@click.argument("name")
@click.option("--for", "quiet_for", type=_Span(), metavar="SPAN", help="How long: 30m, 24h (usual), 7d.")
@click.option("--look", is_flag=True, help="Look now, although the time is not over; spends one nonce.")
@click.option(
    "--unobserved",
    is_flag=True,
    help="Take your own word that nothing uses the old key, once the time is over; --for 1s ends it now.",
)
@click.option("--otp-stdin", is_flag=True, help="Read the old key's one-time password from standard input.")
@shared_options
def watch(
    session: Session, name: str, quiet_for: timedelta | None, look: bool, unobserved: bool, otp_stdin: bool
) -> None:
    """Watch the old key stay quiet; each look spends one of its nonces. Exits with 1 on use by others."""
    otp = read_otp() if otp_stdin else ""

    async def work(profile: Profile) -> int:
        desk, slot = await find_slot(session, profile, name)
        before = await _under_way(desk, slot)
        rotation = await desk.rotations.watch(
            slot.slot_id, quiet_for, look=look, unobserved=unobserved, otp=otp
        )
        await _answer(session, desk, slot, rotation)
        return ExitCode.FINDINGS if _signed_since(before, rotation) else ExitCode.DONE

    session.run(work)


@command.command("revoke")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared_options
def revoke(session: Session, name: str, yes: bool) -> None:
    """Say that the old key is deleted at Kraken; only you can delete it there."""

    async def step(desk: Desk, slot: KeySlot) -> Rotation:
        rotation = await _under_way(desk, slot)
        _confirm(yes, f"Have you deleted {rotation.old.api_key[:8]}… at Kraken?")
        return await desk.rotations.declare_revoked(slot.slot_id)

    _take(session, name, step)


@command.command("prove")
@click.argument("name")
@shared_options
def prove(session: Session, name: str) -> None:
    """Prove the revocation: exactly one call with the old key, which must fail."""

    async def work(profile: Profile) -> int:
        desk, slot = await find_slot(session, profile, name)
        rotation = await desk.rotations.prove(slot.slot_id)
        await _answer(session, desk, slot, rotation)
        outcome = rotation.proof.outcome if rotation.proof is not None else None
        codes = {ProofOutcome.REVOKED: ExitCode.DONE, ProofOutcome.NOT_REVOKED: ExitCode.FINDINGS}
        return codes.get(outcome, ExitCode.UNAVAILABLE) if outcome else ExitCode.UNAVAILABLE

    session.run(work)


@command.command("finish")
@click.argument("name")
@shared_options
def finish(session: Session, name: str) -> None:
    """Remove the old secret from the keychain; only after the proof."""
    _take(session, name, lambda desk, slot: desk.rotations.finish(slot.slot_id))


@command.command("back")
@click.argument("name")
@shared_options
def back(session: Session, name: str) -> None:
    """Go one step back; from the watch the old key serves again."""
    _take(session, name, lambda desk, slot: desk.rotations.back(slot.slot_id))


@command.command("abandon")
@click.argument("name")
@shared_options
def abandon(session: Session, name: str) -> None:
    """Give up before the hand-over and remove the new secret; the old key was never touched."""
    _take(session, name, lambda desk, slot: desk.rotations.abandon(slot.slot_id))


def _take(session: Session, name: str, step: Step) -> None:
    """Take one step and answer with where the rotation stands then."""

    async def work(profile: Profile) -> None:
        desk, slot = await find_slot(session, profile, name)
        await _answer(session, desk, slot, await step(desk, slot))

    session.run(work)


async def _answer(session: Session, desk: Desk, slot: KeySlot, rotation: Rotation) -> None:
    del slot
    report = await desk.rotations.report(rotation)
    session.answer({"rotation": rotation_text.document(report)}, rotation_text.text(report))


async def _under_way(desk: Desk, slot: KeySlot) -> Rotation:
    """Return the rotation of a key, the last one if none is under way."""
    rotation = await desk.rotations.of(slot.slot_id)
    if rotation is None:
        raise RotationStepError(
            "No rotation",
            f"“{slot.name}” has never been rotated.",
            f"Begin with: kraken-desk keys rotate start {slot.name}",
        )
    return rotation


def _signed_since(before: Rotation, after: Rotation) -> bool:
    earlier = before.watch.sign_at if before.watch is not None else None
    return after.watch is not None and after.watch.sign_at not in (None, earlier)


def _confirm(yes: bool, question: str) -> None:
    if yes:
        return
    if not can_ask():
        raise InputError("Not confirmed", question, "Repeat the command with --yes.")
    if not click.confirm(question, err=True):
        raise InputError("Not confirmed", "Nothing was changed.", "")


async def _guided(desk: Desk, slot: KeySlot) -> None:
    """Lead through the steps until the end, a wait, or a “no”; everything resumes at the next call."""
    rotation = await desk.rotations.of(slot.slot_id)
    if rotation is None or not rotation.stage.is_open:
        if not click.confirm(f"Begin to rotate {slot.name}?", err=True):
            return
        rotation = await desk.rotations.start(slot.slot_id)
    while True:
        report = await desk.rotations.report(rotation)
        click.echo(visible("\n" + rotation_text.text(report)))
        if not rotation.stage.is_open:
            return
        following = await _GUIDED[rotation.stage](desk, slot, rotation)
        if following is None:
            click.echo(f"\nIt goes on from here with: kraken-desk keys rotate {slot.name}")
            return
        rotation = following


async def _guide_paste(desk: Desk, slot: KeySlot, _: Rotation) -> Rotation | None:
    api_key = str(click.prompt("New API key (empty to stop)", default="", show_default=False, err=True))
    if not api_key:
        return None
    pair = inspect_pair(api_key, read_secret("API secret", stdin=False, fd=None))
    return await desk.rotations.paste(slot.slot_id, pair.api_key, pair.secret, otp=_code(slot, "new"))


async def _guide_watch(desk: Desk, slot: KeySlot, rotation: Rotation) -> Rotation | None:
    report = await desk.rotations.report(rotation)
    if report.left:
        return None
    if rotation.watch is None:
        span = click.prompt("Watch for how long (empty to stop)", default="24h", type=_Span(), err=True)
        otp = _code(slot, "old") if report.observable else ""
        return await desk.rotations.watch(slot.slot_id, span, unobserved=not report.observable, otp=otp)
    question = "Look now?" if report.observable else "Have you seen that nothing uses the old key?"
    if not click.confirm(question, err=True):
        return None
    otp = _code(slot, "old") if report.observable else ""
    return await desk.rotations.watch(slot.slot_id, unobserved=not report.observable, otp=otp)


def _code(slot: KeySlot, which: str) -> str:
    """Ask for the one-time password of the old or the new key, where the slot's keys have 2FA."""
    if not slot.two_factor:
        return ""
    return str(click.prompt(f"One-time password of the {which} key", hide_input=True, err=True)).strip()


def _guide(
    question: str, act: Callable[[Desk, KeySlot], Awaitable[Rotation]]
) -> Callable[[Desk, KeySlot, Rotation], Awaitable[Rotation | None]]:
    async def step(desk: Desk, slot: KeySlot, _: Rotation) -> Rotation | None:
        return await act(desk, slot) if click.confirm(question, err=True) else None

    return step


_GUIDED: dict[Stage, Callable[[Desk, KeySlot, Rotation], Awaitable[Rotation | None]]] = {
    Stage.CREATE: _guide_paste,
    Stage.COMPARE: _guide("Accept these?", lambda d, s: d.rotations.accept(s.slot_id)),
    Stage.HAND_OVER: _guide("Hand the new key over now?", lambda d, s: d.rotations.hand_over(s.slot_id)),
    Stage.WATCH: _guide_watch,
    Stage.REVOKE: _guide(
        "Have you deleted the old key at Kraken?", lambda d, s: d.rotations.declare_revoked(s.slot_id)
    ),
    Stage.PROVE: _guide("Make the one call that must fail?", lambda d, s: d.rotations.prove(s.slot_id)),
    Stage.CLEAN_UP: _guide("Remove the old secret?", lambda d, s: d.rotations.finish(s.slot_id)),
}
