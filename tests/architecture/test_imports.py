"""Who may import whom: the contracts of pyproject.toml, and the libraries each package may use."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT, Module, imported_modules, modules_below, parse

ALLOWED_LIBRARIES: dict[str, set[str]] = {
    "domain": set(),
    "services": set(),
    "store": set(),
    "reports": set(),
    "exchange": {"httpx", "aiohttp", "yarl", "msgspec"},
    "keychain": {"keyring", "secretstorage", "jeepney"},
    "simulator": {"aiohttp"},
    "sealing": {"cryptography"},
    "ui": {"PySide6", "shiboken6"},
    "cli": {"click"},
    "app": {"PySide6", "shiboken6", "qasync", "click", "jeepney", "msgspec", "platformdirs"},
}
"""What a package may use beyond the standard library: a new entry here is a decision, not an accident."""

NOT_IN_THE_DOMAIN = {
    "asyncio",
    "http",
    "logging",
    "os",
    "pathlib",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
}
"""Parts of the standard library that would bring I/O or an event loop into plain values and rules."""

BREAKING_LINES = {
    "ui/view.py": "import kraken_desk.app.wiring",
    "services/accounts.py": "import kraken_desk.store.journal, PySide6.QtCore",
    "simulator/server.py": "import kraken_desk.domain.money",
    "cli/parser.py": "import kraken_desk.exchange.transport, keyring, jeepney, sqlite3",
    "domain/money.py": "import httpx, aiohttp, cryptography",
    "store/journal.py": "",
    "exchange/transport.py": "",
    "app/wiring.py": "",
}
"""A package of the same shape in which every contract is broken by at least one line."""


def foreign_libraries(module: Module) -> set[str]:
    """Return the top-level names imported from neither the standard library nor kraken_desk."""
    tops = {name.partition(".")[0] for name in imported_modules(module)}
    return tops - sys.stdlib_module_names - {"kraken_desk"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--config", folder / "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def contract_names() -> list[str]:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").partition("[tool.importlinter]")[2].splitlines()
    return [line.partition('"')[2].rstrip('"') for line in lines if line.startswith("name = ")]


def test_import_contracts_hold() -> None:
    """The import directions of the package map hold in the code as it is."""
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


def test_every_import_contract_can_be_broken(tmp_path: Path) -> None:
    """In a package whose imports go the wrong way every single contract is reported as broken."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ALLOWED_LIBRARIES:
        folder = tmp_path / "kraken_desk" / package
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
    (tmp_path / "kraken_desk" / "__init__.py").touch()
    for name, line in BREAKING_LINES.items():
        (tmp_path / "kraken_desk" / name).write_text(line + "\n", "utf-8")

    result = lint_imports(tmp_path)

    assert result.returncode == 1, result.stdout + result.stderr
    assert len(contract_names()) == 10
    assert [name for name in contract_names() if f"{name} BROKEN" not in result.stdout] == []


@pytest.mark.parametrize("package", sorted(ALLOWED_LIBRARIES))
def test_package_uses_only_its_libraries(package: str) -> None:
    """A package imports nothing beyond the standard library but the libraries listed for it."""
    found = {
        module.name: unexpected
        for module in modules_below(PACKAGE / package)
        if (unexpected := foreign_libraries(module) - ALLOWED_LIBRARIES[package])
    }

    assert found == {}


def test_every_package_has_its_list_of_libraries() -> None:
    """No package of kraken_desk is left out of the table above."""
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert packages == set(ALLOWED_LIBRARIES)


def test_domain_does_no_io() -> None:
    """The domain imports no part of the standard library that reads, writes, waits or schedules."""
    found = {
        module.name: tops
        for module in modules_below(PACKAGE / "domain")
        if (tops := {name.partition(".")[0] for name in imported_modules(module)} & NOT_IN_THE_DOMAIN)
    }

    assert found == {}


def test_foreign_libraries_are_seen_wherever_they_are_imported() -> None:
    """An import inside a function or under a condition counts like one at the top of the file."""
    module = parse(
        "import json\nfrom kraken_desk.domain import money\n"
        "def late():\n    import requests.adapters\n    from numpy import array\n"
    )

    assert foreign_libraries(module) == {"requests", "numpy"}
