"""`stop`: the emergency list, done step by step; as a drill on the local exchange."""

from __future__ import annotations

from pathlib import Path

import click

from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.output import Document, can_ask, say, visible
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.stop import (
    NOT_STOPPED,
    StepKind,
    StepState,
    StopRun,
    StopStep,
    seconds_text,
    step_title,
    summary,
)
from kraken_desk.reports.stop_record import stop_html
from kraken_desk.services.desk import Desk

_MARKS = {
    StepState.WAITING: "…",
    StepState.RUNNING: "…",
    StepState.DONE: "✓",
    StepState.FAILED: "✕",
    StepState.YOURS: "○",
}


@click.command("stop")
@click.option("--drill", is_flag=True, help="Rehearse it on the local exchange; refused anywhere else.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--dry-run", is_flag=True, help="Show the list and do nothing.")
@click.option("--show", "show", is_flag=True, help="Show the last stop and do nothing.")
@click.option(
    "--prove", "key", default="", metavar="KEY", help="Call once with a key of the last stop's list."
)
@click.option(
    "--record", type=click.Path(dir_okay=False, path_type=Path), help="Write a printable record to a file."
)
@shared_options
def command(
    session: Session, drill: bool, yes: bool, dry_run: bool, show: bool, key: str, record: Path | None
) -> None:
    """Stop everything: disable Futures trading of subaccounts, end leased processes, list keys to delete.

    A list that was cut off goes on. No step moves money. Each step's result and time are kept.
    """
    if drill and session.environment is None:
        session.environment = "demo"

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        if key:
            run = await _prove(desk, key)
        elif show:
            run = await _last(desk)
        else:
            run = await desk.stop.preview(drill=drill)
            if not dry_run:
                if not yes:
                    _ask(desk, run)
                run = await _do(session, desk, drill)
        if record is not None:
            _write(record, stop_html(run, desk.clock.now()))
        session.answer({"stop": run_document(run)}, _text(run))
        return _code(run)

    session.run(work, outlives_terminal=True)  # an emergency does not end with the connection to it


async def _do(session: Session, desk: Desk, drill: bool) -> StopRun:
    """Do the list; for a person, each step is told on standard error as it ends."""
    told: set[int] = set()

    def tell(run: StopRun | None) -> None:
        for step in run.ordered() if run is not None else ():
            if step.state.is_over and step.number not in told:
                told.add(step.number)
                say(visible(_line(step)))

    unsubscribe = desk.stop.state.subscribe(tell) if not session.as_json else (lambda: None)
    try:
        return await desk.stop.run(drill=drill)
    finally:
        unsubscribe()


async def _last(desk: Desk) -> StopRun:
    runs = await desk.stop.runs()
    if not runs:
        raise UnknownNameError("No stop yet", f"Nothing was stopped in {desk.environment.name}.", "")
    return runs[0]


async def _prove(desk: Desk, key: str) -> StopRun:
    """Make the one call with a key of the last list; its result is in the list."""
    slot, run = desk.fleet.slot_named(key), await _last(desk)
    step = next((s for s in run.of(StepKind.REVOKE) if s.target == slot.key_id), None)
    if step is None:
        raise InputError(
            "Not in the list", f"“{slot.name}” is not in the last stop's list.", "Run the stop again."
        )
    return await desk.stop.prove(run.stop_id, step.number)


def _ask(desk: Desk, run: StopRun) -> None:
    """Show the list and want the environment's name typed; raises InputError without it."""
    if not can_ask():
        raise InputError("Not confirmed", "Nothing was done.", "Repeat the command with --yes.")
    click.echo(visible(f"{_text(run)}\n{NOT_STOPPED}"), err=True)
    name = desk.environment.name
    typed = click.prompt(f"Type “{name}” to do it", default="", show_default=False, err=True)
    if str(typed).strip() != name:
        raise InputError("Not confirmed", "Nothing was done.", "")


def _code(run: StopRun) -> int:
    return ExitCode.FINDINGS if run.failed or run.unwritten else ExitCode.DONE


def _text(run: StopRun) -> str:
    what = "Drill" if run.drill else "Stop"
    lines = [f"{what} of {run.environment}, {run.started_at:%Y-%m-%d %H:%M:%S} UTC: {summary(run)}."]
    lines += [_line(step) for step in run.ordered()]
    if run.unwritten:
        lines.append("The results could not all be written to the profile.")
    return "\n".join(lines)


def _line(step: StopStep) -> str:
    took = f" ({seconds_text(step.took)})" if step.took is not None else ""
    line = f"{_MARKS[step.state]} {step_title(step)}{took}"
    told = [part for part in (step.result, step.proof_text, step.page) if part]
    return ": ".join((line, " ".join(told))) if told else line


def run_document(run: StopRun) -> Document:
    return {
        "stop_id": run.stop_id,
        "environment": run.environment,
        "drill": run.drill,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "seconds": run.took.total_seconds() if run.took is not None else None,
        "written": not run.unwritten,
        "failed": len(run.failed),
        "left_to_you": len(run.yours),
        "steps": [step_document(step) for step in run.ordered()],
    }


def step_document(step: StopStep) -> Document:
    return {
        "number": step.number,
        "kind": step.kind.value,
        "target": step.target,
        "label": step.label,
        "title": step_title(step),
        "state": step.state.value,
        "started_at": step.started_at.isoformat() if step.started_at else None,
        "seconds": step.took.total_seconds() if step.took is not None else None,
        "result": step.result,
        "page": step.page or None,
        "proof": None
        if step.proof_asked_at is None
        else {
            "asked_at": step.proof_asked_at.isoformat(),
            "outcome": step.proof_outcome.value if step.proof_outcome else None,
            "text": step.proof_text or "The answer to the call is not known.",
        },
    }


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(
            "The record cannot be written", f"{path}: {error.strerror}.", "Name another file."
        ) from None
