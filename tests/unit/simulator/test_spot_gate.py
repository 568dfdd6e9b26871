"""Admission of private Spot calls: who gets in, and what the others are told."""

from dataclasses import replace

import pytest

from kraken_desk.simulator.credentials import OneTimeCode, totp
from kraken_desk.simulator.messages import Request
from tests.unit.simulator.asking import content, spot_request, spot_signature
from tests.unit.simulator.conftest import NOW, SmallExchange


def test_form_and_json_bodies_are_both_accepted(small: SmallExchange) -> None:
    """A call may come as a form or as JSON."""
    form = small.ask.spot(small.master_key, "GetApiKeyInfo")
    as_json = small.ask.spot(small.master_key, "GetApiKeyInfo", as_json=True)

    assert form["error"] == []
    assert as_json["error"] == []


def test_a_json_number_serves_as_nonce(small: SmallExchange) -> None:
    """A nonce written as a JSON number is signed by its digits."""
    body = '{"nonce":77}'
    path = "/0/private/Balance"
    signature = spot_signature(small.master_key.secret, path, "77", body)
    headers = {"api-key": small.master_key.api_key, "api-sign": signature, "content-type": "application/json"}

    reply = small.exchange.handle(Request("POST", path, "", headers, body.encode(), "203.0.113.10"))

    assert content(reply)["error"] == []
    assert small.master_key.nonce == 77


@pytest.mark.parametrize("key_text", ["", "unknown", "bOgUs+key/of/another/exchange"])
def test_an_unknown_key_is_refused(small: SmallExchange, key_text: str) -> None:
    """A missing or unknown key is called invalid."""
    request = spot_request(small.master_key, "Balance")

    reply = small.exchange.handle(replace(request, headers={**request.headers, "api-key": key_text}))

    assert content(reply) == {"error": ["EAPI:Invalid key"]}


def test_an_expired_key_is_invalid_from_the_second_on(small: SmallExchange) -> None:
    """A key works until its expiry and is invalid afterwards."""
    small.master_key.valid_until = int(NOW) + 60

    before = small.ask.spot(small.master_key, "Balance")
    small.world.clock.advance(60)
    after = small.ask.error(small.master_key, "Balance")

    assert before["error"] == []
    assert after == "EAPI:Invalid key"


def test_a_deleted_or_disabled_key_is_invalid(small: SmallExchange) -> None:
    """Deleting or disabling a key ends its use at once."""
    small.master_key.disabled = True
    small.world.keys.delete(small.first_key.api_key)

    assert small.ask.error(small.master_key, "Balance") == "EAPI:Invalid key"
    assert small.ask.error(small.first_key, "Balance") == "EAPI:Invalid key"


@pytest.mark.parametrize(
    ("allowlist", "caller", "admitted"),
    [
        (["203.0.113.10"], "203.0.113.10", True),
        (["203.0.113.10/32"], "203.0.113.11", False),
        (["203.0.113.0/24", "198.51.100.7"], "198.51.100.7", True),
        (["2001:db8:42::/48"], "2001:db8:42:17::5", True),
        (["2001:db8:42::/48"], "2001:db8:43::5", False),
        (["2001:db8:42::/48"], "203.0.113.10", False),
        ([""], "192.0.2.1", True),
        ([], "192.0.2.1", True),
    ],
)
def test_the_allowlist_decides_by_the_callers_address(
    small: SmallExchange, allowlist: list[str], caller: str, admitted: bool
) -> None:
    """Addresses and ranges of both families restrict; an empty list does not."""
    small.master_key.ip_allowlist = allowlist

    answer = small.ask.spot(small.master_key, "Balance", caller=caller)

    assert answer["error"] == ([] if admitted else ["EAPI:Invalid key"])


