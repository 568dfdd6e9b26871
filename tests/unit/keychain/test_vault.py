"""KeyringVault on a scripted backend: what a keychain's misbehaviour becomes, and where secrets do not go."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordSetError

from kraken_desk.domain.errors import (
    KeychainLockedError,
    KeychainUnavailableError,
    SecretMissingError,
    UnsafeKeychainError,
)
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.keychain import policy, secret_service
from kraken_desk.keychain.secret_service import Collection, ServiceLook
from kraken_desk.keychain.vault import KeyringVault
from tests.contract.keychain.scripted import ScriptedBackend

ID = KeyId("0f3b9c5e7a214d68")
CANARY = "canary-0123456789-canary"


@pytest.fixture
def backend() -> ScriptedBackend:
    return ScriptedBackend()


@pytest.fixture
async def vault(backend: ScriptedBackend) -> AsyncIterator[KeyringVault]:
    made = KeyringVault(lambda: backend, limit_s=5.0)
    yield made
    backend.gate.set()
    await made.close()


async def test_item_is_named_by_the_id_alone(vault: KeyringVault, backend: ScriptedBackend) -> None:
    """The service is unique per key and the username a constant."""
    await vault.put(ID, ApiSecret(CANARY))

    assert backend.items == {(f"kraken-desk/{ID}", "api-secret"): CANARY}


async def test_writing_is_checked_by_reading(vault: KeyringVault, backend: ScriptedBackend) -> None:
    """A put looks for an item, writes it and reads it back, all on the keychain thread."""
    await vault.put(ID, ApiSecret(CANARY))

    assert backend.calls == ["get", "set", "get"]
    assert backend.threads == {"keychain"}


async def test_garbled_secret_is_refused_and_removed(vault: KeyringVault, backend: ScriptedBackend) -> None:
    """A keychain that returns something else than was written holds nothing afterwards."""
    backend.garbles = True

    with pytest.raises(UnsafeKeychainError):
        await vault.put(ID, ApiSecret(CANARY))

    assert backend.items == {}


@pytest.mark.parametrize("key_id", ["", "a b", "Main desk/bot", "ключ", "x" * 65, "a\n"])
async def test_readable_ids_are_a_mistake(vault: KeyringVault, key_id: str) -> None:
    """Only random ids may name an item; a label or a path is a programming mistake in every call."""
    for call in (vault.get, vault.remove):
        with pytest.raises(ValueError, match="letters, digits"):
            await call(KeyId(key_id))
    with pytest.raises(ValueError, match="letters, digits"):
        await vault.put(KeyId(key_id), ApiSecret("x"))


async def test_secret_beyond_the_smallest_limit_is_a_mistake(vault: KeyringVault) -> None:
    """What Windows could not keep is refused on every system."""
    with pytest.raises(ValueError, match="1280"):
        await vault.put(ID, ApiSecret("x" * 1281))


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (KeyringLocked("Failed to unlock the collection!"), KeychainLockedError),
        (InitError("Failed to create the collection: Prompt dismissed."), KeychainLockedError),
        (InitError("Failed to create the collection: no such service."), KeychainUnavailableError),
        (NoKeyringError("nothing"), KeychainUnavailableError),
        (PasswordSetError("-25293"), KeychainUnavailableError),
        (BrokenPipeError(32, "Broken pipe"), KeychainUnavailableError),
        (OSError(1783, "The stub received bad data"), KeychainUnavailableError),
        (RuntimeError("anything else"), KeychainUnavailableError),
    ],
)
async def test_failures_are_sorted(
    vault: KeyringVault, backend: ScriptedBackend, failure: Exception, expected: type[Exception]
) -> None:
    """Each failure of a backend becomes the one error that tells the operator what to do."""
    backend.failure = failure

    for call in (vault.get(ID), vault.put(ID, ApiSecret("x")), vault.remove(ID)):
        with pytest.raises(expected) as caught:
            await call
        assert caught.value.__cause__ is failure


async def test_secret_in_a_backends_message_goes_no_further(
    vault: KeyringVault, backend: ScriptedBackend, caplog: pytest.LogCaptureFixture
) -> None:
    """A backend that quotes the secret in its error gets it into no error of ours, no report, no log."""
    caplog.set_level(logging.DEBUG)
    backend.failure = PasswordSetError(f"cannot store '{CANARY}'")

    with pytest.raises(KeychainUnavailableError) as caught:
        await vault.put(ID, ApiSecret(CANARY))

    error = caught.value
    shown = f"{error!r} {error} {error.title} {error.detail} {error.hint}"
    report = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    assert CANARY not in shown
    assert "[secret removed]" in error.detail
    assert CANARY not in "".join(report)
    assert CANARY not in caplog.text


async def test_frames_of_a_failed_call_are_forgotten(vault: KeyringVault, backend: ScriptedBackend) -> None:
    """A crash report with all local variables does not hold the secret that a backend was given."""
    backend.failure = PasswordSetError("no")

    with pytest.raises(KeychainUnavailableError) as caught:
        await vault.put(ID, ApiSecret(CANARY))

    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert CANARY not in "".join(report)
    assert caught.value.__cause__ is backend.failure
    assert backend.failure.__traceback__ is None


async def test_secret_is_in_no_representation(vault: KeyringVault, backend: ScriptedBackend) -> None:
    """Neither the vault nor what it returns shows the secret when printed."""
    await vault.put(ID, ApiSecret(CANARY))

    secret = await vault.get(ID)

    assert secret.reveal() == CANARY
    assert CANARY not in f"{vault!r} {vars(vault)!r} {secret!r} {secret}"


async def test_refused_choice_is_tried_again(backend: ScriptedBackend) -> None:
    """A keychain that appears after the first refusal is used without a restart."""
    answers = [False, True]

    def choose() -> ScriptedBackend:
        if not answers.pop(0):
            raise KeychainUnavailableError("none yet")
        return backend

    vault = KeyringVault(choose)

    with pytest.raises(KeychainUnavailableError):
        await vault.get(ID)
    await vault.put(ID, ApiSecret(CANARY))
    await vault.close()

    assert len(backend.items) == 1


async def test_hanging_backend_is_given_up_and_retried_by_describe(backend: ScriptedBackend) -> None:
    """After a hang the vault refuses at once; describe takes a fresh thread and serves again."""
    vault = KeyringVault(lambda: backend, limit_s=0.1)
    backend.gate.clear()
    with pytest.raises(KeychainUnavailableError, match="does not answer"):
        await vault.get(ID)
    with pytest.raises(KeychainUnavailableError, match="does not answer"):
        await vault.get(ID)

    description = await vault.describe()
    backend.gate.set()

    assert description.usable
    with pytest.raises(SecretMissingError):
        await vault.get(ID)
    await vault.close()


async def test_describing_does_not_wait_for_a_prompt(vault: KeyringVault, backend: ScriptedBackend) -> None:
    """While a call waits, perhaps for a person, the description says so instead of waiting too."""
    backend.gate.clear()
    getting = asyncio.create_task(vault.get(ID))
    await asyncio.sleep(0)

    description = await vault.describe()
    backend.gate.set()
    await asyncio.gather(getting, return_exceptions=True)

    assert not description.usable
    assert description.problem is not None
    assert description.problem.title == "Waiting for the system keychain"


async def test_describing_waits_out_a_short_call(vault: KeyringVault, backend: ScriptedBackend) -> None:
    """A call of milliseconds is waited for, and the description is the real one."""
    putting = asyncio.create_task(vault.put(ID, ApiSecret(CANARY)))
    await asyncio.sleep(0)

    description = await vault.describe()
    await putting

    assert description.usable


async def test_no_keychain_is_described_with_the_reason() -> None:
    """Without a keychain the description carries the refusal as a problem."""

    def refuse() -> ScriptedBackend:
        raise UnsafeKeychainError("This keychain is not safe", "because", "do this")

    vault = KeyringVault(refuse)

    description = await vault.describe()
    await vault.close()

    assert (description.name, description.usable, description.persistent) == (
        "No usable keychain",
        False,
        False,
    )
    assert description.problem is not None
    assert (description.problem.category, description.problem.detail, description.problem.hint) == (
        "UnsafeKeychainError",
        "because",
        "do this",
    )


@pytest.mark.parametrize("collection", [Collection.LOCKED, Collection.ABSENT])
async def test_nothing_seen_is_not_nothing_there(
    vault: KeyringVault, monkeypatch: pytest.MonkeyPatch, collection: Collection
) -> None:
    """An empty answer from a collection that is not open is never taken for a missing secret."""
    monkeypatch.setitem(policy.ALLOWED, SCRIPTED, "Scripted")
    monkeypatch.setattr(policy, "SECRET_SERVICE", SCRIPTED)
    monkeypatch.setattr(secret_service, "look_blocking", lambda: ServiceLook("Scripted", collection))

    with pytest.raises(KeychainLockedError):
        await vault.get(ID)


async def test_reading_never_creates_a_collection(
    vault: KeyringVault, backend: ScriptedBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no collection exists only a put may make the keychain ask for a new one."""
    monkeypatch.setattr(policy, "SECRET_SERVICE", SCRIPTED)
    monkeypatch.setattr(secret_service, "look_blocking", lambda: ServiceLook("Scripted", Collection.ABSENT))

    for call in (vault.get, vault.remove):
        with pytest.raises(KeychainLockedError):
            await call(ID)
    assert backend.calls == []
    await vault.put(ID, ApiSecret(CANARY))

    assert len(backend.items) == 1


