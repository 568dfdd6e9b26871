"""Running a plan of several legs from the command line, and answering where it stands."""

from __future__ import annotations

import asyncio

from kraken_desk.cli import documents
from kraken_desk.cli.exit_codes import ExitCode, code_for_category
from kraken_desk.cli.output import Document, print_problem, problem_document, say, visible
from kraken_desk.cli.runtime import Session
from kraken_desk.domain.errors import OutcomeUnknownError
from kraken_desk.domain.keys import Problem
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Amount
from kraken_desk.domain.plans import LegStanding, LegState, PlanId, PlanStanding
from kraken_desk.domain.transfers import TransferRecord, TransferState
from kraken_desk.services.desk import Desk


async def run(session: Session, desk: Desk, plan_id: PlanId, consent: Consent, otp: str) -> int:
    """Send what is left of a plan and answer; progress goes to standard error."""

    def tell(standing: PlanStanding) -> None:
        if standing.done and not session.as_json:
            leg = standing.legs[standing.done - 1]
            say(visible(f"Leg {standing.done} of {len(standing.legs)}: {_leg_line(desk, leg)}"))

    try:
        standing = await desk.treasury.plans.run(plan_id, consent=consent, otp=otp, progress=tell)
    except asyncio.CancelledError:
        standing = await desk.treasury.plans.named(plan_id)
        if standing.doubt is None:
            raise
    return answer(session, desk, standing)


def answer(session: Session, desk: Desk, standing: PlanStanding) -> int:
    """Print a plan after a run; the exit code is that of the leg that stopped it."""
    document: Document = {"plan": plan_document(desk, standing)}
    if standing.finished:
        session.answer(document, f"Done: {describe(desk, standing)}")
        return ExitCode.DONE
    stopped = next(leg for leg in standing.legs if leg.state is not LegState.DONE)
    problem = problem_with(stopped.record) if stopped.record else Problem("RuleError", "The plan has stopped")
    if session.as_json:
        session.answer({"error": problem_document(problem), **document}, "")
    else:
        say(visible(describe(desk, standing)))
        hint = f"{problem.hint} Then: kraken-desk sweep resume {standing.plan.plan_id}"
        print_problem(problem.title, problem.detail, hint.strip())
    return code_for_category(problem.category)


def problem_with(record: TransferRecord) -> Problem:
    """Return why a transfer was not confirmed, in words that say what it means for the money."""
    problem = record.problem or Problem(OutcomeUnknownError.__name__, f"The transfer is {record.state.value}")
    if record.state is not TransferState.UNKNOWN:
        return problem
    return Problem(
        OutcomeUnknownError.__name__,
        "The outcome is unknown",
        f"{problem.title}. {problem.detail} The money may or may not have moved; the route is blocked.",
        f"See whether both ends prove how it ended: kraken-desk journal settle {record.journal_id}\n"
        f"  Or decide by the evidence: kraken-desk journal evidence {record.journal_id}",
        problem.kraken,
    )


def plan_document(desk: Desk, standing: PlanStanding) -> Document:
    plan = standing.plan
    return {
        "id": plan.plan_id,
        "environment": plan.environment,
        "purpose": plan.purpose.value,
        "title": plan.title,
        "created_at": documents.value(plan.created_at),
        "state": standing.word,
        "done": standing.done,
        "legs": [_leg(desk, leg) for leg in standing.legs],
        "figures": [
            {
                **documents.place(desk.transfers.routes, figure.place),
                "asset": figure.asset,
                "before": documents.value(figure.before),
                "after": documents.value(figure.after),
            }
            for figure in plan.figures
        ],
    }


def _leg(desk: Desk, standing: LegStanding) -> Document:
    leg = standing.leg
    return {
        "number": leg.number,
        "from": documents.place(desk.transfers.routes, leg.source),
        "to": documents.place(desk.transfers.routes, leg.destination),
        "asset": leg.asset,
        "amount": documents.value(leg.quantity),
        "state": standing.state.value,
        "transfer": standing.record.journal_id if standing.record else None,
    }


def _leg_line(desk: Desk, standing: LegStanding) -> str:
    leg, routes = standing.leg, desk.transfers.routes
    ends = f"{routes.label(leg.source)} → {routes.label(leg.destination)}"
    return f"{Amount(leg.quantity, leg.asset)}  {ends}  {standing.state.value}"


def describe(desk: Desk, standing: PlanStanding) -> str:
    lines = [f"{standing.plan.title} ({standing.plan.plan_id}, {standing.word})"]
    lines += [f"  {leg.leg.number}. {_leg_line(desk, leg)}" for leg in standing.legs]
    return "\n".join(lines)