def test_the_answer_to_a_foreign_address_is_a_switch(small: SmallExchange) -> None:
    """What a caller outside the allowlist is told can be set, since nobody documents it."""
    small.master_key.ip_allowlist = ["198.51.100.1"]
    small.world.switches.ip_reject_error = "EGeneral:Permission denied"

    assert small.ask.error(small.master_key, "Balance") == "EGeneral:Permission denied"


def test_a_wrong_secret_gives_an_invalid_signature(small: SmallExchange) -> None:
    """A signature by another secret is refused and spends no nonce."""
    error = small.ask.error(small.master_key, "Balance", nonce=10**19, secret=b"x" * 64)

    assert error == "EAPI:Invalid signature"
    assert small.master_key.nonce == 0


def test_authentication_comes_before_arguments_and_rights(small: SmallExchange) -> None:
    """A bad signature is reported even if right and arguments are missing too."""
    small.master_key.permissions = []

    assert small.ask.error(small.master_key, "AccountTransfer", secret=b"x") == "EAPI:Invalid signature"
    assert small.ask.error(small.master_key, "AccountTransfer") == "EGeneral:Permission denied"


def test_nonces_must_rise(small: SmallExchange) -> None:
    """A nonce that is not above the last one is refused."""
    first = small.ask.spot(small.master_key, "Balance", nonce=100)
    same = small.ask.error(small.master_key, "Balance", nonce=100)
    lower = small.ask.error(small.master_key, "Balance", nonce=99)
    higher = small.ask.spot(small.master_key, "Balance", nonce=101)

    assert first["error"] == []
    assert (same, lower) == ("EAPI:Invalid nonce", "EAPI:Invalid nonce")
    assert higher["error"] == []


def test_a_nonce_window_admits_late_nonces(small: SmallExchange) -> None:
    """Inside the window a lower or repeated nonce passes; at its edge it does not."""
    small.master_key.nonce_window = 10
    small.ask.spot(small.master_key, "Balance", nonce=1000)

    inside = small.ask.spot(small.master_key, "Balance", nonce=991)
    repeated = small.ask.spot(small.master_key, "Balance", nonce=1000)
    edge = small.ask.error(small.master_key, "Balance", nonce=990)

    assert inside["error"] == []
    assert repeated["error"] == []
    assert edge == "EAPI:Invalid nonce"
    assert small.master_key.nonce == 1000


@pytest.mark.parametrize("nonce", ["", "-1", "1.5", "abc", "18446744073709551616", "0" * 30, "\u0661"])
def test_a_nonce_is_an_unsigned_64_bit_integer(small: SmallExchange, nonce: str) -> None:
    """Anything else in the place of the nonce is an invalid nonce."""
    assert small.ask.error(small.master_key, "Balance", {"nonce": nonce}) == "EAPI:Invalid nonce"


def test_a_body_that_cannot_be_read_is_an_invalid_nonce(small: SmallExchange) -> None:
    """Broken JSON holds no nonce."""
    request = spot_request(small.master_key, "Balance", as_json=True)

    reply = small.exchange.handle(replace(request, body=b"{", caller="203.0.113.10"))

    assert content(reply) == {"error": ["EAPI:Invalid nonce"]}


@pytest.mark.parametrize(("method", "name"), [("GET", "Balance"), ("POST", "Balances"), ("POST", "")])
def test_a_wrong_method_or_name_is_unknown(small: SmallExchange, method: str, name: str) -> None:
    """A private call by GET, as after a redirect, or under an unknown name is an unknown method."""
    request = replace(spot_request(small.master_key, name), method=method)

    assert content(small.exchange.handle(request)) == {"error": ["EGeneral:Unknown method"]}


def test_maintenance_makes_private_calls_unavailable(small: SmallExchange) -> None:
    """During maintenance a private call is unavailable, and the public status says why."""
    small.world.system.spot = "maintenance"

    assert small.ask.error(small.master_key, "Balance") == "EService:Unavailable"
    assert small.ask.get("/0/public/SystemStatus")["result"]["status"] == "maintenance"


