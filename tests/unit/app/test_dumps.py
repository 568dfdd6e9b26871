"""No image of the program's memory is written, by its limits and by what it tells the kernel."""

import subprocess
import sys

import pytest

PROBE = """
import asyncio, ctypes, resource
from kraken_desk.app.entry import main
main(["--version"])
from kraken_desk.keychain.worker import KeychainThread
async def use():
    thread = KeychainThread()
    await thread.call(lambda patience: None)
    thread.close()
asyncio.run(use())
child = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
import subprocess, sys
print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
print(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how other systems do it differs")
def test_a_crash_leaves_no_image_of_the_memory() -> None:
    """No core file, and nothing for a collector; a program that is started by ours is as usual."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.split()[-3:] == ["0", "0", "1"]
