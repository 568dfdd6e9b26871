"""What a bundle leaves out, and what it must never leave out."""

import pytest

from bundle.pruning import is_unused, kept


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Qml.so.6",
        "PySide6/Qt6Quick.dll",
        "PySide6/Qt/plugins/platforms/libqeglfs.so",
        "PySide6\\plugins\\imageformats\\qtiff.dll",
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",
        "PySide6/Qt/translations/qtbase_fr.qm",
        "libgtk-3.so.0",
    ],
)
def test_unused_parts_are_left_out(name: str) -> None:
    """Other ways to draw, other desktops' libraries and other languages are no part of the bundle."""
    assert is_unused(name)


@pytest.mark.parametrize(
    "name",
    [
        "PySide6/Qt/lib/libQt6Core.so.6",
        "PySide6/Qt/lib/libicudata.so.73",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so",
        "PySide6/Qt/plugins/platformthemes/libqxdgdesktopportal.so",
        "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        "PySide6/Qt/translations/qtbase_en.qm",
        "kraken_desk/store/migrations/0001_fleet.sql",
        "certifi/cacert.pem",
    ],
)
def test_what_the_program_loads_stays(name: str) -> None:
    """The platforms, the SVG engine, file dialogs, data files and certificates are kept."""
    assert not is_unused(name)


def test_a_table_keeps_its_other_columns() -> None:
    """Entries of PyInstaller's tables pass whole or not at all."""
    table = [("libQt6Core.so.6", "/a", "BINARY"), ("libQt6Qml.so.6", "/b", "BINARY")]

    assert kept(table) == [("libQt6Core.so.6", "/a", "BINARY")]
