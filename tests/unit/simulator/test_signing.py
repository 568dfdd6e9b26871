"""Signatures against vectors published by Kraken or pinned by independent clients."""

import base64

import pytest

from kraken_desk.simulator.futures import signing as futures
from kraken_desk.simulator.spot import signing as spot

SPOT_SECRET = base64.b64decode(
    "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
)
SPOT_NONCE = "1616492376594"
FUTURES_SECRET = base64.b64decode(
    "7zxMEF5p/Z8l2p2U7Ghv6x14Af+Fx+92tPgUdVQ748FOIrEoT9bgT+bTRfXc5pz8na+hL/QdrCVG7bh9KpT0eMTm"
)
FUTURES_NONCE = "1415957147987"
MASTER_UID = "ba598ca1-65c1-4f48-927d-0e2b647d627a"
SUBACCOUNT_UID = "7f5c528e-2285-45f0-95f5-83d53d4bfcd2"


@pytest.mark.parametrize(
    ("path", "body", "signature"),
    [
        (
            "/0/private/AddOrder",
            "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25",
            "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==",
        ),
        (
            "/0/private/BalanceEx",
            "nonce=1616492376594",
            "1j2wTVcCjQvueYQKkvwE3KMKUKZ2X44OnlJOYr2nPt3WwRIl69rXv3dyHxdoxHIc88DGbIR+WwRtR0qudfAL+w==",
        ),
        (
            "/0/private/AccountTransfer",
            "nonce=1616492376594&asset=XBT&amount=0.25&from=ABCD+1234+EFGH+5678&to=IJKL+0987+MNOP+6543",
            "Q2Kx3bn6nWrtK/vA897Ps+3nrKZArVd6vgOUBSr5XfSphgUN+3N6s8vCramoGZm+LAUEDWwoeXjT2+cjRWIRHA==",
        ),
        (
            "/0/private/AccountTransfer",
            (
                "nonce=1616492376594&asset=XBT&amount=0.25&from=ABCD%201234%20EFGH%205678"
                "&to=IJKL%200987%20MNOP%206543"
            ),
            "mgZW1TRAqc5vxvmCYopv4tGPQX5HfF3xg5rcKt/zelPLUcz5LtgNHA/xZ+yhW9OBQqmDNT9pTUNANajYQjlZfQ==",
        ),
        (
            "/0/private/GetApiKeyInfo",
            '{"nonce":"1616492376594"}',
            "CdOMcl3cR5p2oNIy4JDCJS6qF+Pdsxp4wnJsuxgeOH031VC7l5wTihDfvkEZbg4mofmvM1Gn/y+eWFVYWn3GYA==",
        ),
        (
            "/0/private/AddOrder",
            (
                '{"nonce":1616492376594,"ordertype":"limit","pair":"XBTUSD","price":"37500","type":"buy",'
                '"volume":"1.25"}'
            ),
            "kMkTQfyYJH05IdnWQ9TIqL9Kq+dKqcD5O/TGPPLRwwy1is/YvqEYtMAHf7tXsqwfbLwp7pbzJzWHxzKPnL8rfA==",
        ),
        (
            "/0/private/BalanceEx?account_id=WX6V-JUKW-KKPB-QE36",
            '{"nonce":1616492376594}',
            "mDKg80CLShRldrIGu7taGp/GfMXUwqa53OEktcFfiiAJpU89rGT78n4oS/sEceeBmue9I87upd8KZ0OhfvlPxg==",
        ),
    ],
)
def test_spot_accepts_published_signatures(path: str, body: str, signature: str) -> None:
    """Every known good Spot signature is accepted for exactly its bytes."""
    accepted = spot.matches(SPOT_SECRET, path, SPOT_NONCE, body.encode(), signature)
    changed = spot.matches(SPOT_SECRET, path, SPOT_NONCE, body.encode() + b"&x=1", signature)

    assert accepted
    assert not changed


