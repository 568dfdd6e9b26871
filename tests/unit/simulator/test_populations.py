"""Ready-made worlds: the demo has every kind of key, a seed always gives the same, large ones start fast."""

import time

import pytest

from kraken_desk.simulator.building import describe_accounts
from kraken_desk.simulator.credentials import Access, FuturesKey, SpotKey, address_allowed
from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.populations import populate
from kraken_desk.simulator.spot_book import Holding
from tests.unit.simulator.asking import Asker

DAY = 86_400


def demo_spot_keys() -> dict[str, SpotKey]:
    return {key.name: key for key in populate("demo", 1).keys.spot.values()}


def test_the_demo_is_a_master_with_five_subaccounts() -> None:
    """Meridian Capital heads the tree, and every account has both venues' ids."""
    accounts = describe_accounts(populate("demo", 1))

    assert [(account["kind"], account["label"]) for account in accounts] == [
        ("master", "Meridian Capital"),
        ("subaccount", "Market making"),
        ("subaccount", "Momentum"),
        ("subaccount", "Basis"),
        ("subaccount", "Treasury reserve"),
        ("subaccount", "Research"),
    ]
    assert accounts[0]["iiban"] == "AA88 N84G WOAK NMOI"
    assert len({account["futures_uid"] for account in accounts}) == 6


def test_the_demo_has_every_kind_of_key() -> None:
    """Every sort of right, address rule and date that a manager has to show is there."""
    keys = demo_spot_keys()
    world = populate("demo", 1)
    now = world.now()

    assert keys["mm-dashboard"].permissions == ["query-funds", "query-open-trades"]
    assert "modify-trades" in keys["mm-bot-1"].permissions
    assert keys["desk treasury"].permissions == ["query-funds", "withdraw-funds", "query-ledger"]
    assert {"withdraw-funds", "modify-trades"} <= set(keys["legacy export"].permissions)
    assert keys["legacy export"].ip_allowlist == []
    assert keys["desk monitor"].ip_allowlist == ["203.0.113.10/32"]
    assert keys["mm-dashboard"].ip_allowlist == ["203.0.0.0/16"]
    assert any(":" in rule for rule in keys["research-notebook"].ip_allowlist)
    assert 2.9 * DAY < keys["momentum"].valid_until - now <= 3 * DAY
    assert 0 < keys["quarter-end audit"].valid_until < now
    assert keys["backtest-2025"].last_used is None
    assert keys["mm-bot-2"].nonce_window == 5000
    assert "manage-vaults" in keys["reserve-earn"].permissions


def test_every_account_of_the_demo_has_a_monitor_key() -> None:
    """A desk key per account reads balances and ledgers."""
    world = populate("demo", 1)

    monitored = {
        key.account.label
        for key in world.keys.spot.values()
        if key.hints.get("desk") and {"query-funds", "query-ledger"} <= set(key.permissions)
    }

    assert monitored == {account.label for account in world.accounts}


def test_every_usable_key_of_the_demo_answers_the_desk() -> None:
    """From the demo's caller address only the expired key is refused."""
    exchange = Exchange("demo", 1)
    ask = Asker(exchange)

    refused = [
        key.name
        for key in exchange.world.keys
        if isinstance(key, SpotKey) and ask.spot(key, "GetApiKeyInfo")["error"]
    ]
    unchecked = [
        key.name
        for key in exchange.world.keys
        if isinstance(key, FuturesKey) and "iiban" not in ask.futures(key, "/api/auth/v1/api-keys/v3/check")
    ]

    assert refused == ["quarter-end audit"]
    assert unchecked == []


def test_the_demos_futures_keys_cover_the_levels() -> None:
    """Full access with and without withdrawal, and read only."""
    levels = {(key.general, key.transfer) for key in populate("demo", 1).keys.futures.values()}

    assert levels == {
        (Access.FULL, Access.NONE),
        (Access.FULL, Access.FULL),
        (Access.READ, Access.NONE),
    }


def test_the_demos_balances_have_every_oddity() -> None:
    """Reward rows, a hold, a zero row, a tiny amount and a credit row."""
    world = populate("demo", 1)
    holdings = [row for account in world.accounts for row in account.spot.holdings.items()]
    cash = [row for account in world.accounts for row in account.futures.wallets["cash"].balances.items()]

    assert any(asset_id.endswith(".F") for asset_id, _ in holdings)
    assert any(holding.hold_trade for _, holding in holdings)
    assert any(holding == Holding() for _, holding in holdings)
    assert any(0 < amount < 1e-8 for _, amount in cash)
    assert any(code == "usd credit" for code, _ in cash)


def test_a_seed_gives_the_same_world_and_another_seed_another() -> None:
    """Keys, secrets and ids depend on seed and population alone."""
    first, again, other = ([key.api_key for key in populate("demo", seed).keys] for seed in (1, 1, 2))

    assert first == again
    assert not set(first) & set(other)


def test_key_material_has_krakens_form() -> None:
    """Keys are 56 characters, secrets 88 characters of base64."""
    for account in describe_accounts(populate("demo", 4)):
        keys = account["keys"]
        assert isinstance(keys, list)
        for key in keys:
            assert len(key["api_key"]) == 56
            assert len(key["api_secret"]) == 88


def test_iibans_carry_valid_check_digits() -> None:
    """Every IIBAN, the documented one included, passes the mod-97 check."""
    for account in populate("demo", 5).accounts:
        compact = account.iiban.replace(" ", "")
        digits = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
        assert int(digits) % 97 == 1


def test_a_large_population_starts_quickly() -> None:
    """Five hundred subaccounts with three keys each cost far less than two seconds."""
    started = time.process_time()

    world = populate("large:500", 1)

    assert time.process_time() - started < 2.0
    assert len(world.accounts) == 501
    assert len(list(world.keys)) == 1503


@pytest.mark.parametrize("name", ["", "demos", "large:", "large:0", "large:-1", "large:9999999", "large:x"])
def test_an_unknown_population_is_refused(name: str) -> None:
    """A population that does not exist is an error."""
    with pytest.raises(ValueError, match="large:N"):
        populate(name, 1)


def test_desk_addresses_are_in_every_allowlist() -> None:
    """Each restricted key of the demo can be called from the demo's own address."""
    for key in demo_spot_keys().values():
        assert address_allowed("203.0.113.10", key.ip_allowlist), key.name
