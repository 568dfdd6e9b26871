"""The real gnome-keyring, in order and in every way out of order.

A refused call leaves its D-Bus connection to Python's garbage collector (keyring closes it only
after success), hence the filter.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kraken_desk.domain.errors import (
    KeychainError,
    KeychainLockedError,
    KeychainUnavailableError,
    SecretMissingError,
)
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.keychain.vault import KeyringVault
from tests.helpers.keychain import BUS, RealKeychain

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

ID = KeyId("0f3b9c5e7a214d68")
SECRET = base64.b64encode(bytes(range(100, 164))).decode()


@pytest.fixture(autouse=True)
def sockets_are_collected_here() -> Iterator[None]:
    """Collect what refused calls left behind while the filter of this module is on."""
    yield
    gc.collect()


@pytest.fixture
async def vault(real_keychain: RealKeychain) -> AsyncIterator[KeyringVault]:
    made = KeyringVault()
    yield made
    real_keychain.thaw()
    await made.close()


async def longest_gap(of: asyncio.Task[object]) -> float:
    """Return the longest pause of the event loop until the task has ended."""
    gap, last = 0.0, time.monotonic()
    while not of.done():
        await asyncio.sleep(0.005)
        now = time.monotonic()
        gap, last = max(gap, now - last), now
    return gap


async def test_keychain_is_named(vault: KeyringVault) -> None:
    """The description names the program that holds the secrets."""
    description = await vault.describe()

    assert description.name == "GNOME Keyring (Secret Service)"
    assert description.usable
    assert description.persistent


async def test_secrets_outlive_the_program(vault: KeyringVault) -> None:
    """Another vault, as after a restart, finds what the first has put."""
    await vault.put(ID, ApiSecret(SECRET))

    again = KeyringVault()
    secret = await again.get(ID)
    await again.close()

    assert secret.reveal() == SECRET


async def test_locked_keychain_shows_random_ids_only(
    vault: KeyringVault, real_keychain: RealKeychain
) -> None:
    """What anybody can read of a locked keychain is our random id and constants."""
    await vault.put(ID, ApiSecret(SECRET))
    real_keychain.lock()

    [(label, attributes)] = real_keychain.items()

    assert label == f"Password for 'api-secret' on 'kraken-desk/{ID}'"
    attributes.pop("xdg:schema", None)  # a constant that the keyring adds when it has read its file again
    assert attributes == {
        "application": "Python keyring library",
        "service": f"kraken-desk/{ID}",
        "username": "api-secret",
    }


async def test_secret_is_not_in_the_clear_on_disk(vault: KeyringVault, real_keychain: RealKeychain) -> None:
    """The files of the keyring hold the secret encrypted."""
    await vault.put(ID, ApiSecret(SECRET))

    files = [path.read_bytes() for path in real_keychain.data.rglob("*") if path.is_file()]

    assert files
    assert [content for content in files if SECRET.encode() in content] == []


@pytest.mark.parametrize("call", ["put", "get", "remove"])
async def test_locked_keychain_says_so(vault: KeyringVault, real_keychain: RealKeychain, call: str) -> None:
    """Every call on a locked keychain without a display gives KeychainLockedError, never a missing secret."""
    await vault.put(ID, ApiSecret(SECRET))
    real_keychain.lock()

    with pytest.raises(KeychainLockedError):
        await perform(vault, call)


async def test_locked_keychain_is_described_without_a_prompt(
    vault: KeyringVault, real_keychain: RealKeychain
) -> None:
    """The description of a locked keychain keeps its name and says why it is not usable."""
    real_keychain.lock()

    description = await vault.describe()

    assert description.name == "GNOME Keyring (Secret Service)"
    assert not description.usable
    assert description.problem is not None
    assert description.problem.category == "KeychainLockedError"


async def test_keychain_without_a_collection(vault: KeyringVault, real_keychain: RealKeychain) -> None:
    """A service with no default collection is not usable, and no call takes that for a missing secret."""
    real_keychain.start_afresh()

    description = await vault.describe()

    assert not description.usable
    assert description.problem is not None
    assert description.problem.title == "The keychain shows no collection"
    for call in ("put", "get", "remove"):
        with pytest.raises(KeychainLockedError):
            await perform(vault, call)


async def test_unlocked_again_works_again(vault: KeyringVault, real_keychain: RealKeychain) -> None:
    """After unlocking, the same vault serves without a restart."""
    await vault.put(ID, ApiSecret(SECRET))
    real_keychain.lock()
    with pytest.raises(KeychainLockedError):
        await vault.get(ID)

    real_keychain.unlock()

    assert (await vault.get(ID)).reveal() == SECRET


@pytest.mark.parametrize("call", ["put", "get", "remove"])
async def test_killed_keychain_is_unavailable(
    vault: KeyringVault, real_keychain: RealKeychain, call: str
) -> None:
    """With its service gone every call gives KeychainUnavailableError, never a missing secret."""
    await vault.put(ID, ApiSecret(SECRET))
    real_keychain.kill()

    with pytest.raises(KeychainUnavailableError):
        await perform(vault, call)

    description = await vault.describe()
    assert not description.usable
    assert description.problem is not None
    assert description.problem.category == "KeychainUnavailableError"


async def test_restarted_keychain_serves_again(vault: KeyringVault, real_keychain: RealKeychain) -> None:
    """When the service is back, the same vault finds its secrets."""
    await vault.put(ID, ApiSecret(SECRET))
    real_keychain.kill()
    with pytest.raises(KeychainUnavailableError):
        await vault.get(ID)

    real_keychain.start()

    assert (await vault.get(ID)).reveal() == SECRET


ONE_SECRET = """
import asyncio, sys
from kraken_desk.keychain.vault import KeyringVault

