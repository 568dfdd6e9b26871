"""Judgement: everything the audit says of one set of facts: findings, matrix, and the worst case in money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kraken_desk.domain.audit.blast import BlastReport, Pot, PotWorth, blast_radius, pot_worths
from kraken_desk.domain.audit.evaluating import evaluate
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import AuditReport
from kraken_desk.domain.audit.matrix import Matrix, matrix_of
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.hosts import Host
from kraken_desk.domain.money import Asset
from kraken_desk.domain.mutes import Mute
from kraken_desk.domain.prices import Rates
from kraken_desk.domain.values import dataclass, field


@dataclass(frozen=True)
class Exposure:
    """What could be lost, in units of `currency`; `known` False: no balance has been read yet."""

    blast: BlastReport
    worths: Mapping[Pot, PotWorth]
    currency: Asset
    known: bool


@dataclass(frozen=True)
class Judgement:
    """Equal when it says the same of the same keys and hosts, whenever that was."""

    facts: FleetFacts = field(compare=False)
    report: AuditReport
    matrix: Matrix
    exposure: Exposure
    mutes: tuple[Mute, ...] = ()
    keys: tuple[KeyFacts, ...] = ()
    hosts: tuple[Host, ...] = ()


def judge(
    facts: FleetFacts, mutes: tuple[Mute, ...], sheets: Iterable[BalanceSheet], rates: Rates
) -> Judgement:
    """Judge facts by all rules and by what is held; pure, and slow for a thousand keys."""
    return Judgement(
        facts=facts,
        report=evaluate(facts, mutes),
        matrix=matrix_of(facts),
        exposure=expose(facts, sheets, rates),
        mutes=mutes,
        keys=facts.keys,
        hosts=facts.hosts,
    )


def expose(facts: FleetFacts, sheets: Iterable[BalanceSheet], rates: Rates) -> Exposure:
    """Reckon the worst case of facts with what is held at these prices."""
    read = tuple(sheet for sheet in sheets if sheet.as_of is not None)
    held = {row.asset for sheet in read for row in sheet.rows}
    prices = {asset: rate.factor for asset in held if (rate := rates.of(asset)) is not None}
    worths = pot_worths(read, prices)
    return Exposure(blast_radius(facts, worths), worths, rates.currency, known=bool(read))
