"""What becomes history: edits by name, and what Kraken says otherwise than before."""

from dataclasses import replace
from datetime import UTC, datetime

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.handover_form import HandOver, HandOverForm
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeyId, Problem, SlotId
from kraken_desk.domain.slot_history import check_changes, edits
from tests.helpers.builders import NOW, a_check, a_public_key, a_slot, spot_info

SLOT = SlotId("slot-1")


def texts(before: KeyCheck | None, after: KeyCheck) -> list[str]:
    return [event.text for event in check_changes(SLOT, before, after)]


def test_the_first_saving_is_the_beginning() -> None:
    """A slot nobody knew was added."""
    [event] = edits(None, a_slot(), NOW)

    assert (event.slot_id, event.at, event.text) == (SLOT, NOW, "Added to Kraken Desk")


def test_each_edit_is_named_with_old_and_new() -> None:
    """Saving the same again is nothing."""
    before = a_slot(name="bot", role="")
    after = replace(
        before, name="mm-bot", role="trading", only_here=True, hand_over=HandOver(HandOverForm.PIPE)
    )

    assert edits(before, before, NOW) == ()
    assert [event.text for event in edits(before, after, NOW)] == [
        "Name: “bot” → “mm-bot”",
        "Role: none → “trading”",
        "Declared: runs on this machine only",
        "Way of handing over: pipe",
    ]


def test_another_key_in_the_slot_is_a_rotation() -> None:
    """The public halves are shortened."""
    before = a_slot()
    [event] = edits(before, replace(before, key_id=KeyId("key-2"), api_key=a_public_key(2)), NOW)

    assert event.kind.value == "rotated"
    assert a_public_key(2) not in event.text


def test_only_another_outcome_of_a_check_is_told() -> None:
    """A daily check that says the same fills no history."""
    fine = a_check()
    refused = replace(
        fine, outcome=CheckOutcome.REJECTED, problem=Problem("AuthRejectedError", "Kraken refused the key")
    )

    assert texts(None, fine) == ["Check accepted"]
    assert texts(fine, fine) == []
    assert texts(fine, refused) == ["Check rejected: Kraken refused the key"]


def test_what_was_changed_at_kraken_is_told() -> None:
    """Rights, allowlist, expiry and window, each with what it was."""
    old = a_check(info=spot_info("query-funds", "query-ledger"))
    new = a_check(
        info=spot_info(
            "query-funds",
            "withdraw-funds",
            ip_allowlist=IpAllowlist(()),
            valid_until=datetime(2027, 1, 2, 3, 4, tzinfo=UTC),
            nonce_window=5,
        )
    )

    assert texts(old, new) == [
        "Permissions at Kraken: with withdraw-funds, without query-ledger",
        "IP allowlist at Kraken: 203.0.113.7 → any address",
        "Expiry: never → 2027-01-02 03:04 UTC",
        "Nonce window: 0 → 5",
    ]
