"""A repair that lost the operator's rules: nothing may be sent that they would have stopped."""

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from kraken_desk.domain.limits import Limit, LimitId, LimitKind
from kraken_desk.domain.money import Asset
from kraken_desk.store import Store
from kraken_desk.store.repair import repair
from tests.helpers.builders import LAB, NOW, a_master

PAGE = 4096


async def fill(path: Path) -> None:
    """Make a profile with an account, a limit and a setting."""
    store = await Store.open(path)
    await store.metadata.save_account(a_master())
    rule = Limit(LimitId("l1"), LAB.name, LimitKind.PER_DAY, NOW, currency=Asset("USD"), amount=Decimal(5))
    await store.limits.save(rule)
    await store.save_setting("currency", "EUR")
    await store.close()


def ruin(path: Path, table: str) -> None:
    """Overwrite a table's first page."""
    with closing(sqlite3.connect(path)) as connection:
        [page] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)


@pytest.mark.parametrize("table", ["limits", "settings"])
async def test_lost_rules_let_no_money_move(tmp_path: Path, table: str) -> None:
    """A limit or a switch that is gone would restrict nothing, and nobody would notice when sending."""
    path = tmp_path / "desk.sqlite3"
    await fill(path)
    ruin(path, table)

    report = repair(path, NOW)
    mended = await Store.open(path)
    switch = await mended.setting("read-only")
    await mended.close()

    assert not report.whole
    assert report.read_only
    assert switch == "on"


async def test_rules_that_were_kept_leave_the_switch_alone(tmp_path: Path) -> None:
    """Where another table is damaged the limits count as before."""
    path = tmp_path / "desk.sqlite3"
    await fill(path)
    ruin(path, "checks")

    report = repair(path, NOW)
    mended = await Store.open(path)
    standing = await mended.limits.standing(LAB.name, NOW)
    await mended.close()

    assert not report.read_only
    assert [limit.limit_id for limit in standing.limits] == ["l1"]
