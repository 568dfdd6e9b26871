"""Building bundles: what counts as built, and what the packages around it say."""

import gzip
from pathlib import Path

import pytest

from devtools import bundle, debian_package
from devtools.checkout import Checkout
from devtools.console import SetupError
from kraken_desk.app.system_unlock import ACTION
from tests.architecture.source import ROOT


def a_bundle(folder: Path, script: str) -> Path:
    """Return a bundle whose program is a shell script."""
    made = folder / "kraken-desk"
    made.mkdir(parents=True)
    program = made / "kraken-desk"
    program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    program.chmod(0o755)
    return made


def test_a_bundle_is_tested_elsewhere_with_nothing_around(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its test runs on a copy, and nothing of the builder's environment reaches it."""
    monkeypatch.setenv("PYTHONPATH", "builder")
    made = a_bundle(tmp_path, 'echo "$1 ${PYTHONPATH-none} $(dirname "$0")"')

    bundle.test_bundle(made)

    said = capsys.readouterr().out
    assert "--self-test none" in said
    assert str(tmp_path) not in said.partition("--self-test")[2]


def test_a_bundle_that_fails_its_test_is_not_built(tmp_path: Path) -> None:
    """The build ends with what the bundle said."""
    made = a_bundle(tmp_path, "echo 'BAD  icons: none'; exit 70")

    with pytest.raises(SetupError, match=r"\(70\):\nBAD  icons: none"):
        bundle.test_bundle(made)


def test_desktop_files_lie_where_desktops_look(tmp_path: Path) -> None:
    """The desktop entry, the AppStream description and icons of all sizes are below share."""
    checkout = Checkout(ROOT)
    made = a_bundle(tmp_path / "dist", "exit 0")
    elsewhere = Checkout(tmp_path)
    (tmp_path / "packaging").symlink_to(checkout.root / "packaging")
    (tmp_path / "build" / "icons").mkdir(parents=True)
    for size in bundle.PICTURE_SIZES:
        (tmp_path / "build" / "icons" / f"{size}.png").write_bytes(b"picture")

    bundle.add_desktop_files(elsewhere, made)

    share = made / "share"
    assert (share / "applications" / "kraken-desk.desktop").is_file()
    assert (share / "metainfo" / "io.github.krakendesk.KrakenDesk.metainfo.xml").is_file()
    action = share / "polkit-1" / "actions" / "io.github.krakendesk.KrakenDesk.policy"
    assert f'<action id="{ACTION}">' in action.read_text("utf-8")
    assert (share / "icons" / "hicolor" / "48x48" / "apps" / "kraken-desk.png").read_bytes() == b"picture"


def test_the_debian_package_asks_for_what_qt_links_to() -> None:
    """Each library once, with the names of older releases as alternatives, and no test tools."""
    depends = debian_package.depends()

    assert "libxcb-cursor0" in depends
    assert "libglib2.0-0t64 | libglib2.0-0" in depends
    assert len(depends) == len(set(depends))
    assert not any("gnome-keyring" in each for each in depends)


def test_the_debian_package_is_laid_out_as_debian_wants(tmp_path: Path) -> None:
    """Program below /usr/lib, a command that leads there, papers, and no file that others may write."""
    made = a_bundle(tmp_path / "dist", "exit 0")
    (made / "share").mkdir()
    (made / "data").write_bytes(b"x" * 4096)
    (made / "data").chmod(0o666)
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n", "utf-8")
    root = tmp_path / "root"

    debian_package._lay_out(Checkout(tmp_path), made, root)

    command = root / "usr" / "bin" / "kraken-desk"
    assert command.resolve() == root / "usr" / "lib" / "kraken-desk" / "kraken-desk"
    assert (root / "usr" / "lib" / "kraken-desk" / "data").stat().st_mode & 0o777 == 0o644
    assert command.stat().st_mode & 0o777 == 0o755
    news = root / "usr" / "share" / "doc" / "kraken-desk" / "changelog.gz"
    assert gzip.decompress(news.read_bytes()) == b"# Changelog\n"
    assert "Version: 1.2.3\n" in debian_package.control(root, "1.2.3", "amd64")


def test_the_version_is_the_wheels() -> None:
    """A package is named after the version that the wheel was built as."""
    assert bundle.version_of(Path("kraken_desk-0.1.0-py3-none-any.whl")) == "0.1.0"


def test_the_released_versions_name_the_present_one() -> None:
    """The AppStream description tells of the version that the package has."""
    from kraken_desk import __version__

    [description] = (ROOT / "packaging" / "linux").glob("*.metainfo.xml")
    assert f'<release version="{__version__}"' in description.read_text("utf-8")
