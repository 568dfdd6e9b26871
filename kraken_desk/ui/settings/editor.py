"""SettingsEditor: what the pages change things through; every change counts at once."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from itertools import count
from typing import Any

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.preferences import Preferences
from kraken_desk.ui.kit import Kit


class SettingsEditor:
    """`failed` hears what could not be kept; the pages show their values by `on_change`, until `close`."""

    def __init__(self, kit: Kit, failed: Callable[[KrakenDeskError], None]) -> None:
        self.kit = kit
        self._failed = failed
        self._closed = False
        self._numbers = count()
        self._unsubscribe: list[Callable[[], None]] = []

    @property
    def preferences(self) -> Preferences:
        return self.kit.profile.preferences.preferences.value

    def change(self, **fields: Any) -> None:
        """Let other preferences count and write them."""
        service = self.kit.profile.preferences
        service.choose(replace(self.preferences, **fields))
        self.run(service.write())

    def run(
        self,
        work: Coroutine[Any, Any, object],
        done: Callable[[], None] | None = None,
        failed: Callable[[KrakenDeskError], None] | None = None,
    ) -> None:
        """Carry something out; each change is its own work, so that none cancels another.

        It goes on when the dialog closes: then nothing is shown, but a failure, which the window tells.
        """

        async def carry_out() -> None:
            await work
            if done is not None:
                self.show(done)

        def on_error(error: KrakenDeskError) -> None:
            if self._closed:
                self.kit.bridge.failed.emit(error)
            else:
                (failed or self._failed)(error)

        self.kit.bridge.start(f"settings:{next(self._numbers)}", carry_out(), on_error=on_error)

    def show(self, do: Callable[[], None]) -> None:
        """Show something on a page while there are pages."""
        if not self._closed:
            do()

    def on_change(self, show: Callable[[Preferences], None]) -> None:
        """Call `show` now and whenever preferences change, until `close`."""
        self.keep(self.kit.profile.preferences.preferences.subscribe(show))

    def keep(self, unsubscribe: Callable[[], None]) -> None:
        self._unsubscribe.append(unsubscribe)

    def close(self) -> None:
        self._closed = True
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
