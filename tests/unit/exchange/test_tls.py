"""Encrypted connections: a trusted server is served, any other gets no byte of a request."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import UnreachableError
from kraken_desk.exchange.transport import HttpTransport
from tests.unit.exchange.fakes import FakeClock
from tests.unit.exchange.raw_server import Exchange, raw_server


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Return a file with a fresh certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def answers(exchange: Exchange) -> None:
    await exchange.answer(b'{"error":[]}')


def transport_to(url: str, context: ssl.SSLContext | None = None) -> HttpTransport:
    environment = Environment(EnvironmentName("tls"), EnvironmentKind.CUSTOM, spot_url=url)
    return HttpTransport(environment, clock=FakeClock(), user_agent="KrakenDesk/test", ssl_context=context)


async def test_a_trusted_server_is_spoken_to(certificate: Path) -> None:
    """With a certificate that the settings trust, requests go through, changes included."""
    trusting = ssl.create_default_context(cafile=str(certificate))

    async with raw_server(answers, serving(certificate)) as server:
        url = f"https://127.0.0.1:{server.port}"
        transport = transport_to(url, trusting)
        replies = [
            await transport.send("POST", f"{url}/x", content=b"a", fresh=fresh) for fresh in (False, True)
        ]
        await transport.close()
        await asyncio.sleep(0)

    assert [reply.status for reply in replies] == [200, 200]
    assert server.connections == 2


async def test_an_untrusted_server_gets_nothing(certificate: Path) -> None:
    """With the program's own settings a self-signed server is refused before a byte of the request."""
    async with raw_server(answers, serving(certificate)) as server:
        url = f"https://127.0.0.1:{server.port}"
        transport = transport_to(url)
        with pytest.raises(UnreachableError) as caught:
            await transport.send("POST", f"{url}/x", content=b"a")
        await transport.close()
        await asyncio.sleep(0)

    assert "No trusted encrypted connection" in caught.value.detail
    assert server.requests == []


async def test_tls_settings_are_made_once() -> None:
    """Calls at the same time share one set of TLS settings, which check names and certificates."""
    transport = transport_to("https://127.0.0.1:1")

    first, second = await asyncio.gather(transport.tls(), transport.tls())

    assert first is second
    assert (first.verify_mode, first.check_hostname) == (ssl.CERT_REQUIRED, True)
