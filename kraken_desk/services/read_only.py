"""The read-only switch of the whole program: while it is on, no money moves.

It is a setting of the profile, so window and command line share it. The journal looks at it in the
transaction that every transfer begins with.
"""

from __future__ import annotations

from kraken_desk.domain.errors import ReadOnlyError
from kraken_desk.services.ports import Settings
from kraken_desk.services.topics import Topic

SETTING = "read-only"


class ReadOnlyService:
    """Tells and sets the switch; `state` is what this program saw last."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.state: Topic[bool] = Topic(False)

    async def load(self) -> bool:
        """Read the switch, which another program may have turned."""
        on = await self._settings.setting(SETTING) == "on"
        if on != self.state.value:
            self.state.publish(on)
        return on

    async def switch(self, *, on: bool) -> None:
        await self._settings.save_setting(SETTING, "on" if on else "off")
        self.state.publish(on)

    async def refuse(self) -> None:
        """Raise ReadOnlyError while the switch is on; for everything that changes something at Kraken."""
        if await self.load():
            raise ReadOnlyError(
                "The program is set to read only",
                "Nothing was sent. No money moves until that is switched off.",
                "Switch it off in the window's top bar, or with: kraken-desk read-only off",
            )
