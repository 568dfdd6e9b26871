"""The environment seal: no address outside it, and nothing in the clear over a network."""

from __future__ import annotations

import pytest

from kraken_desk.domain.environments import (
    BUILT_IN,
    PRODUCTION,
    UAT,
    Environment,
    EnvironmentKind,
    EnvironmentName,
    is_loopback,
    named,
    origin_of,
)
from kraken_desk.domain.errors import EnvironmentSealError, InputError, KrakenDeskError


def lab(url: str, **urls: str) -> Environment:
    return named("lab", "custom", spot_url=url, **urls)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.kraken.com",
        "https://api.kraken.com/",
        "https://api.kraken.com/0/private/Balance",
        "https://API.Kraken.COM/0/public/Time",
        "https://api.kraken.com:443/0",
        "HTTPS://api.kraken.com/0",
        "wss://ws-auth.kraken.com/v2",
        "https://futures.kraken.com/derivatives/api/v3/accounts",
    ],
)
def test_addresses_inside_the_environment_pass(url: str) -> None:
    """Any path below its origins, in any spelling of scheme, host and port."""
    PRODUCTION.check_seal(url)  # raises for any other

    assert origin_of(url) in PRODUCTION.origins()


@pytest.mark.parametrize(
    "url",
    [
        "http://api.kraken.com",
        "https://api.kraken.com:8443/0",
        "https://api.kraken.com.evil.com/0",
        "https://api.kraken.com@evil.com/0",
        "https://evil.com/https://api.kraken.com",
        "https://evil.com#@api.kraken.com",
        "https://api.kraken.com./0",
        "https://xapi.kraken.com",
        "https://api.vip.uat.lobster.kraken.com",
        "http://127.0.0.1:8080/0",
        "wss://api.kraken.com",
        "//api.kraken.com/0",
        "api.kraken.com",
        "",
        "https://api.kraken.com:99999/0",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
def test_addresses_outside_the_environment_are_refused(url: str) -> None:
    """Other hosts, ports and schemes, look-alikes, and what is no URL at all."""
    with pytest.raises(EnvironmentSealError):
        PRODUCTION.check_seal(url)


def test_uat_and_production_do_not_reach_each_other() -> None:
    """The built-in environments share no origin."""
    assert not PRODUCTION.origins() & UAT.origins()
    assert PRODUCTION.uses_real_keychain
    assert [e.kind for e in BUILT_IN] == [EnvironmentKind.PRODUCTION, EnvironmentKind.UAT]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://LOCALHOST",
        "http://[::1]:8080",
        "http://127.9.9.9",
        "https://kraken.example",
        "https://kraken.example:8443/",
        "HTTPS://Kraken.Example",
        " https://kraken.example ",
    ],
)
def test_usable_addresses_are_taken(url: str) -> None:
    """Encrypted anywhere, plain http on this machine only."""
    assert lab(url).spot_url == url.strip().rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://kraken.example",
        "http://localhost.evil.com",
        "http://127.0.0.1.nip.io",
        "http://0.0.0.0",
        "http://10.0.0.1",
        "http://[::]",
        "http://[fe80::1]",
        "http://2130706433",
        "http://127.1",
        "http://0x7f.1",
    ],
)
def test_plain_http_leaves_this_machine_never(url: str) -> None:
    """Names that only look like loopback, and spellings that resolvers read in odd ways."""
    with pytest.raises(EnvironmentSealError, match="Unencrypted"):
        lab(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "kraken.example",
        "ftp://kraken.example",
        "wss://kraken.example",
        "https://",
        "https://:443",
        "https://kraken.example:0",
        "https://kraken.example:port",
        "https://kraken.example:99999",
        "https://[::1",
        "https://kraken.example/0",
        "https://kraken.example?",
        "https://kraken.example?x=1",
        "https://kraken.example/#",
        "https://kraken.example#top",
        "https://user@kraken.example",
        "https://user:pass@kraken.example",
        "https://:pass@kraken.example",
        "https://@kraken.example",
        "https://kraken.example\\@evil.com",
        "https://krak en.example",
        "https://kraken.exa\nmple",
        "https://kr\u0430ken.example",
        "javascript://kraken.example",
    ],
)
def test_what_is_no_base_address_is_refused(url: str) -> None:
    """Paths, queries, credentials, other schemes, odd characters and look-alike letters."""
    with pytest.raises(InputError):
        Environment(EnvironmentName("lab"), EnvironmentKind.CUSTOM, url or " ")


