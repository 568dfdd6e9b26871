"""The Debian package: the bundle in /usr/lib, a command in /usr/bin, entries for the desktop."""

import gzip
import os
import platform
import shutil
from pathlib import Path

from devtools import native
from devtools.checkout import Checkout, child_environment
from devtools.console import Part, run_logged, say

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

CONTROL = """\
Package: kraken-desk
Version: {version}
Architecture: {architecture}
Maintainer: The Kraken Desk developers <krakendesk@localhost>
Installed-Size: {kilobytes}
Depends: libc6 (>= 2.34), {depends}
Recommends: gnome-keyring | kwalletmanager | keepassxc
Section: misc
Priority: optional
Description: API keys, balances and transfers of a fleet of Kraken accounts
 Kraken Desk keeps the API keys of a Kraken master account and its subaccounts in
 the system's keychain, shows what each key may do and from where, reads balances,
 moves money with a journal, and gives each key to one process only.
"""

COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: kraken-desk

Files: *
Copyright: The Kraken Desk developers
License: proprietary
 All rights reserved. The bundled Python, Qt and libraries keep the licences that lie beside them.
"""


def build(checkout: Checkout, bundle: Path, version: str) -> list[Path]:
    """Build the package beside the bundle; without dpkg-deb, say so and build none."""
    if not shutil.which("dpkg-deb"):
        say("no dpkg-deb here: no Debian package")
        return []
    architecture = ARCHITECTURES.get(platform.machine(), platform.machine())
    root = checkout.build / "debian"
    shutil.rmtree(root, ignore_errors=True)
    _lay_out(checkout, bundle, root)
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(control(root, version, architecture), "utf-8")
    package = checkout.dist / f"kraken-desk_{version}_{architecture}.deb"
    command: list[Part] = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", root, package]
    run_logged("packing for Debian", command, checkout.build / "build.log", child_environment())
    return [package]


def control(root: Path, version: str, architecture: str) -> str:
    """Return the package's description for the files below `root`."""
    kilobytes = sum(file.lstat().st_size for file in root.rglob("*") if not file.is_dir()) // 1024
    return CONTROL.format(
        version=version, architecture=architecture, kilobytes=kilobytes, depends=", ".join(depends())
    )


def depends() -> list[str]:
    """Return the Debian packages that Qt links to, alternatives joined; each once, in order."""
    needs = (*native.QT, *native.X11)
    return list(dict.fromkeys(" | ".join(need.packages) for need in needs))


def _lay_out(checkout: Checkout, bundle: Path, root: Path) -> None:
    library = root / "usr" / "lib" / "kraken-desk"
    shutil.copytree(bundle, library, symlinks=True)
    shutil.move(library / "share", root / "usr" / "share")
    commands = root / "usr" / "bin"
    commands.mkdir()
    (commands / "kraken-desk").symlink_to("../lib/kraken-desk/kraken-desk")
    papers = root / "usr" / "share" / "doc" / "kraken-desk"
    papers.mkdir(parents=True)
    (papers / "copyright").write_text(COPYRIGHT, "utf-8")
    news = (checkout.root / "CHANGELOG.md").read_bytes()
    (papers / "changelog.gz").write_bytes(gzip.compress(news, mtime=0))
    for path in root.rglob("*"):
        if not path.is_symlink():
            is_program = path.is_dir() or os.access(path, os.X_OK)
            path.chmod(0o755 if is_program else 0o644)
