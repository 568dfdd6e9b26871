"""The first key: what it may be for, and the smallest rights for that."""

from kraken_desk.domain.first_key import USUAL, first_wish, process_of, purposes
from kraken_desk.domain.keys import DESK_PROCESS, Venue
from kraken_desk.domain.rights import right_ids
from kraken_desk.domain.roles import STARTING_ROLES, role_named


def test_the_desks_own_keys_are_offered_first() -> None:
    """A desk monitor shows the fleet, so it is what most operators want first; prices need no key."""
    offered = [role.role_id for role in purposes(Venue.SPOT)]

    assert offered[:2] == [USUAL, "desk-treasury"]
    assert "trading" in offered
    assert "market-data" not in offered


def test_the_wish_holds_the_smallest_rights_of_the_role() -> None:
    """What is to be ticked is what the role needs on that venue, and leaves addresses to the operator."""
    wish = first_wish(role_named(USUAL, STARTING_ROLES), Venue.SPOT)

    assert right_ids(wish.permissions) == {"query-funds", "query-ledger", "create-ws-token"}
    assert (wish.name, wish.ip_allowlist, wish.nonce_window) == ("kraken-desk-monitor", (), None)


def test_only_the_desks_own_roles_name_their_process() -> None:
    """The process of any other key is the operator's to name."""
    assert process_of(role_named(USUAL, STARTING_ROLES)) == DESK_PROCESS
    assert process_of(role_named("trading", STARTING_ROLES)) == ""
