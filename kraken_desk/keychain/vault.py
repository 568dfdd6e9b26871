"""Secrets in the operating system's keychain: the KeyVault port on keyring.

One item per key generation under a service name of its own, never overwritten: on Windows a second
user of one service name makes two writes of one, KeePassXC asks at every overwriting, and a new item
beside the old one survives a crash between the two. Names and attributes of items can be read while
a keychain is locked, so they hold our random ids and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from kraken_desk.domain.errors import KeychainError
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.keychain import policy, secret_service
from kraken_desk.keychain.at_once import secret_at_once
from kraken_desk.keychain.errors import (
    already_there,
    calling,
    closed,
    locked_up,
    missing,
    problem_of,
    unsafe,
    waiting,
)
from kraken_desk.keychain.items import PREFIX, USERNAME, service_of
from kraken_desk.keychain.secret_service import Collection, ServiceLook
from kraken_desk.keychain.worker import LIMIT_S, PROMPT_LIMIT_S, KeychainThread, Patience

if TYPE_CHECKING:  # a run reads one secret, and is to start quickly
    from keyring.backend import KeyringBackend

    from kraken_desk.domain.deskstatus import VaultDescription

LONGEST_SECRET = 1280
"""Windows keeps 2,560 bytes per item and keyring writes UTF-16; a Kraken secret has 88 characters."""

_DESCRIBE_WAIT_S = 1.0


class KeyringVault:
    """The system keychain, or a clear refusal.

    A call that was cancelled or ran out of time may still be carried out: whoever gave up a `put`
    removes the id afterwards.
    """

    def __init__(
        self, choose: Callable[[], KeyringBackend] = policy.choose_backend, *, limit_s: float = LIMIT_S
    ) -> None:
        self._choose = choose
        self._thread = KeychainThread(limit_s)
        self._backend: KeyringBackend | None = None

    async def describe(self) -> VaultDescription:
        """Say which keychain serves and whether it can now; never prompts, and answers in seconds.

        This is also the operator's retry: a keychain thread that hangs is replaced by a fresh one.
        """
        from kraken_desk.domain.deskstatus import VaultDescription

        if self._thread.busy and not await self._free_soon():
            return VaultDescription("System keychain", False, True, problem_of(waiting()))
        self._thread.renew()
        try:
            return await self._thread.call(self._describe_blocking)
        except KeychainError as error:
            return VaultDescription("No usable keychain", False, False, problem_of(error))

    async def put(self, key_id: KeyId, secret: ApiSecret) -> None:
        service = service_of(key_id)
        if len(secret.reveal()) > LONGEST_SECRET:
            raise ValueError(f"a secret has at most {LONGEST_SECRET} characters")
        await self._thread.call(lambda patience: self._put_blocking(service, secret, patience))

    async def get(self, key_id: KeyId) -> ApiSecret:
        return await self._thread.call(lambda patience: self._get_blocking(key_id, patience))

    async def remove(self, key_id: KeyId) -> None:
        service = service_of(key_id)
        await self._thread.call(lambda patience: self._remove_blocking(service, patience))

    async def ids(self) -> frozenset[KeyId] | None:
        """Return the ids of all our items without reading them; None where the keychain cannot list them."""
        return await self._thread.call(self._ids_blocking)

    async def close(self) -> None:
        """End the keychain thread; one that hangs is left behind."""
        self._thread.close()

    async def _free_soon(self) -> bool:
        """Wait a moment for the call in progress: most last milliseconds, one with a prompt minutes."""
        try:
            async with asyncio.timeout(_DESCRIBE_WAIT_S):
                await self._thread.call(lambda _: None)
        except (TimeoutError, KeychainError):
            return not self._thread.busy
        return True

    def _describe_blocking(self, _: Patience) -> VaultDescription:
        from kraken_desk.domain.deskstatus import VaultDescription

        backend = self._chosen()
        look = _look(backend)
        if look is None:
            return VaultDescription(_name(backend), True, True)
        reason = {Collection.LOCKED: locked_up(), Collection.ABSENT: closed()}.get(look.collection)
        problem = None if reason is None else problem_of(reason)
        return VaultDescription(look.name, usable=problem is None, persistent=True, problem=problem)

    def _put_blocking(self, service: str, secret: ApiSecret, patience: Patience) -> None:
        backend = self._ready(patience)
        if _read(backend, service, secret) is not None:
            raise already_there()
        calling(lambda: backend.set_password(service, USERNAME, secret.reveal()), secret)
        if _read(backend, service, secret) != secret:
            with contextlib.suppress(KeychainError):
                _delete(backend, service)
            raise unsafe("What was written did not come back unchanged, so the secret is not stored.")

    def _get_blocking(self, key_id: KeyId, patience: Patience) -> ApiSecret:
        if self._backend is None and self._choose is policy.choose_backend:
            found = secret_at_once(key_id)
            if found is not None:
                return found
        backend = self._ready(patience, writing=False)
        secret = _read(backend, service_of(key_id))
        if secret is not None:
            return secret
        look = _look(backend)
        if look is not None and look.collection is not Collection.OPEN:
            raise closed()  # nothing was seen because nothing could be seen
        raise missing(look.name if look else _name(backend))

    def _remove_blocking(self, service: str, patience: Patience) -> None:
        backend = self._ready(patience, writing=False)
        if _read(backend, service) is not None:
            _delete(backend, service)

    def _ids_blocking(self, _: Patience) -> frozenset[KeyId] | None:
        look = _look(self._chosen())
        if look is None:
            return None
        if look.collection is not Collection.OPEN:
            raise locked_up() if look.collection is Collection.LOCKED else closed()
        services = calling(lambda: secret_service.services_blocking(USERNAME))
        found = (service.removeprefix(PREFIX) for service in services if service.startswith(PREFIX))
        return frozenset(KeyId(key_id) for key_id in found)

    def _ready(self, patience: Patience, *, writing: bool = True) -> KeyringBackend:
        """Return the backend, with the caller's patience extended where a prompt may come.

        Only for writing may the keychain be asked to create its first collection.
        """
        backend = self._chosen()
        look = _look(backend)
        if look is not None and look.collection is Collection.ABSENT and not writing:
            raise closed()
        may_prompt = policy.class_name(backend) in (policy.MACOS, policy.KWALLET)
        if may_prompt or (look is not None and look.collection is not Collection.OPEN):
            patience.extend(PROMPT_LIMIT_S)
        return backend

    def _chosen(self) -> KeyringBackend:
        if self._backend is None:
            self._backend = self._choose()
        return self._backend


def _look(backend: KeyringBackend) -> ServiceLook | None:
    """Look at the Secret Service where the backend speaks to it."""
    if policy.class_name(backend) in (policy.SECRET_SERVICE, policy.LIBSECRET):
        return secret_service.look_blocking()
    return None


def _name(backend: KeyringBackend) -> str:
    return policy.ALLOWED.get(policy.class_name(backend), "The keychain")


def _read(backend: KeyringBackend, service: str, expected: ApiSecret | None = None) -> ApiSecret | None:
    """Return the secret or None; `expected` is kept out of the error's text if reading fails."""
    text = calling(lambda: backend.get_password(service, USERNAME), expected)
    return None if text is None else ApiSecret(text)


def _delete(backend: KeyringBackend, service: str) -> None:
    calling(lambda: backend.delete_password(service, USERNAME))
