"""What of a profile goes into its backup."""

from __future__ import annotations

from pathlib import Path

from kraken_desk.store import Store
from kraken_desk.store.backup import ProfileSource

ROTATION = (
    "INSERT INTO rotations (rotation_id, slot_id, environment, stage, revision, old_key_id, old_api_key,"
    " old_added_at, new_key_id, new_api_key, started_at, changed_at, facts)"
    " VALUES (?, 'slot', 'lab', ?, 1, ?, 'a', '2026-11-20', ?, 'b', '2026-11-20', '2026-11-20', '{}')"
)


async def test_both_secrets_of_a_rotation_belong_to_the_profile(tmp_path: Path) -> None:
    """While a key is being replaced its old and its new secret are kept; of a finished one neither is."""
    store = await Store.open(tmp_path / "desk.sqlite3")
    for number, stage in enumerate(("pasted", "finished")):
        row = (f"r{number}", stage, f"old-{stage}", f"new-{stage}")
        await store._database.write(lambda session, row=row: session.execute(ROTATION, row))  # type: ignore[misc]  # bound now

    found = await ProfileSource(store).all_key_ids()

    await store.close()
    assert sorted(found) == ["new-pasted", "old-pasted"]


async def test_a_snapshot_is_one_whole_database(tmp_path: Path) -> None:
    """The copy opens by itself, with what was written a moment before."""
    store = await Store.open(tmp_path / "desk.sqlite3")
    await store.save_setting("currency", "EUR")

    (tmp_path / "copy.sqlite3").write_bytes(await ProfileSource(store).snapshot())
    await store.close()

    copy = await Store.open(tmp_path / "copy.sqlite3")
    assert await copy.setting("currency") == "EUR"
    await copy.close()
