"""Emergency stops and their steps: the StopStore port on SQLite."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.rotation import ProofOutcome
from kraken_desk.domain.stop import StepKind, StepState, StopId, StopRun, StopStep
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session


class SqliteStops:
    """Every stop with what became of each step."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, run: StopRun) -> None:
        """Write a list, whole or not at all."""
        await self._database.write(lambda session: _begin(session, run))

    async def save_step(self, stop_id: StopId, step: StopStep) -> None:
        """Write what a step has come to; a new step joins the list."""
        await self._database.write(lambda session: _save_step(session, stop_id, step))

    async def end(self, stop_id: StopId, at: datetime) -> None:
        await self._database.write(
            lambda session: session.execute(
                "UPDATE stops SET ended_at = ? WHERE stop_id = ? AND ended_at IS NULL",
                (codec.time_text(at), stop_id),
            )
        )

    async def runs(self, environment: EnvironmentName) -> tuple[StopRun, ...]:
        """Return the stops of an environment, newest first."""
        return await self._database.read(lambda session: _runs(session, environment))


def _begin(session: Session, run: StopRun) -> None:
    session.execute(
        "INSERT INTO stops (stop_id, environment, drill, started_at, ended_at) VALUES (?, ?, ?, ?, NULL)",
        (run.stop_id, run.environment, int(run.drill), codec.time_text(run.started_at)),
    )
    for step in run.steps:
        _save_step(session, run.stop_id, step)


def _save_step(session: Session, stop_id: StopId, step: StopStep) -> None:
    session.execute(
        "INSERT INTO stop_steps (stop_id, number, kind, target, label, state, started_at, ended_at, result,"
        " page, proof_asked_at, proof_outcome, proof_text)"
        " VALUES (:stop_id, :number, :kind, :target, :label, :state, :started_at, :ended_at, :result, :page,"
        " :proof_asked_at, :proof_outcome, :proof_text)"
        " ON CONFLICT (stop_id, number) DO UPDATE SET state = excluded.state,"
        " started_at = excluded.started_at, ended_at = excluded.ended_at, result = excluded.result,"
        " proof_asked_at = excluded.proof_asked_at, proof_outcome = excluded.proof_outcome,"
        " proof_text = excluded.proof_text",
        {
            "stop_id": stop_id,
            "number": step.number,
            "kind": step.kind,
            "target": step.target,
            "label": step.label,
            "state": step.state,
            "started_at": codec.optional_time_text(step.started_at),
            "ended_at": codec.optional_time_text(step.ended_at),
            "result": step.result,
            "page": step.page,
            "proof_asked_at": codec.optional_time_text(step.proof_asked_at),
            "proof_outcome": step.proof_outcome,
            "proof_text": step.proof_text,
        },
    )


def _runs(session: Session, environment: EnvironmentName) -> tuple[StopRun, ...]:
    rows = session.rows("SELECT * FROM stops WHERE environment = ? ORDER BY position DESC", (environment,))
    found = []
    with codec.reading("an emergency stop"):
        for row in rows:
            steps = session.rows(
                "SELECT * FROM stop_steps WHERE stop_id = ? ORDER BY number", (row["stop_id"],)
            )
            found.append(
                StopRun(
                    StopId(row["stop_id"]),
                    EnvironmentName(row["environment"]),
                    bool(row["drill"]),
                    codec.time_from(row["started_at"]),
                    tuple(map(_step, steps)),
                    codec.optional_time_from(row["ended_at"]),
                )
            )
    return tuple(found)


def _step(row: sqlite3.Row) -> StopStep:
    return StopStep(
        number=row["number"],
        kind=StepKind(row["kind"]),
        target=row["target"],
        label=row["label"],
        state=StepState(row["state"]),
        started_at=codec.optional_time_from(row["started_at"]),
        ended_at=codec.optional_time_from(row["ended_at"]),
        result=row["result"],
        page=row["page"],
        proof_asked_at=codec.optional_time_from(row["proof_asked_at"]),
        proof_outcome=None if row["proof_outcome"] is None else ProofOutcome(row["proof_outcome"]),
        proof_text=row["proof_text"],
    )
