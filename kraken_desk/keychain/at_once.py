"""One secret without an event loop, a thread or a library: for a run, which wants it now."""

from __future__ import annotations

from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.keychain import policy, secret_service
from kraken_desk.keychain.dumps import refuse_dumps
from kraken_desk.keychain.items import USERNAME, service_of


def secret_at_once(key_id: KeyId) -> ApiSecret | None:
    """Return a secret of the open Secret Service, within its time limits and without a prompt.

    None where it is not to be had in this way; the vault tells why, or finds it in another keychain.
    Raises KeychainUnavailableError when the service is silent.
    """
    if not policy.is_secret_service_first():
        return None
    refuse_dumps()
    text = secret_service.read_blocking(service_of(key_id), USERNAME)
    return None if text is None else ApiSecret(text)