def test_the_counter_refuses_and_decays(small: SmallExchange) -> None:
    """Twenty calls at once are too many for one key of the Pro tier; each second gives one back."""
    answers = [small.ask.spot(small.master_key, "Balance")["error"] for _ in range(21)]
    other_key = small.ask.spot(small.first_key, "Balance")["error"]
    small.world.clock.advance(2.0)
    later = small.ask.spot(small.master_key, "Balance")["error"]

    assert answers == [[]] * 20 + [["EAPI:Rate limit exceeded"]]
    assert other_key == []
    assert later == []


def test_ledger_calls_cost_two_points(small: SmallExchange) -> None:
    """Ten ledger calls empty the counter."""
    answers = [small.ask.spot(small.master_key, "Ledgers")["error"] for _ in range(11)]

    assert answers == [[]] * 10 + [["EAPI:Rate limit exceeded"]]


def test_ten_failures_lock_the_address_out_for_all_keys(small: SmallExchange) -> None:
    """After ten failed authentications every private call from the address is refused for 15 minutes."""
    for _ in range(10):
        small.ask.spot(small.first_key, "Balance", secret=b"wrong")

    good_key = small.ask.error(small.master_key, "Balance")
    elsewhere = small.ask.spot(small.master_key, "Balance", caller="198.51.100.1")
    public = small.ask.get("/0/public/Time")
    small.world.clock.advance(901)
    afterwards = small.ask.spot(small.master_key, "Balance")

    assert good_key == "EGeneral:Temporary lockout"
    assert elsewhere["error"] == []
    assert public["error"] == []
    assert afterwards["error"] == []


def test_asking_during_a_lockout_prolongs_it(small: SmallExchange) -> None:
    """Each attempt starts the quarter of an hour again."""
    for _ in range(10):
        small.ask.spot(small.first_key, "Balance", secret=b"wrong")

    small.world.clock.advance(600)
    small.ask.error(small.master_key, "Balance")
    small.world.clock.advance(600)

    assert small.ask.error(small.master_key, "Balance") == "EGeneral:Temporary lockout"


def test_failures_far_apart_do_not_lock(small: SmallExchange) -> None:
    """Failures older than five minutes are forgotten."""
    for _ in range(12):
        small.ask.spot(small.first_key, "Balance", secret=b"wrong")
        small.world.clock.advance(60)

    assert small.ask.spot(small.master_key, "Balance")["error"] == []


def test_a_static_second_factor_is_required(small: SmallExchange) -> None:
    """A key with a password needs it on every call and answers a missing one as a bad signature."""
    small.master_key.otp = OneTimeCode(password="swordfish")

    missing = small.ask.error(small.master_key, "Balance")
    wrong = small.ask.error(small.master_key, "Balance", {"otp": "haddock"})
    right = small.ask.spot(small.master_key, "Balance", {"otp": "swordfish"})

    assert (missing, wrong) == ("EAPI:Invalid signature", "EAPI:Invalid signature")
    assert right["error"] == []


def test_an_authenticator_code_is_accepted_in_its_step(small: SmallExchange) -> None:
    """The code of the present 30 s step passes, one from minutes ago does not."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    small.master_key.otp = OneTimeCode(authenticator=secret)
    step = int(NOW // 30)

    present = small.ask.spot(small.master_key, "Balance", {"otp": totp(secret, step)})
    stale = small.ask.error(small.master_key, "Balance", {"otp": totp(secret, step - 10)})

    assert present["error"] == []
    assert stale == "EAPI:Invalid signature"


def test_the_authenticator_follows_the_standard() -> None:
    """The code is that of the standard's test vector, cut to six digits."""
    assert totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59 // 30) == "287082"


def test_a_needless_second_factor_is_refused_under_a_switch(small: SmallExchange) -> None:
    """One report says that an otp on a key without 2FA is an invalid key."""
    tolerated = small.ask.spot(small.master_key, "Balance", {"otp": "123456"})
    small.world.switches.needless_otp_rejected = True
    refused = small.ask.error(small.master_key, "Balance", {"otp": "123456"})

    assert tolerated["error"] == []
    assert refused == "EAPI:Invalid key"


