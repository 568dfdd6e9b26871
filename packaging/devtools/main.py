"""The words of the developer command and what each of them sets up and runs."""

import argparse
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from devtools import bundle, checks, debian, display, environment, locking, native
from devtools.checkout import Checkout, child_environment, this_checkout
from devtools.console import Part, SetupError, say

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


def set_up(checkout: Checkout, *, with_tests: bool) -> None:
    """Provide native libraries and environment; a second call finds both there and returns at once."""
    debian.provide(native.needs_here(with_tests=with_tests), checkout.log("native"))
    environment.ensure(checkout, with_tests=with_tests)


def demo(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Open the window on the embedded simulator; without a display take pictures of it instead."""
    set_up(checkout, with_tests=False)
    program: list[Part] = [checkout.python, "-m", "kraken_desk", "demo"]
    if any(argument.startswith("--snapshot") for argument in arguments):
        return _call([*program, *arguments], child_environment(**OFFSCREEN))
    problem = display.problem(checkout.python, child_environment())
    if not problem:
        say("opening Kraken Desk on its simulator")
        return _call([*program, *arguments], child_environment())
    say(
        f"No display here ({problem}): running the same offscreen and saving pictures to {checkout.snapshots}"
    )
    return _call([*program, "--snapshot", checkout.snapshots, *arguments], child_environment(**OFFSCREEN))


def test(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Run formatter check, lint, types, import contracts and tests; `--fast` leaves out end-to-end tests."""
    set_up(checkout, with_tests=True)
    rest = [argument for argument in arguments if argument != "--fast"]
    steps = checks.checks(checkout, fast="--fast" in arguments, pytest_arguments=rest)
    return 0 if checks.run(checkout, steps) else 1


def bench(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Measure starts, checks, signed calls and refreshes; try one key in two processes; soak."""
    set_up(checkout, with_tests=True)
    where = {"PYTHONPATH": str(checkout.root / "packaging")}
    without_window = {} if display.is_named() else OFFSCREEN
    return _call([checkout.python, "-m", "bench", *arguments], child_environment(**where, **without_window))


def lock(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Write the lock files anew from pyproject.toml; `--upgrade` takes the newest versions."""
    debian.provide(native.python_needs() if sys.platform == "linux" else (), checkout.log("native"))
    locking.write_locks(checkout, arguments)
    return 0


def build(checkout: Checkout, _arguments: Sequence[str]) -> int:
    """Build the bundle, test it, and make a wheel and a Debian package: all in dist/."""
    needs = native.needs_here(with_tests=False) + (native.BUILD if sys.platform == "linux" else ())
    debian.provide(needs, checkout.log("native"))
    bundle.build(checkout)
    return 0


def format_code(checkout: Checkout, arguments: Sequence[str]) -> int:
    """Format the code and mend what lint can mend."""
    set_up(checkout, with_tests=True)
    ruff = checkout.script("ruff")
    paths: Sequence[Part] = arguments or [checkout.root / folder for folder in checks.CODE]
    mended = _call([ruff, "check", "--fix", *paths], child_environment())
    return _call([ruff, "format", *paths], child_environment()) or mended


WORDS: dict[str, Callable[[Checkout, Sequence[str]], int]] = {
    "demo": demo,
    "test": test,
    "bench": bench,
    "build": build,
    "format": format_code,
    "lock": lock,
}


def _call(command: Sequence[Part], env: Mapping[str, str]) -> int:
    """Run a program in the foreground; Ctrl-C goes to it and this waits until it has tidied up."""
    with subprocess.Popen(command, env=env) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
            except SystemExit:
                process.terminate()
                raise


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description="Set up this checkout and run one of the words; further arguments go to what it runs.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"  {word:<8} {(action.__doc__ or '').strip()}" for word, action in WORDS.items()),
    )
    parser.add_argument("word", choices=WORDS, metavar=" | ".join(WORDS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...")
    return parser


def main(argv: Sequence[str]) -> int:
    parsed = _parser().parse_args(argv)
    checkout = this_checkout()
    try:
        return WORDS[parsed.word](checkout, parsed.arguments)
    except SetupError as error:
        sys.stderr.write(f"dev.py: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("dev.py: stopped\n")
        return 130
