"""A rotation whose old key Kraken refuses before its watch is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kraken_desk.domain.errors import AuthRejectedError
from kraken_desk.domain.keys import KeySlot
from kraken_desk.domain.rotation import SHORTEST_WATCH, Stage
from tests.helpers.builders import a_master, a_public_key, a_secret, spot_info
from tests.helpers.fakes import refused
from tests.unit.services.bench import Bench

NEW = a_public_key(9)
HOUR = timedelta(hours=1)


@pytest.fixture
async def slot(bench: Bench) -> KeySlot:
    """A process's key whose rotation has come to the watch."""
    await bench.move_in(a_master(1))
    made = await bench.key(1, name="mm-bot", process="bot", client="ccxt")
    bench.spot.answer("check_key", spot_info(api_key=NEW), api_key=NEW)
    bench.spot.answer("check_key", spot_info(nonce=1), api_key=made.api_key)
    await bench.rotations.start(made.slot_id)
    await bench.rotations.paste(made.slot_id, NEW, a_secret())
    await bench.rotations.accept(made.slot_id)
    await bench.rotations.hand_over(made.slot_id)
    return made


async def test_a_key_that_was_deleted_too_early_does_not_hold_up_its_rotation(
    bench: Bench, slot: KeySlot
) -> None:
    """Kraken refuses the look: the error says the way out, and the operator's word leads to the proof."""
    await bench.rotations.watch(slot.slot_id, HOUR)
    bench.clock.move(minutes=1)
    bench.spot.answer("check_key", refused(), api_key=slot.api_key)

    with pytest.raises(AuthRejectedError, match="Kraken refuses the old key already") as caught:
        await bench.rotations.watch(slot.slot_id, look=True)
    ended = await bench.rotations.watch(slot.slot_id, SHORTEST_WATCH, unobserved=True)
    await bench.rotations.declare_revoked(slot.slot_id)
    bench.spot.answer("ask_once", refused(), api_key=slot.api_key)
    proven = await bench.rotations.prove(slot.slot_id)

    assert "--for 1s --unobserved" in caught.value.hint
    assert (ended.stage, proven.stage) == (Stage.REVOKE, Stage.CLEAN_UP)
