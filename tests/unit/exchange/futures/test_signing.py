"""Futures signatures against Kraken's published vector, another client's, and computed ones."""

import base64

import pytest

from kraken_desk.exchange.futures.signing import authent, get_request, post_request, signed_text

SECRET = base64.b64decode(
    "7zxMEF5p/Z8l2p2U7Ghv6x14Af+Fx+92tPgUdVQ748FOIrEoT9bgT+bTRfXc5pz8na+hL/QdrCVG7bh9KpT0eMTm"
)
NONCE = 1415957147987
SUB = "7f5c528e-2285-45f0-95f5-83d53d4bfcd2"
MASTER = "ba598ca1-65c1-4f48-927d-0e2b647d627a"

VECTORS = {
    "V3 accounts": (
        "",
        str(NONCE),
        "/derivatives/api/v3/accounts",
        "ar47HmgHaRy9Sx4pgny8d0JvjsPmPE1vDPwEb2c+42WPpLtRI4xcLAppaweKMoTpyJQxYZEPqCM5LK5SDaPdBA==",
    ),
    "V4 accounts without nonce": (
        "",
        "",
        "/derivatives/api/v3/accounts",
        "gF9iu/gh5ia5pNW4Ljh2bVCMh+kDiJcge73pOkpBG+c5eJUmWgHY0zMkMXkvOHb9RnCWKKfzg6lCzyYYI95+Jg==",
    ),
    "V5 key check": (
        "",
        "",
        "/api/auth/v1/api-keys/v3/check",
        "uq2bRXfZd3Flh/pEj4SLiT9pjBgyXE15ufUW5ZzTesIPK+L0uXNf0q1VJyNy26wJ0Li/VAXboGUUh5WIJ3oKzQ==",
    ),
    "V6 transfer": (
        "fromAccount=cash&toAccount=flex&unit=USD&amount=10.5",
        str(NONCE),
        "/derivatives/api/v3/transfer",
        "8ZxSvvycucItBZuKQen6LSAsm9XOqk+5vHPc6sD4+eEq+CEEyWALIX6sSF1Th30Ilg/DOW41agmOfZHK9zOE/Q==",
    ),
    "V7 subaccount transfer": (
        f"fromUser={MASTER}&toUser={SUB}&fromAccount=cash&toAccount=cash&unit=usd&amount=100",
        str(NONCE),
        "/derivatives/api/v3/transfer/subaccount",
        "j81PcEwW5rM1XfW10AOcb2NqhvGu8wLfZq2kh5f0R3xFTZY/3/vO/gQqM3rvPaXsyIb9WKBCh96NCOgmSGaQ5w==",
    ),
    "V8 account log, space as +": (
        "since=1604937694000&sort=asc&info=cross-exchange+transfer&count=25",
        "",
        "/api/history/v3/account-log",
        "E/8r/F1C/8xZspnVcJC8YM1YGSoFcQNJC+5qDvIRkuseBbUthQctQwGLq0Ymx3GdoZv/yMYsc6g+tJXTqRwnVQ==",
    ),
    "V9 account log, space as %20": (
        "since=1604937694000&sort=asc&info=cross-exchange%20transfer&count=25",
        "",
        "/api/history/v3/account-log",
        "Lt6AyTFwcEI8/AnemUSRyQERHPvMuXFeNG9hOgOEmxGQ9Eo0IsDgMEgXr/emMGp1AjZN12eKiYhCKusWN4kffQ==",
    ),
    "V10 trading enabled": (
        "tradingEnabled=false",
        str(NONCE),
        f"/derivatives/api/v3/subaccount/{SUB}/trading-enabled",
        "GnA3oXjzKN1iCJsINpkxQYwfyuLCt8N1hIjL4CKCRCipIyHO48O452QW7tU/T1svJxRpKfRdHiZ7/q6VckW9cg==",
    ),
}


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_vectors_come_out(vector: tuple[str, str, str, str]) -> None:
    """Every vector is reproduced; /derivatives is left out of the signed path, other paths are whole."""
    post_data, nonce, path, expected = vector

    assert authent(SECRET, post_data, nonce, path) == expected


def test_krakens_websocket_challenge_comes_out() -> None:
    """V1: Kraken's own published signature of a challenge."""
    assert signed_text(SECRET, "c100b894-1729-464d-ace1-52dbce11db42") == (
        "4JEpF3ix66GA2B+ooK128Ift4XQVtc137N9yeg4Kqsn9PI0Kpzbysl9M1IeCEdjg0zl00wkVqcsnG4bmnlMb3A=="
    )


def test_another_clients_vector_comes_out() -> None:
    """V2: the value that python-kraken-sdk pins in its own tests."""
    result = authent(
        b"python-kraken-sdk unit-test secret value",
        "orderType=lmt&symbol=PI_XBTUSD",
        "1616492376594",
        "/derivatives/api/v3/sendorder",
    )

    assert result == (
        "Txi+gJVXe3EN1brXYQ46FuV6UVtEVSKhc6dYMhPb7a/HXZLGvO6m9UUg+KVKqhLxrbllOPI7qRkHYmPfJZZSGA=="
    )


def test_a_get_signs_its_query_and_sends_no_nonce() -> None:
    """The query in the URL is the signed text, and no Nonce header goes out."""
    request = get_request(
        "https://futures.kraken.com",
        "/api/history/v3/account-log",
        {"since": "1604937694000", "sort": "asc", "info": "cross-exchange transfer", "count": "25"},
        api_key="the-key",
        secret=SECRET,
    )

    assert request.url == (
        "https://futures.kraken.com/api/history/v3/account-log"
        "?since=1604937694000&sort=asc&info=cross-exchange+transfer&count=25"
    )
    assert request.headers == {
        "APIKey": "the-key",
        "Authent": VECTORS["V8 account log, space as +"][3],
    }


def test_a_post_signs_its_body_with_the_nonce() -> None:
    """Parameters go into the body in order, and the nonce into its header."""
    request = post_request(
        "https://futures.kraken.com",
        "/derivatives/api/v3/transfer/subaccount",
        {
            "fromUser": MASTER,
            "toUser": SUB,
            "fromAccount": "cash",
            "toAccount": "cash",
            "unit": "usd",
            "amount": "100",
        },
        api_key="the-key",
        secret=SECRET,
        nonce=NONCE,
    )

    assert request.content.decode() == VECTORS["V7 subaccount transfer"][0]
    assert request.headers == {
        "APIKey": "the-key",
        "Authent": VECTORS["V7 subaccount transfer"][3],
        "Nonce": "1415957147987",
        "Content-Type": "application/x-www-form-urlencoded",
    }