def test_credentials_in_an_address_are_not_quoted() -> None:
    """The error does not repeat a password that was typed into the URL."""
    with pytest.raises(InputError) as caught:
        lab("https://user:hunter2@kraken.example")

    assert "hunter2" not in caught.value.detail


def test_websocket_addresses_have_their_own_schemes() -> None:
    """They are ws and wss, with the same rule for plain ones."""
    made = lab("http://127.0.0.1:1", spot_ws_url="ws://127.0.0.1:2", futures_ws_url="wss://kraken.example")
    assert made.origins() == {"http://127.0.0.1:1", "ws://127.0.0.1:2", "wss://kraken.example:443"}

    with pytest.raises(EnvironmentSealError):
        lab("https://kraken.example", spot_ws_url="ws://kraken.example")
    with pytest.raises(InputError):
        lab("https://kraken.example", spot_ws_url="https://kraken.example")


@pytest.mark.parametrize("kind", ["custom", "uat", "production"])
@pytest.mark.parametrize(
    "urls",
    [
        {"spot_url": "https://API.kraken.com"},
        {"spot_url": "https://kraken.example", "futures_url": "https://futures.kraken.com:443"},
        {"spot_url": "https://api.vip.uat.lobster.kraken.com"},
    ],
)
def test_krakens_own_addresses_stay_built_in(kind: str, urls: dict[str, str]) -> None:
    """A “UAT” of one's own cannot lead to production, and one address has one lockout budget."""
    with pytest.raises(EnvironmentSealError, match="built in"):
        named("mine", kind, **urls)


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a/b", "a\nb", "../x", "a;b", "“x”"])
def test_unusable_names_are_refused(name: str) -> None:
    """Names are short and plain: they stand in lists and messages."""
    with pytest.raises(InputError, match="Not a usable name"):
        named(name, "custom", spot_url="https://kraken.example")


@pytest.mark.parametrize(
    ("name", "kind"), [("Production", "custom"), ("demo", "custom"), ("x", "demo"), ("x", "?")]
)
def test_built_in_names_and_kinds_are_kept(name: str, kind: str) -> None:
    """The demo is the embedded simulator only, and unknown kinds are refused."""
    with pytest.raises(KrakenDeskError):
        named(name, kind, spot_url="https://kraken.example")


def test_the_demo_needs_no_keychain() -> None:
    """Its keys open nothing."""
    demo = Environment(EnvironmentName("demo"), EnvironmentKind.DEMO, "http://127.0.0.1:1")

    assert not demo.uses_real_keychain


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Host", "https://host:443"),
        ("http://host", "http://host:80"),
        ("ws://host", "ws://host:80"),
        ("wss://host:7", "wss://host:7"),
        ("http://[::1]:80/x", "http://::1:80"),
        ("https://host:0", "https://host:0"),
        ("https://host:x", "unreadable"),
    ],
)
def test_origins_have_one_spelling(url: str, origin: str) -> None:
    """Scheme, host and port, lower case, default ports written out."""
    assert origin_of(url) == origin


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.255.0.1", "::1", "[::1]"])
def test_loopback_is_recognised(host: str) -> None:
    """By name, IPv4 and IPv6."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.kraken.com.",
        "https://" + "a" * 64 + ".example",
        "https://" + "a" * 100_000,
        "https://" + "a." * 130 + "example",
        "https://api.kraken.com%2eevil.com",
        "https://a..b",
    ],
)
def test_hosts_that_are_no_names_are_refused(url: str) -> None:
    """Second spellings of a host, and hosts that could not be stored and read again."""
    with pytest.raises(InputError):
        Environment(EnvironmentName("lab"), EnvironmentKind.CUSTOM, url)


@pytest.mark.parametrize("name", ["\u0440roduction", "lab\u202e", "lab\n2", "\udcff", "l\xe4b"])
def test_names_use_one_alphabet(name: str) -> None:
    """Letters that look like others, and marks that cannot be seen, are refused in names."""
    with pytest.raises(InputError):
        named(name, "custom", spot_url="https://lab.example")