@pytest.mark.parametrize(
    ("data", "nonce", "path", "signature"),
    [
        (
            "",
            FUTURES_NONCE,
            "/derivatives/api/v3/accounts",
            "ar47HmgHaRy9Sx4pgny8d0JvjsPmPE1vDPwEb2c+42WPpLtRI4xcLAppaweKMoTpyJQxYZEPqCM5LK5SDaPdBA==",
        ),
        (
            "",
            "",
            "/derivatives/api/v3/accounts",
            "gF9iu/gh5ia5pNW4Ljh2bVCMh+kDiJcge73pOkpBG+c5eJUmWgHY0zMkMXkvOHb9RnCWKKfzg6lCzyYYI95+Jg==",
        ),
        (
            "",
            "",
            "/api/auth/v1/api-keys/v3/check",
            "uq2bRXfZd3Flh/pEj4SLiT9pjBgyXE15ufUW5ZzTesIPK+L0uXNf0q1VJyNy26wJ0Li/VAXboGUUh5WIJ3oKzQ==",
        ),
        (
            "fromAccount=cash&toAccount=flex&unit=USD&amount=10.5",
            FUTURES_NONCE,
            "/derivatives/api/v3/transfer",
            "8ZxSvvycucItBZuKQen6LSAsm9XOqk+5vHPc6sD4+eEq+CEEyWALIX6sSF1Th30Ilg/DOW41agmOfZHK9zOE/Q==",
        ),
        (
            (
                f"fromUser={MASTER_UID}&toUser={SUBACCOUNT_UID}"
                "&fromAccount=cash&toAccount=cash&unit=usd&amount=100"
            ),
            FUTURES_NONCE,
            "/derivatives/api/v3/transfer/subaccount",
            "j81PcEwW5rM1XfW10AOcb2NqhvGu8wLfZq2kh5f0R3xFTZY/3/vO/gQqM3rvPaXsyIb9WKBCh96NCOgmSGaQ5w==",
        ),
        (
            "since=1604937694000&sort=asc&info=cross-exchange+transfer&count=25",
            "",
            "/api/history/v3/account-log",
            "E/8r/F1C/8xZspnVcJC8YM1YGSoFcQNJC+5qDvIRkuseBbUthQctQwGLq0Ymx3GdoZv/yMYsc6g+tJXTqRwnVQ==",
        ),
        (
            "since=1604937694000&sort=asc&info=cross-exchange%20transfer&count=25",
            "",
            "/api/history/v3/account-log",
            "Lt6AyTFwcEI8/AnemUSRyQERHPvMuXFeNG9hOgOEmxGQ9Eo0IsDgMEgXr/emMGp1AjZN12eKiYhCKusWN4kffQ==",
        ),
        (
            "tradingEnabled=false",
            FUTURES_NONCE,
            f"/derivatives/api/v3/subaccount/{SUBACCOUNT_UID}/trading-enabled",
            "GnA3oXjzKN1iCJsINpkxQYwfyuLCt8N1hIjL4CKCRCipIyHO48O452QW7tU/T1svJxRpKfRdHiZ7/q6VckW9cg==",
        ),
    ],
)
def test_futures_accepts_known_signatures(data: str, nonce: str, path: str, signature: str) -> None:
    """Every known good Futures signature is accepted for exactly its data."""
    accepted = futures.matches(FUTURES_SECRET, data, nonce, path, signature)
    changed = futures.matches(FUTURES_SECRET, f"{data}&x=1", nonce, path, signature)

    assert accepted
    assert not changed


def test_futures_accepts_the_vector_of_python_kraken_sdk() -> None:
    """A value pinned by an independent client's unit test is accepted."""
    accepted = futures.matches(
        b"python-kraken-sdk unit-test secret value",
        "orderType=lmt&symbol=PI_XBTUSD",
        "1616492376594",
        "/derivatives/api/v3/sendorder",
        "Txi+gJVXe3EN1brXYQ46FuV6UVtEVSKhc6dYMhPb7a/HXZLGvO6m9UUg+KVKqhLxrbllOPI7qRkHYmPfJZZSGA==",
    )

    assert accepted


def test_a_websocket_challenge_is_signed_as_kraken_publishes() -> None:
    """Kraken's own challenge vector comes out."""
    digest = futures.expected_challenge_digest(FUTURES_SECRET, "c100b894-1729-464d-ace1-52dbce11db42")

    assert base64.b64encode(digest).decode() == (
        "4JEpF3ix66GA2B+ooK128Ift4XQVtc137N9yeg4Kqsn9PI0Kpzbysl9M1IeCEdjg0zl00wkVqcsnG4bmnlMb3A=="
    )


def test_the_unencoded_form_counts_only_when_tolerated() -> None:
    """Signing the decoded parameters, abandoned in 2025, passes with the switch alone."""
    wire = "info=cross-exchange%20transfer"
    digest = futures.expected_digest(FUTURES_SECRET, "info=cross-exchange transfer", "", "/api/history/v3/x")
    signature = base64.b64encode(digest).decode()

    strict = futures.matches(FUTURES_SECRET, wire, "", "/api/history/v3/x", signature)
    tolerant = futures.matches(FUTURES_SECRET, wire, "", "/api/history/v3/x", signature, decoded_too=True)

    assert not strict
    assert tolerant


@pytest.mark.parametrize("signature", ["", "not base64!", "AAAA", "ü"])
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    """Text that is no signature is refused and does not raise."""
    assert not spot.matches(SPOT_SECRET, "/0/private/Balance", "1", b"nonce=1", signature)
    assert not futures.matches(FUTURES_SECRET, "", "", "/derivatives/api/v3/accounts", signature)