def test_unknown_parameters_are_refused_under_a_switch(small: SmallExchange) -> None:
    """Support says unknown parameters are ignored, the error guide that they are invalid."""
    ignored = small.ask.spot(small.master_key, "Balance", {"colour": "blue"})
    small.world.switches.unknown_parameters = "refused"
    refused = small.ask.error(small.master_key, "Balance", {"colour": "blue"})

    assert ignored["error"] == []
    assert refused == "EGeneral:Invalid arguments:colour"


def test_a_query_string_may_be_signed_or_not(small: SmallExchange) -> None:
    """Sources conflict on the signed path; by default both count and the log tells which."""
    query = f"account_id={small.master.wallet_id}"
    answer = small.ask.spot(small.master_key, "Balance", query=query)
    [entry] = small.world.requests.since()
    small.world.switches.query_string_signature = "signed"
    strict = small.ask.error(small.master_key, "Balance", query=query)

    assert answer["error"] == []
    assert entry.note == "path signed without query string"
    assert strict == "EAPI:Invalid signature"


def test_a_call_marks_the_key_as_used(small: SmallExchange) -> None:
    """`last_used` is null before the first call and its second afterwards."""
    before = small.first_key.last_used
    small.first_key.last_used = None

    small.ask.spot(small.first_key, "Balance")

    assert before is not None
    assert small.first_key.last_used == 1790000000


def test_requests_are_logged_without_secrets(small: SmallExchange) -> None:
    """The log has path, key, nonce, verdict and time, and no signature."""
    small.ask.spot(small.master_key, "Balance", nonce=5)
    small.ask.spot(small.master_key, "Balance", nonce=5)

    good, bad = (entry.as_dict() for entry in small.world.requests.since())

    assert (good["path"], good["nonce"], good["verdict"], good["at"]) == (
        "/0/private/Balance",
        "5",
        "ok",
        NOW,
    )
    assert bad["verdict"] == "EAPI:Invalid nonce"
    assert set(good) == {
        "sequence",
        "at",
        "method",
        "path",
        "api_key",
        "nonce",
        "caller",
        "verdict",
        "status",
        "fault",
        "note",
    }


def test_a_secret_in_the_wrong_place_is_not_logged(small: SmallExchange) -> None:
    """Of a key that the exchange does not know only the beginning is logged."""
    secret = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
    request = spot_request(small.master_key, "Balance")

    small.exchange.handle(replace(request, headers={**request.headers, "api-key": secret}))

    [entry] = small.world.requests.since()
    assert entry.api_key == "kQH5…"


def test_public_calls_need_no_key(small: SmallExchange) -> None:
    """Time, status and assets answer anybody; other paths are unknown methods."""
    time = small.ask.get("/0/public/Time")["result"]
    unknown = small.exchange.handle(Request("GET", "/0/public/Nothing"))

    assert time == {"unixtime": 1790000000, "rfc1123": "Mon, 21 Sep 26 14:13:20 +0000"}
    assert content(unknown) == {"error": ["EGeneral:Unknown method"]}


def test_assets_resolve_every_spelling(small: SmallExchange) -> None:
    """Assets are found by id, altname and display name; one unknown name rejects the list."""
    found = small.ask.get("/0/public/Assets", "asset=XXBT,DOGE,usd")["result"]
    displayed = small.ask.get("/0/public/Assets", "asset=XBT&assetVersion=1")["result"]
    unknown = small.ask.get("/0/public/Assets", "asset=XBT,NOPE")

    assert list(found) == ["XXBT", "XXDG", "ZUSD"]
    assert found["XXBT"]["altname"] == "XBT"
    assert found["XXBT"]["decimals"] == 10
    assert list(displayed) == ["BTC"]
    assert unknown == {"error": ["EQuery:Unknown asset"]}
