"""Secrets go through every feature of command line and window: they leave no trace, and nobody else hears."""

from __future__ import annotations

import base64
import json
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.canary.house import House, open_house
from tests.helpers.keychain import require_programs
from tests.helpers.notifications import recording

BOT, MONITOR, TREASURY = "mm-bot-1", "momentum monitor", "desk treasury"
WINDOW = "futures desk"
HERE = Path(__file__).parent
FORMS = ("text", "json", "csv", "html", "sarif")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    require_programs()
    aside = tmp_path_factory.mktemp("aside")
    with tempfile.TemporaryDirectory(prefix="kd-") as root, open_house(Path(root), aside) as house:
        urls = house.simulator.description
        house(
            "environments", "add", "rehearsal", "--kind", "custom",
            "--spot-url", urls["spot_url"], "--futures-url", urls["futures_url"],
            "--spot-ws-url", urls["spot_ws_url"], "--futures-ws-url", urls["futures_ws_url"],
        )  # fmt: skip
        for name in (BOT, MONITOR, TREASURY):
            house.plant(name, house.simulator.key(name)["api_secret"])
        house.plant(WINDOW, house.simulator.key(WINDOW)["api_secret"])
        house.plant("mistyped", base64.b64encode(secrets.token_bytes(64)).decode())
        house.plant("unlocking", "cormorant-vexing-41-quartz-sieve")
        house.plant("sealing", "plinth 77 marigold ferry outwit")
        house.plant("wrong", "harrow+dulcimer/93+spelt=noggin")
        yield house


def add_key(house: House, key: dict[str, Any], secret: str, *, code: int) -> None:
    words = ["keys", "add", "--environment", "rehearsal", "--venue", key["venue"], "--name", key["name"]]
    words += ["--api-key", key["api_key"], "--secret-stdin", "--process", key["name"], "--json"]
    house(*words, stdin=f"{secret}\n", code=code)


def add_and_check(house: House) -> None:
    """Keys go in by the right secret, a wrong one, a damaged one, and one in the wrong place."""
    bot, mistyped = house.simulator.key(BOT), house.canaries["mistyped"]
    add_key(house, bot, mistyped, code=3)
    add_key(house, bot, bot["api_secret"][:-7] + "!!", code=2)
    add_key(house, {**bot, "api_key": bot["api_secret"]}, bot["api_key"], code=2)
    for name in (BOT, MONITOR, TREASURY):
        add_key(house, house.simulator.key(name), house.canaries[name], code=0)
    house("keys", "check", BOT, MONITOR, "--json")
    for fault in ("truncated_json", "html_502", "invalid_key"):
        house.simulator.control(
            "POST", "/faults", {"name": fault, "path": "/0/private/GetApiKeyInfo", "count": 1}
        )
        house("keys", "check", MONITOR, code=None)
        house("keys", "diagnose", MONITOR, code=None)
    key = house.simulator.key(TREASURY)
    wider = {"api_key": key["api_key"], "ip_allowlist": [*key["ip_allowlist"], "192.0.2.9"]}
    house.simulator.control("PATCH", "/keys", wider)
    house("keys", "check", TREASURY)
    house("balances", "--json", code=None)
    house("keys", "show", BOT, "--json")


def rotate(house: House) -> None:
    """A successor comes in, is handed over, and the old key is proved dead."""
    bot = house.simulator.key(BOT)
    account = next(a for a in house.simulator.description["accounts"] if bot in a["keys"])
    house("keys", "rotate", "start", BOT)
    new = house.simulator.control(
        "POST", "/keys", {"account": account["iiban"], "name": "new", "permissions": bot["permissions"]}
    )
    house.plant("successor", new["api_secret"])
    paste = ("keys", "rotate", "paste", BOT, "--api-key", new["api_key"], "--secret-stdin", "--json")
    house(*paste, stdin=new["api_secret"])
    house("keys", "rotate", "compare", BOT, "--accept")
    house("keys", "rotate", "hand-over", BOT)
    house("keys", "rotate", "status", BOT, "--json")


