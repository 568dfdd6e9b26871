"""A small checkout to set up, and a stand-in for pip and venv that remembers instead of installing."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from devtools import environment
from devtools.checkout import Checkout
from devtools.console import Part, SetupError

PYPROJECT = '[project]\nname = "kraken-desk"\nrequires-python = ">=3.11"\n[tool.ruff]\nline-length = 110\n'


class RecordingInstaller:
    """Remembers what would be run; making the environment leaves an empty interpreter behind."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self.steps: list[str] = []
        self.fails_at = ""

    def __call__(
        self, what: str, command: Sequence[Part], log: Path, env: Mapping[str, str], cwd: Path | None = None
    ) -> None:
        self.steps.append(what)
        if self.fails_at and what.startswith(self.fails_at):
            raise SetupError(f"{what} failed")
        if "venv" in command:
            self._checkout.python.parent.mkdir(parents=True)
            self._checkout.python.touch()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "a checkout"
    (folder / "packaging").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    (folder / "packaging" / "requirements.lock").write_text("alpha==1.0 \\\n    --hash=sha256:00\n", "utf-8")
    (folder / "packaging" / "requirements-test.lock").write_text("alpha==1.0\nbeta==2.0\n", "utf-8")
    return Checkout(folder)


@pytest.fixture
def installer(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> RecordingInstaller:
    recording = RecordingInstaller(checkout)
    monkeypatch.setattr(environment, "run_logged", recording)
    monkeypatch.setattr(environment, "_starts", lambda _: True)
    monkeypatch.setattr(environment, "_installed", lambda _: {"alpha", "pip", "kraken-desk"})
    return recording
