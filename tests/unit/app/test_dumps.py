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


AT_ONCE = """
import ctypes
from kraken_desk.keychain import at_once, policy, secret_service
dumpable = lambda: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
policy.is_secret_service_first = lambda: True
secret_service.read_blocking = lambda service, username: f"secret {dumpable()}"
print(dumpable(), at_once.secret_at_once("0" * 32).reveal())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how other systems do it differs")
def test_a_run_leaves_none_either() -> None:
    """It reads its secret without the keychain's thread, and is not dumpable before that."""
    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.split() == ["1", "secret", "0"]