async def main():
    vault = KeyringVault()
    print((await vault.get(sys.argv[1])).reveal())
    await vault.close()

asyncio.run(main())
print("keyring" in sys.modules)
"""


async def test_a_program_that_wants_one_secret_loads_no_keyring(
    vault: KeyringVault, real_keychain: RealKeychain
) -> None:
    """Where the Secret Service is open the secret comes from it directly: `run` is to start quickly."""
    await vault.put(ID, ApiSecret(SECRET))

    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", ONE_SECRET, ID],
        env=real_keychain.env,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == [SECRET, "False"]


async def test_a_program_in_a_hurry_hears_what_is_wrong(
    vault: KeyringVault, real_keychain: RealKeychain
) -> None:
    """A first call that finds nothing, or a locked keychain, is explained as any other is."""
    await vault.put(ID, ApiSecret(SECRET))
    absent, locked = KeyringVault(), KeyringVault(limit_s=0.3)

    with pytest.raises(SecretMissingError):
        await absent.get(KeyId("another"))
    real_keychain.lock()
    with pytest.raises(KeychainLockedError):
        await locked.get(ID)

    real_keychain.unlock()
    await absent.close()
    await locked.close()


async def test_frozen_keychain_times_out_and_the_loop_lives(
    real_keychain: RealKeychain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that hangs is reported after the limit, and the event loop never waits for it."""
    monkeypatch.setattr("kraken_desk.keychain.secret_service.LOOK_LIMIT_S", 0.3)
    vault = KeyringVault(limit_s=5.0)
    await vault.put(ID, ApiSecret(SECRET))
    real_keychain.freeze()

    getting = asyncio.create_task(vault.get(ID))
    gap = await longest_gap(getting)
    description = await vault.describe()
    real_keychain.thaw()

    assert isinstance(getting.exception(), KeychainUnavailableError)
    assert gap < 0.25
    assert description.problem is not None
    assert description.problem.title == "The keychain does not answer"
    assert (await vault.get(ID)).reveal() == SECRET
    await vault.close()


