"""What Windows shows of the program's file: name and version. PyInstaller's part works on Windows only."""

from __future__ import annotations

from typing import Any

ENGLISH_UNICODE = "040904B0"
ENGLISH, UNICODE = 0x0409, 1200


def version_information(name: str, title: str, version: str) -> Any:  # a class of PyInstaller
    """Return the version resource of the executable `name`."""
    from PyInstaller.utils.win32 import versioninfo

    numbers = tuple(int(part) for part in [*version.split("."), "0", "0", "0"][:4])
    words = {
        "FileDescription": title,
        "FileVersion": version,
        "InternalName": name,
        "OriginalFilename": f"{name}.exe",
        "ProductName": title,
        "ProductVersion": version,
    }
    table = versioninfo.StringTable(
        ENGLISH_UNICODE, [versioninfo.StringStruct(key, text) for key, text in words.items()]
    )
    return versioninfo.VSVersionInfo(
        ffi=versioninfo.FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[
            versioninfo.StringFileInfo([table]),
            versioninfo.VarFileInfo([versioninfo.VarStruct("Translation", [ENGLISH, UNICODE])]),
        ],
    )
