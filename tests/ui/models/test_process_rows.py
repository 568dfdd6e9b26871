"""Who holds what: the desk first, processes by name, keys of nobody last."""

from dataclasses import replace
from datetime import timedelta

from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.ui.models.process_rows import Myself, process_groups, summary
from kraken_desk.ui.widgets.grouped_table import Group, Row
from tests.helpers.builders import (
    LAB,
    NOW,
    a_key,
    a_lease,
    a_master_with,
    a_refused_key,
    an_unchecked_key,
    futures_info,
    spot_info,
)

ME = Myself("box", 99)


def texts(row: Row) -> list[str]:
    return [cell.text for cell in row.cells]


def groups(*nodes: object) -> tuple[Group, ...]:
    return process_groups(a_master_with(*nodes), ME, NOW)  # type: ignore[arg-type]  # keys of a fleet


def test_processes_stand_in_order() -> None:
    """Kraken Desk, then by name without regard to case, and keys without a process at the end."""
    found = groups(
        a_key(1, process=""), a_key(2, process="zeta"), a_key(3, process="Alpha"), a_key(4, process="zeta")
    )

    assert [(group.title, group.note) for group in found] == [
        ("Kraken Desk", "process 99 on box · no key of its own"),
        ("Alpha", "1 key"),
        ("zeta", "2 keys"),
        ("No process named", "1 key"),
    ]


def test_a_held_key_names_its_holder_since_when_and_where() -> None:
    """The program's name without its arguments, its number and host."""
    lease = a_lease(1, since=NOW - timedelta(minutes=5))
    info = spot_info(last_used=NOW - timedelta(hours=2))
    node = replace(a_key(1, process="bot", client="ccxt", info=info), lease=lease)

    [_, group] = groups(node)

    assert (group.title, group.note) == ("bot", "running on box · 1 key")
    assert texts(group.rows[0]) == [
        "key 1",
        "Main",
        "Spot",
        "ccxt",
        "● freqtrade (4712) · 5 min ago",
        "box",
        "2 h ago",
        "fine",
    ]


def test_a_free_key_claims_nothing_about_other_machines() -> None:
    """“Not held here” is all that can be known; the desk's own are in its hands."""
    desk, bot = groups(a_key(1), a_key(2, process="bot"))

    assert texts(desk.rows[0])[4:6] == ["used by this program", "box"]
    assert texts(bot.rows[0])[3:6] == ["not declared", "not held here", ""]
    assert "is not seen" in bot.rows[0].cells[4].tip


def test_unknown_never_and_not_reported_differ() -> None:
    """What was not read, what never happened and what Kraken does not say are three things."""
    [_, group] = groups(
        an_unchecked_key(1, process="bot"),
        a_key(2, process="bot", info=spot_info(last_used=None)),
        a_key(3, process="bot", info=futures_info()),
    )

    assert [texts(row)[6] for row in group.rows] == ["not read yet", "never", "not reported"]


def test_the_worst_finding_is_named() -> None:
    """With how many there are besides."""
    [_, group] = groups(a_refused_key(1, process="bot"))

    assert texts(group.rows[0])[7].startswith("Kraken refused the key")


def test_the_summary_counts_processes_and_held_keys() -> None:
    """The desk itself is not counted among the processes."""
    held = replace(a_key(2, process="bot"), lease=a_lease(2))

    assert summary(a_master_with(a_key(1), held)) == "1 process · 1 key held now"
    assert summary(FleetSnapshot(LAB.name, NOW)) == "0 processes · 0 keys held now"
