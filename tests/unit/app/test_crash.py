"""Reports of defects and kept logs: enough to mend by, and nothing that gives anything away."""

import asyncio
import io
import json
import logging
import sys
import threading
import types
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kraken_desk.app.crash import FOLDER, MOST_PER_RUN, DefectReports, report_text
from kraken_desk.app.logs import RedactingFormatter, keep_logs, masked, tell_defects_by_log
from tests.helpers.builders import CANARY


def _defect() -> Exception:
    def fail() -> None:
        raise ValueError(f"cannot sign {CANARY} for 12 500.25 USD")

    try:
        fail()
    except ValueError as error:
        return error
    raise AssertionError


def _reports(home: Path) -> list[Path]:
    return sorted((home / FOLDER).glob("*.txt"))


def test_a_report_has_places_but_no_secret_and_no_amount(tmp_path: Path) -> None:
    """The canary secret and the figure are in the exception, and not in the file."""
    told: list[Path] = []

    path = DefectReports(tmp_path, told.append).note(_defect(), "task lab:transfer of 12500.25")

    assert path is not None
    text = path.read_text()
    assert "ValueError: cannot sign [masked] for # USD" in text
    assert "test_crash.py" in text
    assert CANARY not in text
    assert "12 500" not in text
    assert "12500" not in text
    assert told == [path]
    assert path.stat().st_mode & 0o777 == 0o600


TOKEN = "1Dwc4lzSwNWOAwkMdqhssNNFhs1ed606d1WcF3XfEMw"


@pytest.mark.parametrize(
    "text",
    [
        f"token {TOKEN} refused",
        f"bytes {bytes(range(128, 192))!r} refused",
        "x" * 580 + f" {CANARY}",
        "y" * 595 + f" {TOKEN}",
    ],
)
def test_a_report_cuts_nothing_that_it_should_mask(text: str) -> None:
    """Tokens, raw bytes, and secrets at the end of a long message are masked; no piece is left."""
    written = report_text(ValueError(text), "x", datetime(2026, 1, 2, tzinfo=UTC))

    assert "1Dwc4" not in written
    assert "\\x8" not in written
    assert CANARY[:6] not in written


def test_places_are_not_taken_for_secrets() -> None:
    """A long path stays readable."""
    path = "/usr/lib/python3/dist-packages/kraken_desk/services/transfers"

    assert masked(path[:50]) == path[:50]


def test_what_nobody_caught_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slots, threads and finalizers end in the log's own format, and not in Python's plain traceback."""
    for module, name in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(module, name, None)
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(RedactingFormatter())
    monkeypatch.setattr(logging.getLogger("kraken_desk"), "handlers", [handler])
    monkeypatch.setattr(logging.getLogger("kraken_desk"), "propagate", False)
    error = ValueError(f"cannot sign {TOKEN}")
    tell_defects_by_log()

    sys.excepthook(ValueError, error, None)
    threading.excepthook(threading.ExceptHookArgs((ValueError, error, None, None)))
    sys.unraisablehook(types.SimpleNamespace(exc_type=ValueError, exc_value=error, exc_traceback=None))

    assert said.getvalue().count("ValueError: cannot sign [masked]") == 3
    assert TOKEN not in said.getvalue()


def test_a_defect_that_repeats_itself_fills_no_disk(tmp_path: Path) -> None:
    """After a few reports of one run no more are written."""
    reports = DefectReports(tmp_path, lambda _path: None)

    written = [reports.note(_defect(), "Qt") for _ in range(MOST_PER_RUN + 3)]

    assert written[MOST_PER_RUN:] == [None, None, None]
    assert len(_reports(tmp_path)) == MOST_PER_RUN


def test_a_disk_that_refuses_causes_no_second_defect(tmp_path: Path) -> None:
    """A file in the folder's place costs the report and nothing else."""
    (tmp_path / FOLDER).write_text("")

    assert DefectReports(tmp_path, lambda _path: None).note(_defect(), "Qt") is None


async def test_defects_of_tasks_and_slots_are_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop's handler and Python's hook both lead to a report, after those that stood there before."""
    heard: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *args: heard.append(args[1]))
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: heard.append(context["exception"]))
    stop = DefectReports(tmp_path, lambda _path: None).install(loop)
    error = _defect()

    sys.excepthook(type(error), error, None)
    loop.call_exception_handler({"message": "task failed", "exception": error})
    stop()

    assert heard == [error, error]
    assert len(_reports(tmp_path)) == 2


def test_logs_are_kept_as_lines_without_secrets(tmp_path: Path) -> None:
    """Each record is one JSON object; a secret in the message or the traceback is masked."""
    end = keep_logs(tmp_path)
    secret = "c2VjcmV0IGtleSBtYXRlcmlhbA" * 3
    error = ValueError(secret)
    logging.getLogger("kraken_desk.test").error("signing with %s failed", secret, exc_info=error)
    end()

    text = (tmp_path / "logs" / "kraken-desk.log").read_text()
    (line,) = (json.loads(line) for line in text.splitlines())
    assert (line["level"], line["text"]) == ("ERROR", "signing with [masked] failed")
    assert "ValueError: [masked]" in line["error"]
    assert secret not in text


def test_a_message_stays_on_its_line_and_commands_no_terminal() -> None:
    """Words from elsewhere forge no second line and turn nothing around."""
    record = logging.LogRecord(
        "x", logging.ERROR, "", 0, "Kraken said %s", ("no\nERROR x: all is well\x1b[2J\u202e",), None
    )

    text = RedactingFormatter("%(levelname)s %(name)s: %(message)s").format(record)

    assert text == "ERROR x: Kraken said no\\nERROR x: all is well<001b>[2J<202e>"
