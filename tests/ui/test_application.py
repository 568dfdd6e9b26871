"""The one application object, and what it sets for the whole process."""

import sys
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from kraken_desk.app.application import make_application


@pytest.fixture
def usual_switching() -> Iterator[None]:
    """Let threads take turns as Python has it, and as it was afterwards."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("usual_switching")
def test_workers_leave_the_interpreter_to_the_window(qapp: QApplication) -> None:
    """Judging a large fleet on a worker holds no click up for longer than a millisecond."""
    app = make_application([])

    assert app is qapp
    assert sys.getswitchinterval() == pytest.approx(0.001)
