"""Reading one secret from a Secret Service: what is asked, in which order, and when it is given up."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from jeepney import new_error, new_method_return
from jeepney.low_level import HeaderFields, Message, Parser
from secretstorage.dhcrypto import Session
from secretstorage.util import format_secret

from kraken_desk.domain.errors import KeychainUnavailableError
from kraken_desk.keychain import secret_service
from tests.helpers.builders import CANARY
from tests.unit.keychain.test_bus import _welcome, serving

COLLECTION = "/org/freedesktop/secrets/collection/login"


class Service:
    """Answers as a Secret Service does, as far as it was told; None is silence."""

    def __init__(self, **answers: Any) -> None:
        self.asked: list[str] = []
        self._answers: dict[str, Any] = {
            "Hello": ("s", (":1.1",)),
            "ReadAlias": ("o", (COLLECTION,)),
            "Get": ("v", (("b", False),)),
            "SearchItems": ("ao", ([f"{COLLECTION}/1"],)),
            **answers,
        }
        self._session = Session()
        self._session.object_path = "/org/freedesktop/secrets/session/s1"

    def serve(self, connection: socket.socket) -> None:
        _welcome(connection)
        parser, serial = Parser(), 0
        while data := connection.recv(4096):
            for call in parser.feed(data):
                serial += 1
                reply = self._reply(call)
                if reply is not None:
                    connection.sendall(reply.serialise(serial))

    def _reply(self, call: Message) -> Message | None:
        member = str(call.header.fields[HeaderFields.member])
        self.asked.append(member)
        if member == "OpenSession":
            self._session.set_server_public_key(int.from_bytes(call.body[1][1], "big"))
            public = self._session.my_public_key.to_bytes(128, "big")
            return new_method_return(call, "vo", (("ay", public), self._session.object_path))
        if member == "GetSecret" and member not in self._answers:
            secret = format_secret(self._session, CANARY.encode(), "text/plain")
            return new_method_return(call, "(oayays)", (secret,))
        answer = self._answers[member]
        if answer == "error":
            return new_error(call, "org.freedesktop.Secret.Error.IsLocked")
        return None if answer is None else new_method_return(call, *answer)


def read(service: Service, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str | None:
    with serving(folder, service.serve) as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        return secret_service.read_blocking("kraken-desk/1", "api-secret")


FIRST = ["Hello", "OpenSession", "ReadAlias"]
ALL = [*FIRST, "Get", "SearchItems", "GetSecret"]


def test_a_secret_takes_four_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session, whether the default collection is open, the item, its secret."""
    service = Service()

    assert read(service, tmp_path, monkeypatch) == CANARY
    assert service.asked == ALL


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"ReadAlias": ("o", ("/",))}, FIRST),
        ({"Get": ("v", (("b", True),))}, [*FIRST, "Get"]),
        ({"SearchItems": ("ao", ([],))}, [*FIRST, "Get", "SearchItems"]),
        ({"GetSecret": "error"}, ALL),
        ({"ReadAlias": "error"}, FIRST),
        ({"GetSecret": ("(oayays)", (("/s", b"", b"", "text/plain"),))}, ALL),
    ],
)
def test_what_is_in_the_way_is_not_insisted_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any], asked: list[str]
) -> None:
    """No collection, a locked one, no item, a refusal: nothing, and no question that could prompt."""
    service = Service(**answers)

    assert read(service, tmp_path, monkeypatch) is None
    assert service.asked == asked


@pytest.mark.parametrize("silent_at", ["Get", "GetSecret"])
def test_a_silent_service_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent_at: str) -> None:
    """It has less time for a look than for giving out a secret, which a person may have to allow."""
    monkeypatch.setattr(secret_service, "LOOK_LIMIT_S", 0.1 if silent_at == "Get" else 5.0)
    monkeypatch.setattr(secret_service, "ANSWER_LIMIT_S", 0.2)
    service = Service(**{silent_at: None})

    with pytest.raises(KeychainUnavailableError) as caught:
        read(service, tmp_path, monkeypatch)

    limit = "0.1" if silent_at == "Get" else "0.2"
    assert f"within {limit} seconds" in caught.value.detail
