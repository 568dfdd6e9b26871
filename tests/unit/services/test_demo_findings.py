"""Every key of the demo ends with exactly the findings that its story promises."""

from __future__ import annotations

import pytest

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.domain.audit.findings import AuditReport, Finding, Scope

TOLD = "reader-moves-to-futures"
"""What every reader of a Spot balance can do where there is a Futures side; information, no more."""

PROMISES: dict[str, tuple[str, set[str]]] = {
    "desk monitor": ("The desk's own reader of the master, in order.", {TOLD}),
    "desk treasury": ("The desk's own key for transfers, in order.", set()),
    "futures desk": ("The desk's own Futures key, in order.", set()),
    "legacy export": (
        "An accounting key from years ago that nobody owns: it trades and withdraws, anywhere, for ever.",
        {
            "withdraw-open",
            "trade-with-withdraw",
            "withdraw-without-expiry",
            "surplus-rights",
            "never-expires",
            "rotation-due",
            "key-without-process",
        },
    ),
    "quarter-end audit": (
        "An auditor's key that has expired; Kraken refuses it before it was ever seen working here.",
        {"key-refused", "client-unknown"},
    ),
    "collateral sweeper": (
        "A Futures treasury key, old, that also trades and withdraws.",
        {"trade-with-withdraw", "surplus-rights", "rotation-due"},
    ),
    "mm monitor": ("A desk reader, in order.", {TOLD}),
    "mm-bot-1": ("A market maker's key, in order.", set()),
    "mm-bot-2": ("Its twin with a nonce window of five seconds, which the role allows.", set()),
    "mm-dashboard": (
        "A dashboard with a range of 65,536 addresses that cannot read past trades.",
        {"wide-allowlist", "missing-rights", TOLD},
    ),
    "mm futures": ("The market maker's Futures key, in order.", set()),
    "momentum monitor": ("A desk reader, in order.", {TOLD}),
    "momentum": ("A trading bot's key that ends in three days.", {"key-expiring"}),
    "momentum futures": ("The bot's Futures key, in order.", set()),
    "basis monitor": ("A desk reader, in order.", {TOLD}),
    "basis-exec": ("A Futures bot's key, in order.", set()),
    "basis-recon": (
        "A reconciler whose larger nonces refuse the desk, because nobody has said what it signs with.",
        {"key-refused", "client-unknown"},
    ),
    "reserve monitor": ("A desk reader, in order.", {TOLD}),
    "reserve-earn": (
        "A key called treasury that puts funds into Earn, holds a right nobody knows, and lets a /28 in.",
        {
            "unknown-right",
            "surplus-rights",
            "missing-rights",
            "never-expires",
            "wider-than-role",
            "client-unknown",
        },
    ),
    "reserve futures view": ("A dashboard's Futures key, in order.", set()),
    "research monitor": ("A desk reader, in order.", {TOLD}),
    "research-notebook": ("A reader with a role that is not in the table.", {"unknown-role", TOLD}),
    "backtest-2025": (
        "An old reader of the history, from anywhere, in a role that is not in the table.",
        {"read-open", "unknown-role", "client-unknown"},
    ),
}


@pytest.fixture
async def report() -> AuditReport:
    """Judge the demo after each key was checked by itself."""
    async with DemoWorld.running() as world:
        desk = world.open_desk.desk
        for node in desk.fleet.snapshot.value.keys():  # noqa: SIM118  # a method, not a dictionary's
            await desk.keys.check((node.slot.slot_id,), asked=True)
        return await desk.audit.refresh()


async def test_every_key_has_the_findings_that_its_story_promises(report: AuditReport) -> None:
    """No more and no fewer, and no key without a story."""
    found = {
        name: {f.rule for f in report.findings if f.subject.name == name and _of_key(f)} for name in PROMISES
    }
    strangers = {f.subject.name for f in report.findings if _of_key(f)} - set(PROMISES)

    assert found == {name: rules for name, (_, rules) in PROMISES.items()}
    assert strangers == set()
    assert report.keys == len(PROMISES)


def _of_key(finding: Finding) -> bool:
    return finding.subject.scope is Scope.KEY
