"""The list of an emergency stop: its order, what joins it later, and where a drill may run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kraken_desk.domain.environments import PRODUCTION, Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import RuleError
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.stop import (
    StepKind,
    StepState,
    StopId,
    StopRun,
    is_rehearsal,
    plan_stop,
    refuse_real_drill,
    summary,
)
from tests.helpers.builders import (
    LAB,
    NOW,
    a_key,
    a_lease,
    a_master,
    a_node,
    an_account,
    an_unchecked_key,
    futures_info,
)

ALL = futures_info("FULL_ACCESS", "FULL_ACCESS")
LOCAL = Environment(
    EnvironmentName("local"), EnvironmentKind.CUSTOM, "http://127.0.0.1:9", "", "http://localhost:8", ""
)
BOTH = replace(LAB, spot_url="https://spot.lab.example", futures_url="https://futures.lab.example")


def a_fleet() -> FleetSnapshot:
    master = (
        a_key(1, "query-funds", "withdraw-funds", name="treasury"),
        a_key(2, "query-funds", name="view", process="dash"),
        a_key(3, "modify-trades", name="bot", process="bot"),
        a_key(4, "withdraw-funds", name="legacy", process=""),
        an_unchecked_key(5, name="new", process="x"),
        a_key(6, name="sweeper", process="s", venue=Venue.FUTURES, info=ALL),
    )  # fmt: skip
    below = (a_node(an_account(2, label="Carry")), a_node(an_account(3, label="Spot only", futures_uid=None)))
    return FleetSnapshot(LAB.name, NOW, (a_node(a_master(1), *master, below=below),))


def the_list(environment: Environment = BOTH, **how: bool | frozenset[str]) -> StopRun:
    leases = (a_lease(3), a_lease(9, environment="elsewhere"))
    given: dict[str, Any] = {"drill": False, **how}
    return plan_stop(StopId("p"), environment, a_fleet(), leases, NOW, **given)


def test_the_list_is_in_order_of_effect() -> None:
    """Trading first, then processes of this environment, then keys by danger, our own last."""
    steps = the_list().ordered()

    assert [(s.kind, s.label.removesuffix(" of Main")) for s in steps] == [
        (StepKind.TRADING, "Carry"),
        (StepKind.FIND, "Others that Kraken lists"),
        (StepKind.LEASE, "freqtrade (4712) on bot"),
        (StepKind.REVOKE, "legacy"),
        (StepKind.REVOKE, "sweeper"),
        (StepKind.REVOKE, "bot"),
        (StepKind.REVOKE, "new"),
        (StepKind.REVOKE, "view"),
        (StepKind.REVOKE, "treasury"),
    ]
    assert steps[3].page == "https://www.kraken.com/u/security/api"
    assert steps[4].page == "https://futures.kraken.com/trade/settings/api"
    assert steps[-1].result == "can withdraw; Kraken Desk's own key"


def test_spot_alone_has_no_trading_to_disable() -> None:
    """Without Futures nothing is asked of it."""
    assert the_list(replace(BOTH, futures_url="")).of(StepKind.TRADING, StepKind.FIND) == ()


def test_a_proven_key_is_not_listed_again() -> None:
    """What an earlier stop has proven needs no second look."""
    labels = [s.label for s in the_list(proven=frozenset({"key-4"})).of(StepKind.REVOKE)]

    assert "legacy of Main" not in labels
    assert len(labels) == 5


def test_what_has_come_since_joins_the_list() -> None:
    """A resumed list keeps its results and takes new targets behind its own numbers."""
    old = plan_stop(StopId("old"), BOTH, a_fleet(), (), NOW, drill=False)
    done = old.with_step(old.step(1).begun(NOW).over(NOW + timedelta(seconds=2), "done"))

    resumed = done.extended(the_list())

    assert resumed.stop_id == "old"
    assert resumed.step(1).state is StepState.DONE
    [lease] = resumed.of(StepKind.LEASE)
    assert lease.number == len(old.steps) + 1
    assert len({step.number for step in resumed.steps}) == len(resumed.steps)


def test_the_summary_counts() -> None:
    """Done, failed, left to go, and the keys left to a person."""
    run = the_list()
    run = run.with_step(run.step(1).begun(NOW).over(NOW, "")).with_step(
        run.step(2).over(NOW, "x", failed=True)
    )

    assert summary(run) == "1 done, 1 failed, 1 to go, 6 keys to delete at Kraken"
    assert run.step(1).took == timedelta(0)


@pytest.mark.parametrize(("environment", "local"), [(PRODUCTION, False), (BOTH, False), (LOCAL, True)])
def test_a_drill_runs_on_this_machine_only(environment: Environment, local: bool) -> None:
    """Where an address leads elsewhere, a drill would be the real thing."""
    assert is_rehearsal(environment) is local
    if local:
        refuse_real_drill(environment)
    else:
        with pytest.raises(RuleError):
            refuse_real_drill(environment)
