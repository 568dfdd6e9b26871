"""Which keyring backends may hold a secret.

The list names classes. What keyring would pick by itself is never asked: next to a plaintext
backend it builds a chain with that as a fallback, without any it takes one that fails or, by a
user's configuration file, one that forgets. Runs on the keychain's thread.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kraken_desk.keychain.errors import unavailable, unsafe

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SECRET_SERVICE = "keyring.backends.SecretService.Keyring"  # noqa: S105  # a class
LIBSECRET = "keyring.backends.libsecret.Keyring"
KWALLET = "keyring.backends.kwallet.DBusKeyring"
WINDOWS = "keyring.backends.Windows.WinVaultKeyring"
MACOS = "keyring.backends.macOS.Keyring"

ALLOWED: Mapping[str, str] = {
    SECRET_SERVICE: "Secret Service",
    LIBSECRET: "Secret Service (libsecret)",
    KWALLET: "KWallet",
    WINDOWS: "Windows Credential Manager",
    MACOS: "macOS Keychain",
}
"""The backends that encrypt and belong to the system, with their names for people."""

CHAINER = "keyring.backends.chainer.ChainerBackend"
BY_ENVIRONMENT = "PYTHON_KEYRING_BACKEND"

_BY_SYSTEM = {"win32": (WINDOWS,), "darwin": (MACOS,)}
_ELSEWHERE = (SECRET_SERVICE, LIBSECRET, KWALLET)


def choose_backend() -> KeyringBackend:
    """Return the backend for this system; raises a KeychainError that says what to do."""
    return backend_for(os.environ, sys.platform)


def is_secret_service_first() -> bool:
    """Say whether the Secret Service is what this system would take first, and nobody asks for another."""
    return sys.platform not in _BY_SYSTEM and BY_ENVIRONMENT not in os.environ


def load_backends() -> tuple[str, ...]:
    """Import every backend that this system may use, and what they stand on; return the class names.

    For the self-test: raises ImportError when this installation lacks one. Whether a keychain
    answers is `choose_backend`'s question.
    """
    names = _BY_SYSTEM.get(sys.platform, _ELSEWHERE)
    beneath = ("secretstorage", "jeepney.io.blocking") if SECRET_SERVICE in names else ()
    for module in (*(name.rpartition(".")[0] for name in names), *beneath):
        importlib.import_module(module)
    return names


def backend_for(environ: Mapping[str, str], platform: str) -> KeyringBackend:
    """Choose among the allowed classes, in a fixed order per system.

    PYTHON_KEYRING_BACKEND may name one of them. Anything else there is refused aloud: whoever set
    it expects it to count.
    """
    named = environ.get(BY_ENVIRONMENT, "")
    if named == CHAINER:
        named = _only_member_of_the_chain()
    if named and named not in ALLOWED:
        raise unsafe(
            f"{BY_ENVIRONMENT} names {named}, {_what_is_wrong_with(named)}.",
            f"Unset {BY_ENVIRONMENT}; Kraken Desk then takes the system's own keychain.",
        )
    reasons = []
    for name in (named,) if named else _BY_SYSTEM.get(platform, _ELSEWHERE):
        try:
            return _load(name)
        except Exception as error:  # noqa: BLE001  # a backend says in its own way that it cannot work here
            reasons.append(f"{ALLOWED[name]}: {error}")
    raise unavailable("; ".join(reasons) + ".")


def class_name(backend: object) -> str:
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"


def _load(name: str) -> KeyringBackend:
    """Build an allowed backend; its `priority` raises where it cannot work."""
    module, _, kind = name.rpartition(".")
    backend_class: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
    _ = backend_class.priority
    backend = backend_class()
    # keyring lets KEYRING_PROPERTY_… variables steer a backend, for instance into a collection
    # that ends with the session. The system's own default is what we described to the operator.
    vars(backend).pop("preferred_collection", None)
    if name == WINDOWS:
        # keyring's default lets the secret roam to other machines of a domain.
        setattr(backend, "persist", "local machine")  # noqa: B010  # declared on Windows only
    return backend


def _only_member_of_the_chain() -> str:
    """Return the allowed backend inside keyring's chain when it is alone there, else the chain's name."""
    from keyring.backends.chainer import ChainerBackend

    members = [class_name(backend) for backend in ChainerBackend.backends]
    return members[0] if len(members) == 1 and members[0] in ALLOWED else CHAINER


def _what_is_wrong_with(name: str) -> str:
    if name.startswith("keyring.backends.null."):
        return "which forgets every secret"
    if name.startswith("keyring.backends.fail."):
        return "which refuses every secret"
    if name == CHAINER:
        return "a chain whose other members may keep secrets in plain text"
    if name.startswith("keyrings."):
        return "which keeps secrets in files"
    return "which is not known to encrypt secrets"