async def test_keychain_frozen_in_the_middle_of_a_call(
    real_keychain: RealKeychain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service that freezes after it was looked at blocks the thread only; thawed, it serves again."""
    monkeypatch.setattr("kraken_desk.keychain.secret_service.look_blocking", _open_at_first_sight)
    vault = KeyringVault(limit_s=0.5)
    await vault.put(ID, ApiSecret(SECRET))
    real_keychain.freeze()

    with pytest.raises(KeychainUnavailableError, match="does not answer"):
        await vault.get(ID)
    with pytest.raises(KeychainUnavailableError, match="does not answer"):
        await vault.get(ID)
    real_keychain.thaw()

    assert (await eventually(vault)).reveal() == SECRET
    await vault.close()


def test_exit_does_not_wait_for_a_frozen_keychain(real_keychain: RealKeychain) -> None:
    """A process whose keychain call hangs ends at once."""
    real_keychain.freeze()
    program = (
        "import asyncio\n"
        "from kraken_desk.keychain import secret_service\n"
        "from kraken_desk.keychain.vault import KeyringVault\n"
        "secret_service.LOOK_LIMIT_S = 60\n"
        "async def main():\n"
        "    try:\n"
        "        await KeyringVault(limit_s=0.3).get('some-id')\n"
        "    except Exception as error:\n"
        "        print(type(error).__name__)\n"
        "asyncio.run(main())\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=real_keychain.env,
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert ended.stdout == "KeychainUnavailableError\n"
    assert ended.returncode == 0


async def test_no_session_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a session bus the error says what is missing and what to install; nothing else is tried."""
    monkeypatch.delenv(BUS, raising=False)
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    vault = KeyringVault()

    with pytest.raises(KeychainUnavailableError) as caught:
        await vault.put(ID, ApiSecret(SECRET))
    description = await vault.describe()
    await vault.close()

    assert "DBUS_SESSION_BUS_ADDRESS is unset" in caught.value.detail
    assert "gnome-keyring, KeePassXC" in caught.value.hint
    assert not description.usable
    assert not description.persistent


async def test_bus_that_has_ended(real_keychain: RealKeychain, vault: KeyringVault) -> None:
    """When the session bus dies under a running program, calls are refused and the loop goes on."""
    await vault.put(ID, ApiSecret(SECRET))
    real_keychain.stop_bus()

    with pytest.raises(KeychainUnavailableError):
        await vault.get(ID)


async def test_null_backend_is_refused(real_keychain: RealKeychain, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that names the forgetting backend is refused by name, although a keychain is there."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    vault = KeyringVault()

    with pytest.raises(KeychainError) as caught:
        await vault.put(ID, ApiSecret(SECRET))
    await vault.close()

    assert caught.value.category == "UnsafeKeychainError"
    assert "keyring.backends.null.Keyring, which forgets every secret" in caught.value.detail
    assert real_keychain.items() == []


async def test_configuration_file_does_not_choose(
    vault: KeyringVault, real_keychain: RealKeychain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A keyring configuration that names the forgetting backend changes nothing: ours is chosen by name."""
    (tmp_path / "python_keyring").mkdir()
    (tmp_path / "python_keyring" / "keyringrc.cfg").write_text(
        "[backend]\ndefault-keyring=keyring.backends.null.Keyring\n"
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    await vault.put(ID, ApiSecret(SECRET))

    assert len(real_keychain.items()) == 1


async def perform(vault: KeyringVault, call: str) -> None:
    if call == "put":
        await vault.put(KeyId("another"), ApiSecret(SECRET))
    elif call == "get":
        await vault.get(ID)
    else:
        await vault.remove(ID)


async def eventually(vault: KeyringVault) -> ApiSecret:
    """Get the secret as soon as the thread that hung is free again."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await vault.get(ID)
            except KeychainUnavailableError:
                await asyncio.sleep(0.01)


def _open_at_first_sight() -> object:
    from kraken_desk.keychain.secret_service import Collection, ServiceLook

    return ServiceLook("GNOME Keyring (Secret Service)", Collection.OPEN)
