"""Spot signatures against Kraken's documented vector and others computed or observed elsewhere."""

import base64

import pytest

from kraken_desk.exchange.spot.signing import private_request, signature

SECRET = base64.b64decode(
    "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
)
NONCE = 1616492376594

VECTORS = {
    "Kraken docs: AddOrder": (
        "/0/private/AddOrder",
        "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25",
        "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ==",
    ),
    "observed: BalanceEx": (
        "/0/private/BalanceEx",
        "nonce=1616492376594",
        "1j2wTVcCjQvueYQKkvwE3KMKUKZ2X44OnlJOYr2nPt3WwRIl69rXv3dyHxdoxHIc88DGbIR+WwRtR0qudfAL+w==",
    ),
    "computed: GetApiKeyInfo": (
        "/0/private/GetApiKeyInfo",
        "nonce=1616492376594",
        "0hXh9q5/fK8xgzNfiExbUyhEvsv1gAYGgL/5PWy8Xo8kFGhpI/ZwAnHB1eC0SYtlYiywFcypDRuBP/GjHp+ojA==",
    ),
    "computed: Balance with otp": (
        "/0/private/Balance",
        "nonce=1616492376594&otp=123456",
        "jbyoyzbCFde1u0Rnp3ChMEofg5y4E4qpI247mcYicXoAi4c201b8GKM5LmshBvKP9WVm+UFHd710qkGBE0tRJw==",
    ),
    "computed: AccountTransfer, spaces as +": (
        "/0/private/AccountTransfer",
        "nonce=1616492376594&asset=XBT&amount=0.25&from=ABCD+1234+EFGH+5678&to=IJKL+0987+MNOP+6543",
        "Q2Kx3bn6nWrtK/vA897Ps+3nrKZArVd6vgOUBSr5XfSphgUN+3N6s8vCramoGZm+LAUEDWwoeXjT2+cjRWIRHA==",
    ),
    "computed: AccountTransfer, spaces as %20": (
        "/0/private/AccountTransfer",
        (
            "nonce=1616492376594&asset=XBT&amount=0.25"
            "&from=ABCD%201234%20EFGH%205678&to=IJKL%200987%20MNOP%206543"
        ),
        "mgZW1TRAqc5vxvmCYopv4tGPQX5HfF3xg5rcKt/zelPLUcz5LtgNHA/xZ+yhW9OBQqmDNT9pTUNANajYQjlZfQ==",
    ),
    "computed: JSON with nonce as text": (
        "/0/private/GetApiKeyInfo",
        '{"nonce":"1616492376594"}',
        "CdOMcl3cR5p2oNIy4JDCJS6qF+Pdsxp4wnJsuxgeOH031VC7l5wTihDfvkEZbg4mofmvM1Gn/y+eWFVYWn3GYA==",
    ),
    "computed: JSON with nonce as number": (
        "/0/private/AddOrder",
        (
            '{"nonce":1616492376594,"ordertype":"limit","pair":"XBTUSD","price":"37500",'
            '"type":"buy","volume":"1.25"}'
        ),
        "kMkTQfyYJH05IdnWQ9TIqL9Kq+dKqcD5O/TGPPLRwwy1is/YvqEYtMAHf7tXsqwfbLwp7pbzJzWHxzKPnL8rfA==",
    ),
    "observed: query string signed": (
        "/0/private/BalanceEx?account_id=WX6V-JUKW-KKPB-QE36",
        '{"nonce":1616492376594}',
        "mDKg80CLShRldrIGu7taGp/GfMXUwqa53OEktcFfiiAJpU89rGT78n4oS/sEceeBmue9I87upd8KZ0OhfvlPxg==",
    ),
}


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_published_vectors_come_out(vector: tuple[str, str, str]) -> None:
    """Every published signature is reproduced, for form and JSON bodies."""
    path, body, expected = vector

    assert signature(SECRET, path, str(NONCE), body.encode()) == expected


def test_the_funding_dialect_signs_with_the_same_rule() -> None:
    """An observed call of the Funding dialect, nonce in the header and empty body, fits the function."""
    path = "/funding/v1/methods/withdraw?asset%5Bclass%5D=currency&asset%5Bname%5D=USDC&limit=50"

    assert signature(SECRET, path, "1791504602000000000", b"") == (
        "ZDMDcR+vhL/pc5gQTi+RiuIVfTVW4HY/I8OHyuNzm+gVzPDwsnUDc6zH/BiYQaXblbP8LTrLbkGYA2oOzwaFvQ=="
    )


def test_a_private_request_carries_what_it_signs() -> None:
    """Nonce first, parameters in order, spaces as +; the headers name key, signature and encoding."""
    request = private_request(
        "https://api.kraken.com",
        "AccountTransfer",
        {"asset": "XBT", "amount": "0.25", "from": "ABCD 1234 EFGH 5678", "to": "IJKL 0987 MNOP 6543"},
        api_key="the-key",
        secret=SECRET,
        nonce=NONCE,
    )

    assert (request.method, request.url) == ("POST", "https://api.kraken.com/0/private/AccountTransfer")
    assert request.content.decode() == VECTORS["computed: AccountTransfer, spaces as +"][1]
    assert request.headers == {
        "API-Key": "the-key",
        "API-Sign": VECTORS["computed: AccountTransfer, spaces as +"][2],
        "Content-Type": "application/x-www-form-urlencoded",
    }


def test_a_request_hides_key_and_signature() -> None:
    """The representation of a request shows neither headers nor body."""
    request = private_request("https://x", "Balance", {}, api_key="the-key", secret=SECRET, nonce=1)

    assert "the-key" not in repr(request)
    assert "API-Sign" not in repr(request)