def hand_over(house: House) -> None:
    """The pair reaches children in all forms."""
    for options in (("--pipe",), ("--file",), ()):
        house.run(BOT, *options)
    house.run(BOT, "--ws-token", "--pipe")


def report(house: House) -> None:
    """Everything that can be written is written, in all its forms, below the searched directory."""
    for form in FORMS:
        house("audit", "--format", form, "--output", str(house.root / f"audit.{form}"), code=None)
    for words in (
        ("audit", "blast", "--json"), ("audit", "drift", "--json"), ("keys", "list", "--json"),
        ("matrix", "--json"), ("horizon", "--json"), ("doctor", "--json"), ("leases", "--json"),
        ("journal", "export", "--out", str(house.root / "journal.jsonl")), ("hosts", "list", "--json"),
        ("policy", "export", "--output", str(house.root / "policy.toml")),
    ):  # fmt: skip
        house(*words, code=None)


def lock_and_back_up(house: House) -> None:
    """Passphrases are set, mistyped and refused; sealed copies are made, tried and brought back."""
    unlocking, sealing, wrong = (house.canaries[name] for name in ("unlocking", "sealing", "wrong"))
    house("passphrase", "set", "--passphrase-stdin", "--json", stdin=unlocking, code=None)
    house("passphrase", "status", "--json")
    bare, full = house.root / "bare.backup", house.root / "full.backup"
    house("backup", "make", str(bare), "--passphrase-stdin", stdin=sealing)
    house("backup", "make", str(full), "--with-secrets", "--passphrase-stdin", stdin=sealing)
    house("backup", "drill", str(full), "--passphrase-stdin", "--json", stdin=sealing)
    house("backup", "drill", str(full), "--passphrase-stdin", "--json", stdin=wrong, code=None)
    other = str(house.root / "restored")
    house("--home", other, "backup", "restore", str(full), "--passphrase-stdin", stdin=sealing)


def use_window(house: House) -> dict[str, Any]:
    """The real window is unlocked, filled, failed in, locked and left; returns what was read of it."""
    key = house.simulator.key(WINDOW)
    plan = {**house.canaries, "key": key, "profile": str(house.profile), "aside": str(house.aside)}
    plan["token"] = house.canaries["ws_token"]
    with recording(house.keychain.address) as recorder:
        seen = house.watch(HERE / "window_child.py", json.dumps(plan))
    house.said.append(("notifications", recorder.texts))
    assert "has changed at Kraken" in recorder.texts
    for place, texts in seen.items():
        house.said.append((f"the window's {place}", "\n".join(map(str, texts))))
    (house.aside / "seen.json").write_text(json.dumps(seen))
    return seen


@pytest.fixture(scope="module")
def led_through(house: House) -> tuple[House, dict[str, Any]]:
    """Return the house after everything in it was used, and what was read of the window."""
    add_and_check(house)
    rotate(house)
    hand_over(house)
    report(house)
    lock_and_back_up(house)
    return house, use_window(house)


def test_no_trace_is_left_of_any_secret(led_through: tuple[House, dict[str, Any]]) -> None:
    """Keys, passphrases and tokens are in no file, database, log, output, process or file's name."""
    house, seen = led_through

    assert house.traces() == []
    assert seen["end"] == ["\n"]


def test_nobody_but_the_environments_hosts_is_called(led_through: tuple[House, dict[str, Any]]) -> None:
    """No telemetry, no look for a newer version: neither Python nor Qt connects or looks up elsewhere."""
    house, _ = led_through
    url = urlsplit(house.simulator.description["spot_url"])
    exchange = f"{url.hostname} {url.port}"

    assert house.calls.told() == {exchange}
    assert house.calls.traced() == ({exchange} if house.calls.command("any") else set())
