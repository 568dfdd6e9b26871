"""Notifications by the desktop's service, on a private bus with a server that remembers what it was told."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from kraken_desk.app.desktop_notices import ASK_AGAIN_S, LONGEST_BODY, DesktopNotices
from kraken_desk.domain.notices import Notice
from kraken_desk.domain.places import Place
from kraken_desk.domain.preferences import NoticeKind
from tests.helpers.bus import PrivateBus, private_bus
from tests.helpers.notifications import NotificationRecorder, recording
from tests.helpers.wait import wait_until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="D-Bus is Linux's")

JOURNAL = Place("journal")


def a_notice(title: str = "A title", body: str = "A body", **fields: object) -> Notice:
    given = {"kind": NoticeKind.DRIFT, "ident": "drift:1", "subject": "drift", "place": JOURNAL, **fields}
    return Notice(title=title, body=body, **given)  # type: ignore[arg-type]  # by name


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBus]:
    with private_bus() as bus:
        yield bus


@pytest.fixture
def server(bus: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> Iterator[NotificationRecorder]:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    with recording(bus.address) as recorder:
        yield recorder


@pytest_asyncio.fixture
async def clicks() -> list[Place]:
    return []


@pytest_asyncio.fixture
async def notices(server: NotificationRecorder, clicks: list[Place]) -> AsyncIterator[DesktopNotices]:
    made = DesktopNotices(clicks.append)
    assert await made.is_there()
    yield made
    await made.close()


async def test_a_notice_is_shown_with_its_urgency(
    notices: DesktopNotices, server: NotificationRecorder
) -> None:
    """Money in doubt is critical and stays; other news is not; every one can be clicked."""
    await notices.show(a_notice())
    await notices.show(a_notice(kind=NoticeKind.UNKNOWN_TRANSFER, subject="unknown:1"))

    usual, urgent = server.shown
    assert (usual.app_name, usual.summary, usual.body) == ("Kraken Desk", "A title", "A body")
    assert usual.actions == ("default", "Open")
    assert usual.hints == {"urgency": 1, "desktop-entry": "kraken-desk"}
    assert urgent.hints == {"urgency": 2, "desktop-entry": "kraken-desk", "resident": True}


async def test_news_of_the_same_thing_takes_its_place(
    notices: DesktopNotices, server: NotificationRecorder
) -> None:
    """The second notice of a subject replaces the first; another subject and a dismissed one do not."""
    await notices.show(a_notice("one"))
    await notices.show(a_notice("two"))
    await notices.show(a_notice("other", subject="foreign"))
    server.dismiss(server.shown[0].ident)
    await wait_until(lambda: "drift" not in notices._idents)
    await notices.show(a_notice("three"))

    assert [(s.summary, s.replaces_id) for s in server.shown] == [
        ("one", 0), ("two", 1), ("other", 0), ("three", 0)
    ]  # fmt: skip


async def test_a_click_tells_the_place_once(
    notices: DesktopNotices, server: NotificationRecorder, clicks: list[Place]
) -> None:
    """A click on ours is heard, one on a foreign or a withdrawn notification is not."""
    await notices.show(a_notice())
    server.click(server.shown[0].ident + 77)
    server.click(server.shown[0].ident)
    server.click(server.shown[0].ident)
    await notices.show(a_notice("fence"))
    await wait_until(lambda: clicks)

    assert clicks == [JOURNAL]


async def test_everything_is_taken_back(notices: DesktopNotices, server: NotificationRecorder) -> None:
    """What is still shown when the window locks, or the program ends, is closed."""
    await notices.show(a_notice())
    await notices.show(a_notice(subject="other"))
    await notices.withdraw()
    await notices.show(a_notice(subject="third"))
    await notices.close()

    assert server.closed == [1, 2, 3]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<b>x</b> & <a href='http://x'>y</a>", "&lt;b&gt;x&lt;/b&gt; &amp; &lt;a href='http://x'&gt;y&lt;/a&gt;"),
        ("nul\0, turn\u202e, half\ud800", "nul , turn , half "),
        ("two\nlines", "two\nlines"),
        ("x" * 5_000, "x" * (LONGEST_BODY - 1) + "…"),
    ],
)  # fmt: skip
async def test_hostile_names_are_words_only(
    notices: DesktopNotices, server: NotificationRecorder, body: str, shown: str
) -> None:
    """No markup, no character that cannot be seen, and no wall of text reaches the desktop."""
    await notices.show(a_notice(body, body))

    assert server.shown[0].body == shown
    assert not {"\0", "\n", "\u202e"} & set(server.shown[0].summary)
    assert len(server.shown[0].summary) <= 160


async def test_a_server_without_markup_gets_the_text_as_it_is(
    bus: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is escaped where nothing is understood, and no action is offered that cannot be taken."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    with recording(bus.address, ("body",)) as server:
        notices = DesktopNotices(lambda _place: None)
        await notices.is_there()
        await notices.show(a_notice(body="5 < 6 & more"))
        await notices.close()

    assert (server.shown[0].body, server.shown[0].actions) == ("5 < 6 & more", ())


async def test_without_a_server_it_says_so_and_asks_again_later(
    bus: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desktop without the service is not asked all the time, and found when it comes."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    now = [1_000.0]
    notices = DesktopNotices(lambda _place: None, lambda: now[0])
    first = await notices.is_there()
    with recording(bus.address):
        soon = await notices.is_there()
        now[0] += ASK_AGAIN_S
        later = await notices.is_there()
        await notices.close()

    assert (first, soon, later) == (False, False, True)


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/at/all", "tcp:host=x", "nonsense"])
async def test_without_a_bus_there_is_no_board(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the variable says, the program goes on without notifications."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    assert not await DesktopNotices(lambda _place: None).is_there()


async def test_a_server_that_leaves_costs_nothing(bus: PrivateBus, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notice for a desktop that has just gone is lost without an error, and the end is clean."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    notices = DesktopNotices(lambda _place: None)
    with recording(bus.address):
        assert await notices.is_there()

    await notices.show(a_notice())
    await asyncio.wait_for(notices.close(), 5)

    assert not await notices.is_there()
