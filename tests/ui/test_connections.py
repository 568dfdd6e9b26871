"""The connections of a pane end together."""

from PySide6.QtWidgets import QApplication

from kraken_desk.ui.connections import Connections
from kraken_desk.ui.selection import Selection
from tests.helpers.builders import a_master


def test_closing_ends_every_connection(qapp: QApplication) -> None:
    """After closing the slot hears nothing, and closing again is no error."""
    heard: list[str] = []
    selection, connections = Selection(), Connections()
    connections.listen(lambda: heard.append("changed"), selection.changed)
    selection.select_account(a_master().account_id)

    connections.close()
    connections.close()
    selection.clear()

    assert heard == ["changed"]


def test_they_can_be_opened_again(qapp: QApplication) -> None:
    """A pane that is opened a second time listens once, not twice."""
    heard: list[str] = []
    selection, connections = Selection(), Connections()
    for _ in range(2):
        connections.close()
        connections.listen(lambda: heard.append("changed"), selection.changed)

    selection.select_account(a_master().account_id)

    assert heard == ["changed"]
