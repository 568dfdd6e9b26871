"""PySide6 imported quickly is the same PySide6."""

import os
import subprocess
import sys

_PROBE = """
import linecache, sys
before = set(sys.modules)
from kraken_desk.app.quick_qt import import_qt
import_qt()
assert not {"ast", "dis", "inspect"} & (set(sys.modules) - before), "what only help needs is loaded"
late = [name for name in sys.modules if "update_mapping" in vars(sys.modules[name])]
assert not {"random", "tempfile"} & set(sys.modules), "what nobody uses is loaded"
import shiboken6, tempfile
assert shiboken6.tempfile is not tempfile and shiboken6.tempfile.mkdtemp is tempfile.mkdtemp
assert tempfile is sys.modules["tempfile"] and "random" in sys.modules
from PySide6.QtCore import QObject, QSize, Qt, Signal
import wave
assert sorted(n.rpartition(".")[2] for n in late if n.startswith("shibokensupport")) == [
    "enum_sig", "errorhandler", "layout", "mapping", "parser", "pyi_generator", "tool"
], late
assert "wave" not in " ".join(linecache.cache), "sources are read"
assert Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop == Qt.AlignmentFlag(33)
for call in (lambda: QSize("x"), lambda: QSize(1, 2, 3), lambda: QObject(nonsense=1)):
    try:
        call()
    except (TypeError, AttributeError) as error:
        print(type(error).__name__, error)
print(QSize.scaled.__doc__)
from PySide6.support import feature
assert (feature.snake_case, feature.info()) == (1, []), "what chooses names is not as ever"
assert feature.feature_import.__module__ == "shibokensupport.feature"
"""

_SAYS = """\
TypeError 'PySide6.QtCore.QSize.__init__' called with wrong argument types:
  PySide6.QtCore.QSize.__init__(str)
Supported signatures:
  PySide6.QtCore.QSize.__init__()
  PySide6.QtCore.QSize.__init__(QSize: PySide6.QtCore.QSize, /)
  PySide6.QtCore.QSize.__init__(w: int, h: int, /)
"""


def test_quick_pyside_still_explains_wrong_calls() -> None:
    """What is put off is loaded by the first error message, which reads as ever."""
    probe = subprocess.run(
        [sys.executable, "-c", _PROBE],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )

    assert probe.returncode == 0, probe.stderr
    assert probe.stdout.startswith(_SAYS)
    assert "TypeError QSize expected at most 2 arguments, got 3" in probe.stdout
    assert "AttributeError PySide6.QtCore.QObject.__init__(): 'nonsense'" in probe.stdout
    assert "scaled(self, w: int, h: int, mode: PySide6.QtCore.Qt.AspectRatioMode, /)" in probe.stdout
