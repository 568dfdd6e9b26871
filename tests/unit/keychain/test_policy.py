"""Which backend is taken, and how the others are refused."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from keyring.backend import KeyringBackend
from keyring.compat import properties

from kraken_desk.domain.errors import KeychainUnavailableError, UnsafeKeychainError
from kraken_desk.keychain import policy


class _Works(KeyringBackend):
    """A backend without a keychain behind it; keyring itself must not find it."""

    _classes: set[Any] = set()  # noqa: RUF012  # keyring's registry, hidden from the real one

    @properties.classproperty
    def priority(self) -> float:
        return 5

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


class _DoesNotWork(_Works):
    @properties.classproperty
    def priority(self) -> float:
        raise RuntimeError("not here")


def pretend(monkeypatch: pytest.MonkeyPatch, name: str, base: type[KeyringBackend]) -> None:
    """Let the class of that dotted name exist, with `base`'s behaviour."""
    module, _, kind = name.rpartition(".")
    made = type(kind, (base,), {"__module__": module, "__qualname__": kind})
    stand_in = ModuleType(module)
    setattr(stand_in, kind, made)
    monkeypatch.setitem(sys.modules, module, stand_in)


@pytest.fixture(autouse=True)
def nothing_works(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in policy.ALLOWED:
        pretend(monkeypatch, name, _DoesNotWork)


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("linux", policy.SECRET_SERVICE),
        ("linux", policy.LIBSECRET),
        ("linux", policy.KWALLET),
        ("freebsd14", policy.SECRET_SERVICE),
        ("darwin", policy.MACOS),
        ("win32", policy.WINDOWS),
    ],
)
def test_keychain_of_the_system_is_taken(monkeypatch: pytest.MonkeyPatch, platform: str, name: str) -> None:
    """On each system the one that works among its own keychains is taken."""
    pretend(monkeypatch, name, _Works)

    assert policy.class_name(policy.backend_for({}, platform)) == name


def test_secret_service_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several work, the order is fixed."""
    for name in policy.ALLOWED:
        pretend(monkeypatch, name, _Works)

    assert policy.class_name(policy.backend_for({}, "linux")) == policy.SECRET_SERVICE


def test_keychains_of_other_systems_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A working backend of another system is no way out."""
    pretend(monkeypatch, policy.SECRET_SERVICE, _Works)

    with pytest.raises(KeychainUnavailableError):
        policy.backend_for({}, "darwin")


def test_without_a_keychain_the_reasons_are_named() -> None:
    """The refusal says for each candidate why not, and what to install."""
    with pytest.raises(KeychainUnavailableError) as caught:
        policy.backend_for({}, "linux")

    assert caught.value.detail == (
        "Secret Service: not here; Secret Service (libsecret): not here; KWallet: not here."
    )
    assert "install" in caught.value.hint


def test_environment_may_choose_among_the_safe_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """PYTHON_KEYRING_BACKEND decides between two safe backends."""
    pretend(monkeypatch, policy.SECRET_SERVICE, _Works)
    pretend(monkeypatch, policy.KWALLET, _Works)

    backend = policy.backend_for({"PYTHON_KEYRING_BACKEND": policy.KWALLET}, "linux")

    assert policy.class_name(backend) == policy.KWALLET


def test_named_backend_that_does_not_work_has_no_substitute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names a backend gets that one or a refusal."""
    pretend(monkeypatch, policy.SECRET_SERVICE, _Works)

    with pytest.raises(KeychainUnavailableError, match="No keychain"):
        policy.backend_for({"PYTHON_KEYRING_BACKEND": policy.KWALLET}, "linux")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("keyring.backends.null.Keyring", "which forgets every secret"),
        ("keyring.backends.fail.Keyring", "which refuses every secret"),
        ("keyrings.alt.file.PlaintextKeyring", "which keeps secrets in files"),
        ("keyrings.alt.file.EncryptedKeyring", "which keeps secrets in files"),
        ("keyrings.cryptfile.cryptfile.CryptFileKeyring", "which keeps secrets in files"),
        ("someone.elses.Keyring", "which is not known to encrypt secrets"),
    ],
)
def test_unsafe_backend_in_the_environment_is_refused_aloud(
    monkeypatch: pytest.MonkeyPatch, name: str, reason: str
) -> None:
    """A variable that names an unsafe backend is a refusal with its name, although a safe one works."""
    pretend(monkeypatch, policy.SECRET_SERVICE, _Works)

    with pytest.raises(UnsafeKeychainError) as caught:
        policy.backend_for({"PYTHON_KEYRING_BACKEND": name}, "linux")

    assert caught.value.detail == f"PYTHON_KEYRING_BACKEND names {name}, {reason}."
    assert "Unset PYTHON_KEYRING_BACKEND" in caught.value.hint


def test_plaintext_backend_is_never_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """With keyrings.alt installed and no safe keychain there is a refusal, not a file."""
    pretend(monkeypatch, "keyrings.alt.file.PlaintextKeyring", _Works)

    with pytest.raises(KeychainUnavailableError):
        policy.backend_for({}, "linux")


def chain(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let keyring's chain consist of backends of these names."""
    members = []
    for name in names:
        pretend(monkeypatch, name, _Works)
        module, _, kind = name.rpartition(".")
        members.append(getattr(sys.modules[module], kind)())
    stand_in = ModuleType("keyring.backends.chainer")
    stand_in.ChainerBackend = type("ChainerBackend", (), {"backends": members})  # type: ignore[attr-defined]  # stand-in
    monkeypatch.setitem(sys.modules, "keyring.backends.chainer", stand_in)


def test_chain_of_one_safe_member_is_that_member(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain that holds nothing but a safe backend is replaced by it."""
    chain(monkeypatch, policy.SECRET_SERVICE)

    backend = policy.backend_for({"PYTHON_KEYRING_BACKEND": policy.CHAINER}, "linux")

    assert policy.class_name(backend) == policy.SECRET_SERVICE


@pytest.mark.parametrize(
    "names",
    [
        (policy.SECRET_SERVICE, "keyrings.alt.file.PlaintextKeyring"),
        ("keyrings.alt.file.PlaintextKeyring",),
        (),
    ],
    ids=["safe and plain", "plain", "empty"],
)
def test_any_other_chain_is_refused(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
    """A chain in which a secret could end in a file is refused, even behind a safe member."""
    chain(monkeypatch, *names)

    with pytest.raises(UnsafeKeychainError, match="not safe"):
        policy.backend_for({"PYTHON_KEYRING_BACKEND": policy.CHAINER}, "linux")


def test_environment_cannot_choose_the_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    """KEYRING_PROPERTY_PREFERRED_COLLECTION cannot lead secrets into one that ends with the session."""
    pretend(monkeypatch, policy.SECRET_SERVICE, _Works)
    monkeypatch.setenv("KEYRING_PROPERTY_PREFERRED_COLLECTION", "/org/freedesktop/secrets/collection/session")

    backend = policy.backend_for({}, "linux")

    assert not hasattr(backend, "preferred_collection")


def test_windows_secrets_stay_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows the secret does not roam with the user's profile."""
    pretend(monkeypatch, policy.WINDOWS, _Works)

    backend = policy.backend_for({}, "win32")

    assert vars(backend)["persist"] == "local machine"


def test_allowed_names_are_classes_of_keyring() -> None:
    """Every name on the list exists in the keyring that is installed."""
    from importlib.util import find_spec

    for name in policy.ALLOWED:
        sys.modules.pop(name.rpartition(".")[0], None)
        assert find_spec(name.rpartition(".")[0]) is not None