async def test_prompt_has_more_time(backend: ScriptedBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the collection is locked, the limit is the one for prompts."""
    monkeypatch.setattr(policy, "SECRET_SERVICE", SCRIPTED)
    monkeypatch.setattr(secret_service, "look_blocking", lambda: ServiceLook("Scripted", Collection.LOCKED))
    vault = KeyringVault(lambda: backend, limit_s=0.05)
    backend.gate.clear()

    putting = asyncio.create_task(vault.put(ID, ApiSecret(CANARY)))
    done, _ = await asyncio.wait({putting}, timeout=0.2)
    backend.gate.set()
    await putting
    await vault.close()

    assert done == set()
    assert len(backend.items) == 1


def test_vault_costs_nothing_before_its_first_use() -> None:
    """Building a vault imports no keyring and starts no thread, so it may be built before the window."""
    program = (
        "import sys, threading\n"
        "from kraken_desk.keychain.vault import KeyringVault\n"
        "KeyringVault()\n"
        "heavy = [name for name in ('keyring', 'jeepney', 'secretstorage') if name in sys.modules]\n"
        "print(threading.active_count(), heavy)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert ended.stdout == "1 []\n"


SCRIPTED = f"{ScriptedBackend.__module__}.{ScriptedBackend.__qualname__}"
