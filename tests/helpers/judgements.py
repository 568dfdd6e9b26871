"""Judgements of ready-made facts, as the window gets them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.audit.facts import KeyFacts
from kraken_desk.domain.audit.judgement import Judgement, judge
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.hosts import Host
from kraken_desk.domain.money import Asset
from kraken_desk.domain.mutes import Mute
from kraken_desk.domain.prices import PriceBook, Rates
from tests.unit.domain.audit.facts import MASTER, SUB, fleet

TOP = replace(MASTER, account_id=AccountId("top"))
"""A master that is another account than SUB."""


def a_judgement(
    *keys: KeyFacts,
    mutes: tuple[Mute, ...] = (),
    sheets: Iterable[BalanceSheet] = (),
    hosts: tuple[Host, ...] = (),
) -> Judgement:
    """Judge keys on a master and a subaccount, or an empty fleet; only dollars have a price."""
    facts = fleet(*keys, accounts=(TOP, SUB) if keys else (), hosts=hosts)
    return judge(facts, mutes, sheets, Rates(PriceBook(), Asset("USD")))
